package equipment

import (
	"strings"
	"testing"

	"otabench/bench/config"
	"otabench/can/socketcan/link"
)

func TestAsWanted(t *testing.T) {
	up := link.Info{Name: "can0", Kind: "can", Up: true, Bitrate: 500_000}
	fd := up
	fd.FD, fd.DataBitrate = true, 2_000_000
	down := up
	down.Up = false
	virtual := link.Info{Name: "vcan0", Kind: "vcan", Up: true}
	for name, c := range map[string]struct {
		bus  config.Bus
		info link.Info
		want string // in the error; empty for none
	}{
		"as it is":         {config.Bus{}, up, ""},
		"as wanted":        {config.Bus{Bitrate: 500_000}, up, ""},
		"FD as wanted":     {config.Bus{Bitrate: 500_000, DataBitrate: 2_000_000}, fd, ""},
		"virtual":          {config.Bus{Bitrate: 250_000}, virtual, ""},
		"another bit rate": {config.Bus{Bitrate: 250_000}, up, "runs at 500000 bit/s, data 0, the bench file says 250000"},
		"no data phase":    {config.Bus{Bitrate: 500_000, DataBitrate: 2_000_000}, up, "data 2000000"},
		"down":             {config.Bus{Bitrate: 500_000}, down, "can0 is down"},
		"virtual, no FD":   {config.Bus{DataBitrate: 2_000_000}, virtual, "mtu 72"},
	} {
		switch err := asWanted(c.bus, c.info); {
		case (err == nil) != (c.want == ""):
			t.Errorf("%s: %v", name, err)
		case err != nil && !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: got %q, want it to say %q", name, err, c.want)
		}
	}
}

// Buses that are no interfaces of this machine's kernel are passed over, and an interface that is not there is not.
func TestPrepareBus(t *testing.T) {
	if text, err := PrepareBus(config.Bus{Address: "virtual:body", Bitrate: 1, Configure: true}); text != "" || err != nil {
		t.Errorf("virtual: %q, %v", text, err)
	}
	for _, configure := range []bool{false, true} {
		_, err := PrepareBus(config.Bus{Address: "nosuchcan9", Bitrate: 500_000, Configure: configure})
		if err == nil || !strings.Contains(err.Error(), "no such interface") {
			t.Errorf("configure %t: %v", configure, err)
		}
	}
}
