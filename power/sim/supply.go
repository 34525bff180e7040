package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Values of a supply that leaves them open.
const (
	// DefaultSlew is how much an output rises per millisecond.
	DefaultSlew = 1 * physic.Volt
	// DefaultOutputCapacitance and DefaultOutputBleeder let an output without load fall from 30 V in some 800 ms.
	DefaultOutputCapacitance = 220 * physic.MicroFarad
	DefaultOutputBleeder     = 1 * physic.KiloOhm
)

// SupplyOptions describe one instrument; zero stands for the default.
type SupplyOptions struct {
	// Serial is the serial number in *IDN?.
	Serial string
	// Delay is what the instrument takes for each command, by default what its manual says, or nothing. Real ones take up to
	// 120 ms.
	Delay time.Duration
	// Extra, if not nil, is how much longer than that it takes for a command.
	Extra func() time.Duration
	// Slew is the rise of an output per millisecond.
	Slew physic.ElectricPotential
	// Capacitance and Bleeder are those of each output.
	Capacitance physic.ElectricalCapacitance
	Bleeder     physic.ElectricResistance
	// Events, if not nil, is told what happens to the outputs, for instance "CH1 on, 13.500V". It may be called from
	// several goroutines, and must not block.
	Events func(string)
}

// Supply is a simulated bench supply. Its outputs are reached over the wire only (Serve), in the dialect of its model;
// they feed rails. Its state outlives every connection, as that of an instrument does.
type Supply struct {
	model    model
	opts     SupplyOptions
	channels []*Channel
	faults   *faults

	executing sync.Mutex

	mu        sync.Mutex
	selected  int
	errors    []instrumentError
	enables   uint8 // event status enable, *ESE
	beeper    bool
	otp       bool
	master    bool      // switch of all outputs, where there is one
	busyUntil time.Time // it hears nothing before
	watchdog  watchdog
	buffer    arbitrary // HMP: what was put together and not yet handed to a channel
}

// model is what sets one instrument apart from another of its dialect.
type model struct {
	maker, name, firmware string
	serial                string // unless the options have one
	ratings               []rating
	dialect               *dialect
}

// models are the instruments that can be simulated, by the name that bench files use. A simulator adds its family here.
var models = sync.OnceValue(func() map[string]model {
	all := map[string]model{}
	for _, family := range []map[string]model{
		rigolDP800(), rsHMP(), rsHMC804x(), keysightE36300(), keysightN6700(),
		eaPS2000(), siglentSPD(), koradKA(), gwInstekGPD(),
	} {
		maps.Copy(all, family)
	}
	return all
})

// Models returns the names of the instruments that can be simulated.
func Models() []string { return slices.Sorted(maps.Keys(models())) }

// NewSupply returns a supply as it is after power-up: outputs off at 0 V.
func NewSupply(modelName string, opts SupplyOptions) (*Supply, error) {
	m, ok := models()[modelName]
	if !ok {
		return nil, fmt.Errorf("simulate supply %q: unknown model; known are %s",
			modelName, strings.Join(Models(), ", "))
	}
	if opts.Serial == "" {
		opts.Serial = m.serial
	}
	if opts.Events == nil {
		opts.Events = func(string) {}
	}
	s := &Supply{model: m, opts: opts, selected: 1, faults: newFaults(opts.Delay, opts.Extra)}
	for i, r := range m.ratings {
		s.channels = append(s.channels, newChannel(i+1, r, opts))
	}
	s.watchdog.init(s)
	for _, ch := range s.channels {
		ch.change(func(c *circuit) { c.preset(ch.rating, m.dialect.armed) })
		ch.node.meterEvery(m.dialect.refresh)
	}
	return s, nil
}

func (s *Supply) String() string { return fmt.Sprintf("simulated %s %s", s.model.name, s.opts.Serial) }

// Channel returns output n, from 1 as on the front panel.
func (s *Supply) Channel(n int) (*Channel, error) {
	if n < 1 || n > len(s.channels) {
		return nil, fmt.Errorf("%v has channels 1 to %d, not %d", s, len(s.channels), n)
	}
	return s.channels[n-1], nil
}

// Output returns the state of output n, the zero OutputState if there is none.
func (s *Supply) Output(n int) OutputState {
	ch, err := s.Channel(n)
	if err != nil {
		return OutputState{}
	}
	return ch.state()
}

// reset is *RST: all outputs off at 0 V, protections disarmed if they can be.
func (s *Supply) reset() {
	for _, ch := range s.channels {
		ch.stopSequence()
		ch.turn(false)
		ch.change(func(c *circuit) {
			c.enable(false)
			c.program(0)
			c.preset(ch.rating, s.model.dialect.armed)
		})
		s.opts.Events(fmt.Sprintf("%v reset, output off", ch))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.selected, s.master = 1, false
}
