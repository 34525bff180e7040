package guard_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/bench/equipment"
	"otabench/bench/record"
)

var update = flag.Bool("update", false, "write the golden files")

// entry is a cell of the failure matrix as it is kept: what has to happen, and within what time at most.
type entry struct {
	Way   string `json:"way"`
	State string `json:"state"`
	// Output, Switch and Line are bounds for the supply's output being off, the switch being open and the voltage at the
	// unit's terminals being below 1 V, for good.
	Output bound `json:"output_off"`
	Switch bound `json:"switch_open"`
	Line   bound `json:"line_dead"`
	// By is who wrote the record's last word on the outputs.
	By     string `json:"by"`
	Supply string `json:"supply"` // what the supply said of its output, in the record
	Sensor string `json:"sensor"` // what the independent sensor said of the line, in the record
	Safe   bool   `json:"safe"`   // whether the record as a whole counts as safe
	Ends   string `json:"ends"`   // with what status the record ends
}

// bound is how long something may last: a time in words, or that it was so before, or that it lasts.
type bound string

const (
	before bound = "before"
	never  bound = "never"
)

// steps are the bounds there are. They are coarse so that a busy computer does not change the table.
var steps = []time.Duration{2 * time.Second, 5 * time.Second, 30 * time.Second}

// boundFor leaves room above what was seen.
func boundFor(s seen, quiet bool) bound {
	switch {
	case s.forever:
		return never
	case quiet && s.last == 0:
		return before
	}
	for _, step := range steps {
		if s.last+s.last*2/5+500*time.Millisecond <= step {
			return bound(step.String())
		}
	}
	return bound(fmt.Sprintf("%v, more than any bound", s.last))
}

func (b bound) String() string {
	switch b {
	case before:
		return "already"
	case never:
		return "**never**"
	}
	d, err := time.ParseDuration(string(b))
	if err != nil {
		return string(b)
	}
	return fmt.Sprintf("≤ %.0f s", d.Seconds())
}

// holds reports whether what was seen is within the bound.
func (b bound) holds(s seen) bool {
	switch {
	case b == never || s.forever:
		return b == never && s.forever
	case b == before:
		return s.last == 0
	}
	limit, err := time.ParseDuration(string(b))
	return err == nil && s.last <= limit
}

// measured is what came of a cell.
type measured struct {
	seen  observation
	entry entry
	said  record.SafeOutput // of the output, in the record
}

func measure(c *cell, o observation, s story) measured {
	e := entry{
		Way: c.way.name, State: c.state.name,
		Output: boundFor(o.output, c.state.off), Switch: boundFor(o.contact, c.state.open),
		Line: boundFor(o.line, c.state.off && c.state.open),
		By:   "nobody", Supply: "not asked", Sensor: "not asked", Ends: s.end,
	}
	if s.safe == nil {
		return measured{seen: o, entry: e}
	}
	e.By, e.Safe = s.safe.By, equipment.IsSafe(*s.safe)
	e.Supply = map[bool]string{true: "off", false: "no answer"}[s.kl30.Off]
	switch {
	case s.kl30.Confirmed:
		e.Sensor = "dead"
	case s.kl30.Volts != nil:
		e.Sensor = "live"
	case s.kl30.Sensor != "":
		e.Sensor = "no answer"
	}
	return measured{o, e, s.kl30}
}

// wrong says what must never be, whatever the kept table says.
func (m measured) wrong() (all []string) {
	live := m.seen.line.forever
	if live && m.entry.Safe {
		all = append(all, "the line is live, and the record says the bench is safe")
	}
	if live && m.entry.Sensor == "dead" {
		all = append(all, "the line is live, and the record says a sensor found it dead")
	}
	if m.seen.output.forever && m.entry.By != "nobody" && m.entry.Supply == "off" && m.entry.Sensor == "not asked" {
		all = append(all, "the output is on, and the record has only the supply's word for it being off")
	}
	return all
}

// differs says how what was measured differs from the entry that was kept.
func (m measured) differs(kept entry) (all []string) {
	for what, b := range map[string]struct {
		bound bound
		seen  seen
	}{
		"output off":  {kept.Output, m.seen.output},
		"switch open": {kept.Switch, m.seen.contact},
		"line dead":   {kept.Line, m.seen.line},
	} {
		if !b.bound.holds(b.seen) {
			all = append(all, fmt.Sprintf("%s after %v (for ever: %t), want %s", what, b.seen.last, b.seen.forever, b.bound))
		}
	}
	got := m.entry
	got.Output, got.Switch, got.Line = kept.Output, kept.Switch, kept.Line
	if diff := cmp.Diff(kept, got); diff != "" {
		all = append(all, fmt.Sprintf("(-kept +measured)\n%s\nthe record says %+v", diff, m.said))
	}
	return all
}

// busy is how many cells at a time do more than wait. More would starve each other and the tests of other packages, and
// a suite that is starved takes its supply for dead.
const busy = 4

