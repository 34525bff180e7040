package reports

import (
	"time"

	"otabench/bench/record"
)

// Run is a run as its record tells it, with the verdicts derived from it.
type Run struct {
	Dir    string // folder of the run, as it was named
	Digest string // SHA-256 of record.jsonl, hexadecimal
	Header record.Header
	Length time.Duration // from the start to the last event
	Ended  string        // status that the bench closed the record with; empty if it did not

	Status Verdict
	Reason string // why Status is not what the specs alone would give; empty otherwise
	// Incomplete says why the record is not whole; empty if it is.
	Incomplete string
	// Unjudged says which catalogue of the run could not be had; empty if all could.
	Unjudged string
	Totals   Totals

	Filter     string             // label filter of the run
	Unselected int                // specs that the filter left out
	LeftOut    []record.SpecStart // these, as far as the record names them
	Rationale  string             // why these specs were chosen
	Proven     bool               // the run has to prove itself
	Proofs     []record.Proof
	Assignment record.Assignment  // what the laboratory states
	Catalogues []record.Catalogue // that the run is judged by; empty for those of this version
	Statistics []Statistic        // of measurements that were taken more than once, in the order of the record
	Specs      []*Spec
	Sweep      *Sweep // nil if the run is none
	Groups     []Group
	Devices    []record.Device
	Faults     []Fault
	Lost       []Lost
	Safe       []record.Safe
	Deviations []record.Deviation
	Samplings  []record.Sampling
	Latencies  []record.Latency
	Notes      []string // remarks outside of specs
	Files      []string // other files in the folder, by name, sorted
}

// Interrupted says that somebody or something stopped the run before its end.
func (r *Run) Interrupted() bool { return r.Ended == "interrupted" }

// Simulated says that at least one device of the bench is simulated.
func (r *Run) Simulated() bool {
	for _, d := range r.Devices {
		if d.Simulated {
			return true
		}
	}
	return false
}

// At is an event's body with its time since the run's start.
type At[B any] struct {
	T    time.Duration
	Body B
}

// Fault is a fault of the bench and the spec during which it happened, empty if outside of one.
type Fault struct {
	T    time.Duration
	Spec string
	record.Fault
}

// Lost is a count of lost frames and the spec during which they were lost, empty if outside of one.
type Lost struct {
	T    time.Duration
	Spec string
	record.Lost
}

// Spec is one spec of a run with what happened during it.
type Spec struct {
	record.SpecStart
	Verdict Verdict
	Reasons []string // why the verdict is not Passed
	Outcome record.Outcome
	Message string
	Where   string

	Start    time.Duration // since the run's start
	Duration time.Duration
	Begun    int // how often it began
	Ended    int // how often it ended

	Ends []record.SpecEnd // how it ended each time, the first ones of many

	Steps        []At[record.Step]
	Exchanges    []record.Exchange
	Console      []At[record.ConsoleLine]
	Samples      []At[record.Sample]
	Settings     []At[record.Setting]
	Triggers     []*Trigger
	Measurements []record.Measurement
	Stimuli      []record.Stimulus
	Notes        []string
	Faults       []record.Fault
	LostFrames   uint64

	Notices  []At[record.Notice]
	Actions  []At[record.UserAction]
	Links    []At[record.Link]
	Traffic  []At[record.Traffic]
	Backend  []At[record.Backend]
	Vehicle  []At[record.Vehicle]
	Left     Left           // what the record has beyond the above
	timeline []record.Event // what a story is made of, in the order of the record, which tells apart what has one time
}

// Trigger is a trigger from being armed to having fired.
type Trigger struct {
	record.TriggerArmed
	Fired *record.TriggerFired // nil if it did not
	Idle  bool                 // disarmed without having fired
}
