package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/power"
	"otabench/power/sampling"
)

type watchOptions struct {
	every, length time.Duration
	plain         bool
}

func (a *app) powerWatch() *cobra.Command {
	var o watchOptions
	c := &cobra.Command{
		Use:   "watch [RAIL...]",
		Short: "Watch rails, as a live plot in the terminal or line by line",
		Long: `Watch rails until interrupted, as a live plot in the terminal, or line by line with --json, --plain or where the
output is no terminal. It reads the sensors at 1 kHz, and the supplies' own meters, where there is no sensor, once a
second. What it shows is the last reading, and the least and the greatest since the one before: a dip of a few
milliseconds shows.

It changes nothing: outputs and switches stay as they are, also when it ends.`,
		Example: `  otabench power -b bench.yaml watch
  otabench power -b bench.yaml watch kl30 --every 1s --for 1m --json`,
		ValidArgsFunction: a.completeRails,
		RunE: func(c *cobra.Command, args []string) error {
			if o.every < minEvery || o.length < 0 {
				return usage("--every %v --for %v: want at least %v, and no negative time", o.every, o.length, minEvery)
			}
			return a.withMeters(c.Context(), func(ctx context.Context, f *config.File, p *equipment.Power) error {
				return a.watch(ctx, f, p, args, o)
			})
		},
	}
	c.Flags().DurationVar(&o.every, "every", 200*time.Millisecond, "time between two points or lines")
	c.Flags().DurationVar(&o.length, "for", 0, "end after this time; at an interrupt if left out")
	c.Flags().BoolVar(&o.plain, "plain", false, "lines also in a terminal")
	return c
}

// minEvery keeps the display slower than the readings.
const minEvery = 10 * time.Millisecond

// watched is one line of watch: the last reading of a rail, and the extremes since the line before.
type watched struct {
	Time   time.Time `json:"time"`
	Rail   string    `json:"rail"`
	Source string    `json:"source"`
	Volts  float64   `json:"v"`
	Least  float64   `json:"v_min"`
	Most   float64   `json:"v_max"`
	Amps   float64   `json:"a"`
	Peak   float64   `json:"a_max"`
}

func (w watched) String() string {
	return fmt.Sprintf("%-10s %8.3f V (%.3f to %.3f) %8.3f A (at most %.3f)  (by %s)",
		w.Rail, w.Volts, w.Least, w.Most, w.Amps, w.Peak, w.Source)
}

// watch shows rails until ctx ends. An interrupt is how it is meant to end.
func (a *app) watch(ctx context.Context, f *config.File, p *equipment.Power, rails []string, o watchOptions) error {
	if len(rails) == 0 {
		rails = slices.Sorted(maps.Keys(f.Rails))
	}
	if o.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.length)
		defer cancel()
	}
	var all []*watching
	for _, rail := range rails {
		if _, ok := f.Rails[rail]; !ok {
			return usage("the bench file has no rail %q; it has %v", rail, slices.Sorted(maps.Keys(f.Rails)))
		}
		w := startWatching(f, p, rail)
		defer w.sampler.Stop()
		all = append(all, w)
	}
	show, end := a.watchView(o)
	defer end()
	tick := time.NewTicker(o.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		rows, err := collect(all)
		if err != nil {
			return err
		}
		show(rows)
	}
}

func collect(all []*watching) (rows []watched, err error) {
	for _, w := range all {
		row, ok, err := w.take()
		if err != nil {
			return nil, err
		}
		if ok {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// watchView chooses between plot and lines.
func (a *app) watchView(o watchOptions) (show func([]watched), end func()) {
	file, ok := a.out.(*os.File)
	if ok && !a.json && !o.plain && term.IsTerminal(int(file.Fd())) {
		p := newPlot(a.out, func() (int, int) {
			width, height, err := term.GetSize(int(file.Fd()))
			if err != nil {
				return 80, 24
			}
			return width, height
		})
		return p.show, p.end
	}
	return func(rows []watched) {
		for _, r := range rows {
			a.line(r.String(), r)
		}
	}, func() {}
}

// watching collects the readings of a rail between two lines.
type watching struct {
	rail, source string
	sampler      *sampling.Sampler

	mu  sync.Mutex
	row watched
	any bool
	err error
}

func startWatching(f *config.File, p *equipment.Power, rail string) *watching {
	r := f.Rails[rail]
	w := &watching{rail: rail, source: r.Supply}
	sensor, opts := power.Meter(p.Channels[rail]), sampling.Options{Period: time.Second}
	if s, ok := p.Sensors[r.Sensor]; ok {
		w.source, sensor, opts.Period = r.Sensor, s, 0
	}
	opts.Each, opts.Failed = w.add, w.fail
	w.sampler = sampling.Start(sensor, opts)
	return w
}

func (w *watching) add(r power.Reading) {
	volts, amps := float64(r.Voltage)/float64(physic.Volt), float64(r.Current)/float64(physic.Ampere)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.any {
		w.row = watched{Rail: w.rail, Source: w.source, Least: math.Inf(1), Most: math.Inf(-1), Peak: math.Inf(-1)}
	}
	w.any = true
	w.row.Time, w.row.Volts, w.row.Amps = r.Time, volts, amps
	w.row.Least, w.row.Most, w.row.Peak = min(w.row.Least, volts), max(w.row.Most, volts), max(w.row.Peak, amps)
}

func (w *watching) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
}

// take returns what was read since the last call, if anything was.
func (w *watching) take() (row watched, ok bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	row, ok, err = w.row, w.any, w.err
	w.any = false
	return row, ok, err
}
