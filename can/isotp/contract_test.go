package isotp_test

import (
	"testing"

	"otabench/can/isotp"
	"otabench/can/isotp/isotptest"
	"otabench/can/virtual"
)

func TestContract(t *testing.T) {
	for name, bus := range map[string]struct {
		virtual.Options
		limits isotptest.Limits
	}{
		// A bus that takes no time has no limit to how far a sender is ahead of its receiver.
		"without pacing":             {limits: isotptest.Limits{Virtual: true, Longest: 8000}},
		"at 500 kbit/s and 2 Mbit/s": {virtual.Options{Bitrate: 500_000, DataBitrate: 2_000_000}, isotptest.Limits{Virtual: true}},
	} {
		t.Run(name, func(t *testing.T) {
			isotptest.TestConn(t, bus.limits, func(t *testing.T, a, b isotp.Config) (isotp.Conn, isotp.Conn) {
				bus := virtual.NewBus("test", bus.Options)
				t.Cleanup(func() { _ = bus.Close() })
				return openConn(t, bus, a), openConn(t, bus, b)
			})
		})
	}
}

func openConn(t *testing.T, bus *virtual.Bus, cfg isotp.Config) isotp.Conn {
	t.Helper()
	c, err := isotp.Open(bus.Attach(cfg.Address.String()), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
