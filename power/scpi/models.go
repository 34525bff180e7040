package scpi

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// models are the instruments there are drivers for, by the name that bench files use. A driver adds its family here.
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

// Models returns the names of the supplies there are drivers for.
func Models() []string { return slices.Sorted(maps.Keys(models())) }

// CheckModel fails with ErrModel for a name that Open does not take.
func CheckModel(name string) error {
	if _, ok := models()[name]; !ok && name != Auto && name != Generic {
		return fmt.Errorf("%w %q; known are %s, %s for the one that answers and %s for one that is described",
			ErrModel, name, strings.Join(Models(), ", "), Auto, Generic)
	}
	return nil
}

// Protections says what protections the outputs of a model have, without asking one; false for a name that Open does not
// take, for [Auto], and for a generic supply without a description.
func Protections(name string, d *Description) (ovp, ocp power.Protection, known bool) {
	m, known := models()[name]
	switch {
	case known:
		return m.dialect.ovp.kind(), m.dialect.ocp.kind(), true
	case name == Generic && d != nil:
		return d.OVP.protection().kind(), d.OCP.protection().kind(), true
	}
	return power.Missing, power.Missing, false
}

// Sequences says what sequences a model steps through by itself, without asking one; false for one that does not and for
// one of which that is not known.
func Sequences(name string) (power.SequenceRange, bool) {
	m, known := models()[name]
	if !known || m.dialect.sequence == nil {
		return power.SequenceRange{}, false
	}
	return m.dialect.sequence.limits, true
}

// model is one instrument.
type model struct {
	// makers and names are what *IDN? may have, the usual one first; a name may end in * for any ending.
	makers, names []string
	// identity reads the answer to *IDN?; parseIdentity if nil.
	identity func(string) (power.Identity, error)
	// accepts decides by the whole answer to *IDN?, in place of makers and names, if it is not nil.
	accepts func(string) bool
	wire    wire
	pace    time.Duration // least time between two commands
	start   []string      // commands that make it ready
	ratings []rating      // of the channels
	// discover finds out the ratings where they differ from one instrument of the model to another, nil otherwise.
	discover func(context.Context, *supply) ([]rating, error)
	dialect  *dialect
	watchdog bool
}

// rating is what a channel can be set to.
type rating struct {
	voltage physic.ElectricPotential
	current physic.ElectricCurrent
	floor   physic.ElectricPotential // smallest voltage
}

// rate gives a rating in thousandths.
func rate(millivolts physic.ElectricPotential, milliamperes physic.ElectricCurrent) rating {
	return rating{voltage: millivolts * physic.MilliVolt, current: milliamperes * physic.MilliAmpere}
}

func (m model) String() string { return m.makers[0] + " " + strings.TrimSuffix(m.names[0], "*") }

// recognises reports the right instrument by its answer to *IDN? and what was read from it.
func (m model) recognises(answer string, id power.Identity) bool {
	if m.accepts != nil {
		return m.accepts(answer)
	}
	return m.is(id)
}

func (m model) is(id power.Identity) bool {
	return slices.ContainsFunc(m.makers, func(maker string) bool { return strings.EqualFold(maker, id.Maker) }) &&
		slices.ContainsFunc(m.names, func(name string) bool { return matches(name, id.Model) })
}

// matches compares with a name that may end in *.
func matches(name, got string) bool {
	prefix, open := strings.CutSuffix(name, "*")
	if open {
		return len(got) >= len(prefix) && strings.EqualFold(prefix, got[:len(prefix)])
	}
	return strings.EqualFold(name, got)
}