// measureAll measures every cell, in the order of the table; those that take long come first.
func measureAll(t *testing.T) []measured {
	all := make([]measured, len(ways())*len(states()))
	slots := make(chan struct{}, busy)
	var cells sync.WaitGroup
	for i, w := range ways() {
		for j, s := range states() {
			cells.Go(func() {
				t.Run(w.name+"/"+s.name, func(t *testing.T) {
					c := newCell(t, w, s)
					o, said := c.run(t, slots)
					all[i*len(states())+j] = measure(c, o, said)
				})
			})
		}
	}
	cells.Wait()
	return all
}

// TestFailureMatrix lets a bench die in every way, in every state, and measures what becomes of its output, its switch
// and the line to the unit. It compares that with the table in testdata; -update writes the table.
func TestFailureMatrix(t *testing.T) {
	all := measureAll(t)
	if t.Failed() {
		return
	}
	for _, m := range all {
		for _, w := range m.wrong() {
			t.Errorf("%s, %s: %s", m.entry.Way, m.entry.State, w)
		}
	}
	if *update {
		keep(t, all)
	}
	kept := readMatrix(t)
	if len(kept) != len(all) {
		t.Fatalf("the table has %d cells, there are %d; write it with -update", len(kept), len(all))
	}
	for i, m := range all {
		for _, d := range m.differs(kept[i]) {
			t.Errorf("%s, %s: %s", m.entry.Way, m.entry.State, d)
		}
	}
	text, err := os.ReadFile(matrixFile + ".md")
	must(t, err)
	if diff := cmp.Diff(string(text), markdown(kept)); diff != "" {
		t.Errorf("the table for people (-kept +want):\n%s", diff)
	}
}

var matrixFile = filepath.Join("testdata", "failure-matrix")

func keep(t *testing.T, all []measured) {
	t.Helper()
	var entries []entry
	for _, m := range all {
		entries = append(entries, m.entry)
	}
	text, err := json.MarshalIndent(entries, "", "\t")
	must(t, err)
	must(t, os.MkdirAll("testdata", 0o755))
	must(t, os.WriteFile(matrixFile+".json", append(text, '\n'), 0o644))
	must(t, os.WriteFile(matrixFile+".md", []byte(markdown(entries)), 0o644))
}

func readMatrix(t *testing.T) (entries []entry) {
	t.Helper()
	text, err := os.ReadFile(matrixFile + ".json")
	must(t, err)
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	must(t, d.Decode(&entries))
	return entries
}

const preface = `# Failure matrix

What becomes of an energised line when something dies. Written by TestFailureMatrix from what it measured; times are
upper bounds. Suite and guard are processes; the supply (a simulated Rigol DP832 on TCP), the switch, the sensor and the
line outlive them, and are looked at directly and not through what they say.

- Instrument watchdog: none on this supply. When suite and guard are both killed, nothing is left to switch it off, but
  for the row whose supply (a simulated Keysight N6700) has one: it was set to 2 s.
- The switch's GPIO line is one that keeps its level when the process that drove it dies. Where the kernel releases the
  line instead, a pull-down opens the switch at once, also when both are killed.
- A change or a switching on is interrupted while the instrument works on the command.
- A welded contact is one that was closed; an open one does not weld.
- Somebody interrupts the suite that hangs; it gets 20 s to end, and is killed.
- "Already": the output was off, the switch open or the line dead before, and stayed so.
- "Safe" is what the record says of the whole bench: every supply and switch confirmed, no sensor against it.

## Line dead within

`

// markdown draws the table: an overview, and all of it.
func markdown(entries []entry) string {
	var b strings.Builder
	b.WriteString(preface)
	b.WriteString("| |")
	for _, s := range states() {
		fmt.Fprintf(&b, " %s |", s.name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(states())) + "\n")
	for i := 0; i < len(entries); i += len(states()) {
		fmt.Fprintf(&b, "| %s |", entries[i].Way)
		for _, e := range entries[i:min(i+len(states()), len(entries))] {
			fmt.Fprintf(&b, " %s |", e.overview())
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Everything\n\n")
	b.WriteString("| dies | state | output off | switch open | line dead | record by | supply | sensor | safe | ends |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
			e.Way, e.State, e.Output, e.Switch, e.Line, e.By, e.Supply, e.Sensor, yesNo(e.Safe), e.Ends)
	}
	return b.String()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// overview is the line, and who confirms that it is dead.
func (e entry) overview() string {
	switch {
	case e.Line == never && e.By == "nobody":
		return "**live**, nobody left"
	case e.Line == never:
		return "**live**, and the record says so"
	case e.By == "nobody":
		return fmt.Sprintf("%s, not confirmed", e.Line)
	case e.Sensor == "dead":
		return fmt.Sprintf("%s, sensor confirms", e.Line)
	}
	return fmt.Sprintf("%s, supply confirms", e.Line)
}
