package master

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// energy says why there is not enough of it for an update and for the way back, or "".
func (l *life) energy() ota.Cause {
	charge, known := l.senses.get("BMS_Battery", "StateOfCharge")
	charger, _ := l.senses.get("BMS_Battery", "Charger")
	if l.cfg.has(ChargerIgnored) {
		charger = 0
	}
	enough := known && (charge >= l.cfg.Gates.MinCharge || charger == 1) || l.cfg.has(ChargeNotChecked)
	switch {
	case !enough && !(l.cfg.has(UnknownChargeIsGood) && !known):
		return ota.LowBattery
	case l.around.Terminal.Voltage() < l.cfg.Gates.MinVoltage:
		return ota.LowVoltage
	}
	return ""
}

// parked says why the vehicle cannot be left without its ECUs, or "".
func (l *life) parked() ota.Cause {
	if l.cfg.has(ParkingNotChecked) {
		return ""
	}
	speed, moving := l.senses.get("ESP_Motion", "Speed")
	gear, ok := l.senses.get("GW_Body", "Gear")
	doors, _ := l.senses.get("GW_Body", "DoorsOpen")
	if l.cfg.has(GearNotChecked) {
		gear = 0
	}
	if l.cfg.has(DoorsNotChecked) {
		doors = 0
	}
	if !moving || !ok || speed > 0 || gear != 0 || doors != 0 {
		return ota.NotParked
	}
	return ""
}

// permitted asks the backend whether a user may decide on updates.
func (l *life) permitted(ctx context.Context, user string) ota.Cause {
	if l.cfg.has(PermissionNotChecked) {
		return ""
	}
	if user == "" {
		return ota.NoPermission
	}
	var account cloud.Account
	err := l.cloud.get(ctx, "/v1/vehicles/"+l.cfg.Credentials.VIN+"/users/"+url.PathEscape(user), &account)
	var status *statusError
	switch {
	case errors.As(err, &status) && (status.code == http.StatusNotFound || status.code == http.StatusForbidden):
		return ota.NoPermission
	case err != nil:
		return causeOf(err)
	case account.User != user || !slices.Contains(account.Permissions, cloud.MayUpdate):
		return ota.NoPermission
	}
	return ""
}

// first returns the first cause that there is.
func first(causes ...func() ota.Cause) ota.Cause {
	for _, f := range causes {
		if c := f(); c != "" {
			return c
		}
	}
	return ""
}

// mayDownload says why a download cannot begin, or "".
func (l *life) mayDownload(user string) ota.Cause {
	return first(
		func() ota.Cause { return l.permitted(l.ctx, user) },
		l.energy, l.linked, l.room,
	)
}

// room says whether what is still to come fits.
func (l *life) room() ota.Cause {
	if l.cfg.has(RoomNotChecked) {
		return ""
	}
	missing := int64(0)
	for _, t := range l.rec.Targets {
		missing += t.Length - l.storage.length(t.Path)
	}
	if missing > l.storage.free() {
		return ota.StorageFull
	}
	return ""
}

// mayInstall says why an installation cannot begin, or "". Whether the campaign is still wanted is asked as far as the
// backend can be reached.
func (l *life) mayInstall() ota.Cause {
	return first(l.energy, l.parked, l.stillWanted)
}

// stillWanted looks at the campaign once more. What has become permanent in one ECU is completed in any case.
func (l *life) stillWanted() ota.Cause {
	if l.cfg.has(NotAskedAgain) || l.rec.Committing {
		return ""
	}
	offer, cause := l.refresh(l.ctx)
	switch {
	case cause == ota.PoorConnection || cause == ota.BackendDown:
		return "" // what was verified is still good, as long as its metadata is
	case cause != "":
		return cause
	case offer == nil || offer.campaign.Campaign != l.rec.Campaign.Campaign:
		return ota.Cancelled
	}
	return ""
}
