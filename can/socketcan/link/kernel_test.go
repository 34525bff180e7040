//go:build kernelcan

package link_test

import (
	"testing"
	"time"

	"otabench/can"
	"otabench/can/socketcan/link"
)

// configure sets can0 up and back to what the other tests expect.
func configure(t *testing.T, s link.Settings) {
	t.Helper()
	t.Cleanup(func() {
		if err := link.Configure("can0", link.Settings{Bitrate: 500_000}); err != nil {
			t.Error(err)
		}
	})
	if err := link.Configure("can0", s); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, name string) link.Info {
	t.Helper()
	i, err := link.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestKernelBitrate(t *testing.T) {
	if i := get(t, "can0"); i.Kind != "can" || !i.Up || i.Bitrate != 500_000 || i.FD || i.Clock == 0 {
		t.Errorf("at first: %+v", i)
	}
	configure(t, link.Settings{Bitrate: 250_000, SamplePoint: 0.75, Modes: link.ListenOnly, RestartAfter: 40 * time.Millisecond})
	i := get(t, "can0")
	if i.Bitrate != 250_000 || i.SamplePoint != 0.75 || i.Modes != link.ListenOnly || i.RestartAfter != 40*time.Millisecond {
		t.Errorf("configured: %+v", i)
	}
	if i.State != can.ErrorActive {
		t.Errorf("state is %v", i.State)
	}
}

func TestKernelUpAndDown(t *testing.T) {
	t.Cleanup(func() {
		if err := link.Up("vcan1"); err != nil {
			t.Error(err)
		}
	})
	if err := link.Down("vcan1"); err != nil {
		t.Fatal(err)
	}
	if i := get(t, "vcan1"); i.Up || i.State != can.Stopped || i.Kind != "vcan" || !i.FD {
		t.Errorf("down: %+v", i)
	}
	if err := link.Up("vcan1"); err != nil {
		t.Fatal(err)
	}
	if i := get(t, "vcan1"); !i.Up || i.State != can.ErrorActive {
		t.Errorf("up: %+v", i)
	}
}

func TestKernelRefuses(t *testing.T) {
	for name, err := range map[string]error{
		"a restart of a controller that is not bus-off": link.Restart("can0"),
		"a bit rate for a virtual interface":            link.Configure("vcan0", link.Settings{Bitrate: 500_000}),
		"FD on a classic controller":                    link.Configure("can1", link.Settings{Bitrate: 500_000, DataBitrate: 2_000_000}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Log(err)
		}
	}
	for _, name := range []string{"vcan0", "can1"} {
		if err := link.Up(name); err != nil {
			t.Error(err)
		}
	}
}
