package ecu_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"periph.io/x/conn/v3/physic"

	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/sim"
)

// An update goes through in every addressing format, with classic and with FD frames.
func TestUpdateInEveryAddressingFormat(t *testing.T) {
	pad := byte(0xAA)
	for _, tt := range []struct {
		name      string
		address   description.Address
		transport description.Transport
	}{
		{
			"extended", description.Address{
				Request: 0x6F1, Response: 0x612, Functional: 0x6F1,
				Format: "extended", RequestByte: 0x12, ResponseByte: 0xF1, FunctionalByte: 0xDF,
			}, description.Transport{Padding: &pad},
		}, {
			"normal fixed", description.Address{Request: 0x18DA10F1, Response: 0x18DAF110, Extended: true}, description.Transport{},
		}, {
			"mixed, 29 bit", description.Address{
				Request: 0x18CE10F1, Response: 0x18CEF110, Functional: 0x18CDFFF1, Extended: true,
				Format: "mixed", RequestByte: 0x55, ResponseByte: 0x55, FunctionalByte: 0x55,
			}, description.Transport{},
		}, {
			"FD", description.Address{Request: 0x7E0, Response: 0x7E8}, description.Transport{FD: true, BRS: true},
		}, {
			"FD, TX_DL 24", description.Address{Request: 0x7E0, Response: 0x7E8}, description.Transport{FD: true, TxDL: 24},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := testDescription()
				d.Address, d.Transport = tt.address, tt.transport
				unit := openAs(t, d)
				if err := unit.AwaitBoot(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := unit.Functional().TesterPresent(t.Context()); err != nil {
					t.Errorf("functional request: %v", err)
				}
				if err := unit.Update(t.Context(), release("1.1.0", 2, nil)); err != nil {
					t.Fatal(err)
				}
				got, err := unit.Identify(t.Context())
				if err != nil || got.Software != "1.1.0" {
					t.Errorf("after the update: %v, %v", got, err)
				}
			})
		})
	}
}

// openAs has a simulated ECU that is addressed as the description says, and the tester's view of it.
func openAs(t *testing.T, d description.ECU) *ecu.Unit {
	t.Helper()
	bus := virtual.NewBus("diag", virtual.Options{Bitrate: bitrate, DataBitrate: 4 * bitrate})
	t.Cleanup(func() { _ = bus.Close() })
	cfg := simulation(release("1.0.0", 1, nil))
	a := d.Address
	cfg.Address = sim.Address{
		Request: a.Request, Response: a.Response, Functional: a.Functional, Extended: a.Extended, Format: a.Format,
		RequestByte: a.RequestByte, ResponseByte: a.ResponseByte, FunctionalByte: a.FunctionalByte,
	}
	cfg.Transport = sim.Transport{Padding: d.Transport.Padding, FD: d.Transport.FD, BRS: d.Transport.BRS, TxDL: d.Transport.TxDL}
	simulated, err := sim.New(cfg, bus.Attach("bcm"), sim.Fixed(13500*physic.MilliVolt), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := simulated.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = simulated.Close() })
	unit, err := ecu.New("bcm", d, bus.Attach("tester"), ecu.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unit.Close() })
	return unit
}

func TestTransportOfTheKernelNeedsItsBus(t *testing.T) {
	bus := virtual.NewBus("diag", virtual.Options{})
	defer bus.Close()
	d := testDescription()
	d.Transport.Kernel = true
	_, err := ecu.New("bcm", d, bus.Attach("tester"), ecu.Hooks{})
	if err == nil || !strings.Contains(err.Error(), "no bus of the local kernel") {
		t.Errorf("got error %v", err)
	}
}
