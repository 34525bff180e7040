package scpi

import (
	"maps"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// models are the instruments there are drivers for, by the name that bench files use.
func models() map[string]model {
	return map[string]model{
		"rigol-dp832": rigolDP832(),
	}
}

// Models returns the names of the supplies there are drivers for.
func Models() []string { return slices.Sorted(maps.Keys(models())) }

// model is one instrument.
type model struct {
	maker, model string        // as *IDN? has them
	pace         time.Duration // least time between two commands
	start        []string      // commands that make it ready
	ratings      []rating      // of the channels
	channel      func(s *supply, n int, r rating) power.Channel
}

// rating is what a channel can be set to.
type rating struct {
	voltage physic.ElectricPotential
	current physic.ElectricCurrent
}

func (m model) is(id power.Identity) bool {
	return strings.EqualFold(m.maker, id.Maker) && strings.EqualFold(m.model, id.Model)
}
