package embedded

import (
	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
)

const (
	sharpBitrate = 500_000
	sharpCrowbar = 100 * physic.MilliOhm
)

// Sharpen lets moments on a simulated bench be as sharp as they are asked for: frames on its buses take their time, at
// 500 kbit/s where the bench file has no bit rate, and an open switch lets its rail fall below every brown-out within
// a frame, by a crowbar of 100 mΩ where the file has none.
func Sharpen(f *config.File) {
	for role, c := range f.Buses {
		if config.IsVirtual(c.Address) && c.Bitrate == 0 {
			c.Bitrate = sharpBitrate
			f.Buses[role] = c
		}
	}
	if f.Simulation == nil {
		return
	}
	rails := map[string]config.SimRail{}
	for role := range f.Rails {
		r := f.Simulation.Rails[role]
		if r.Crowbar == 0 {
			r.Crowbar = sharpCrowbar
		}
		rails[role] = r
	}
	f.Simulation.Rails = rails
}
