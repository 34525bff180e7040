package description

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Names of identifiers that this module itself asks for.
const (
	ActiveSession   = "active_session"
	SoftwareVersion = "software_version"
	Serial          = "serial"
	VIN             = "vin"
	Hardware        = "hardware"
	SystemName      = "system_name"
	Fingerprint     = "fingerprint"
	RXSWIN          = "rxswin"

	// The following have no number in the standard. An ECU that has them lists them in its description.
	ActiveSlot      = "active_slot"
	BootState       = "boot_state"
	SecurityCounter = "security_counter"
	SupplyVoltage   = "supply_voltage"
	StateOfCharge   = "state_of_charge"
)

// Standard returns the identifiers of ISO 14229-1:2020, table C.1, that every description knows by name, and RXSWIN,
// for which UN R156 leaves the number open and 0xF1EF is in use. A description overrides one by listing its name.
func Standard() map[string]DID {
	return map[string]DID{
		Fingerprint:                 {ID: 0xF15A},
		"boot_software":             {ID: 0xF180},
		"application_software":      {ID: 0xF181},
		"boot_fingerprint":          {ID: 0xF183},
		"application_fingerprint":   {ID: 0xF184},
		ActiveSession:               {ID: 0xF186, Codec: Codec{Format: Uint}},
		"part_number":               text(0xF187),
		"software_number":           text(0xF188),
		SoftwareVersion:             text(0xF189),
		"supplier":                  text(0xF18A),
		"manufacturing_date":        {ID: 0xF18B, Codec: Codec{Format: BCD}},
		Serial:                      text(0xF18C),
		VIN:                         {ID: 0xF190, Codec: Codec{Format: ASCII, Length: 17}},
		Hardware:                    text(0xF191),
		"supplier_hardware":         text(0xF192),
		"supplier_hardware_version": text(0xF193),
		"supplier_software":         text(0xF194),
		"supplier_software_version": text(0xF195),
		"type_approval":             text(0xF196),
		SystemName:                  text(0xF197),
		"programming_date":          {ID: 0xF199, Codec: Codec{Format: BCD}},
		RXSWIN:                      text(0xF1EF),
	}
}

func text(id uint16) DID { return DID{ID: id, Codec: Codec{Format: ASCII}} }

// Known returns the standard's identifiers together with those of the description.
func (e ECU) Known() map[string]DID {
	all := Standard()
	maps.Copy(all, e.Identifiers)
	return all
}

// Identifier finds a data identifier by its name or by its number in hexadecimal digits ("vin", "0xF190" and "F190"
// are the same). A number that nothing names is shown as hexadecimal digits and has itself as name.
func (e ECU) Identifier(ref string) (name string, did DID, err error) {
	all := e.Known()
	if did, ok := all[ref]; ok {
		return ref, did, nil
	}
	digits := strings.TrimPrefix(strings.ToUpper(ref), "0X")
	id, err := strconv.ParseUint(digits, 16, 16)
	if err != nil {
		return "", DID{}, fmt.Errorf("no data identifier %q; want a hexadecimal number such as 0xF190 or one of %s",
			ref, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name].ID == uint16(id) {
			return name, all[name], nil
		}
	}
	return fmt.Sprintf("%04X", id), DID{ID: uint16(id), Codec: Codec{Format: Hex}}, nil
}
