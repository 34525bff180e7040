package guard_test

import (
	"net"
	"testing"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/guard"
	"otabench/bench/record"
	"otabench/power/sim"
)

func byDevice(s record.Safe) map[string]record.SafeOutput {
	m := map[string]record.SafeOutput{}
	for _, o := range s.Outputs {
		m[o.Device] = o
	}
	return m
}

// on energises the room's output over a link that is closed again.
func (r *room) on(t *testing.T) {
	t.Helper()
	p, err := energise(r.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	r.energised(t)
}

func TestMakeSafeDealsWithEachDeviceByItself(t *testing.T) {
	r := newRoom(t)
	r.on(t)
	r.file.Supplies["gone"] = config.Supply{Model: "rigol-dp832", Address: "tcp:" + closedPort(t)}
	second := r.file.Rails["kl30"]
	second.Supply = "gone"
	r.file.Rails["kl15"] = second
	r.file.Switches = map[string]config.Switch{"main": {Pin: "gpio:NOSUCH"}}
	begin := time.Now()
	s := guard.MakeSafe(t.Context(), r.file, "test")
	if took := time.Since(begin); took > patience {
		t.Errorf("took %v", took)
	}
	if r.supply.Output(1).On {
		t.Error("the output that can be reached is still on")
	}
	by := byDevice(s)
	if len(s.Outputs) != 3 || !by["kl30"].Off || by["kl15"].Off || by["kl15"].Error == "" || by["main"].Off || by["main"].Error == "" {
		t.Errorf("%+v", s)
	}
	if equipment.IsSafe(s) || s.By != "guard" || s.Reason != "test" {
		t.Errorf("%+v", s)
	}
}

func TestMakeSafeWithoutTheSensor(t *testing.T) {
	r := newRoom(t)
	r.on(t)
	rail := r.file.Rails["kl30"]
	rail.Sensor = "terminals"
	r.file.Rails["kl30"] = rail
	r.file.Sensors = map[string]config.Sensor{"terminals": {
		Model: "ina226", Address: "i2c:77@0x40", Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere,
	}}
	s := guard.MakeSafe(t.Context(), r.file, "test")
	if r.supply.Output(1).On {
		t.Error("an output stays on because its sensor cannot be opened")
	}
	if o := byDevice(s)["kl30"]; !o.Off || o.Confirmed || o.Error == "" {
		t.Errorf("%+v", s)
	}
}

// closing is a bus that is alone with a sensor.
type closing struct{ *sim.Sensor }

func (closing) Close() error { return nil }

// A sensor has its say even if the supply has none: the switch may have made the line dead.
func TestMakeSafeAsksTheSensorOfASupplyThatIsGone(t *testing.T) {
	meter := sim.NewINA226(sim.NewRail("kl30", sim.RailOptions{}), 0x40, 10*physic.MilliOhm)
	must(t, i2creg.Register("ALONE", nil, -1, func() (i2c.BusCloser, error) { return closing{meter}, nil }))
	r := newRoom(t)
	rail := r.file.Rails["kl30"]
	rail.Sensor = "terminals"
	r.file.Rails["kl30"] = rail
	r.file.Sensors = map[string]config.Sensor{"terminals": {
		Model: "ina226", Address: "i2c:ALONE@0x40", Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere,
	}}
	r.supply.Vanish()
	s := guard.MakeSafe(t.Context(), r.file, "test")
	if o := byDevice(s)["kl30"]; o.Off || !o.Confirmed || o.Sensor != "terminals" || o.Error == "" || equipment.IsSafe(s) {
		t.Errorf("%+v", s)
	}
}

func TestMakeSafeLeavesSimulatedDevicesAlone(t *testing.T) {
	s := guard.MakeSafe(t.Context(), &config.File{
		Supplies: map[string]config.Supply{"psu": {Model: "rigol-dp832", Address: "virtual:psu"}},
		Switches: map[string]config.Switch{"main": {Pin: "virtual:main"}},
		Rails:    map[string]config.Rail{"kl30": {Supply: "psu", Channel: 1}},
	}, "test")
	if len(s.Outputs) != 0 || !equipment.IsSafe(s) {
		t.Errorf("%+v", s)
	}
}

// closedPort returns an address on which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
