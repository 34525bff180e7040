package record

import (
	"fmt"
	"time"
)

// Header is the first line of a record.
type Header struct {
	Format  string    `json:"format"` // always Format
	Run     string    `json:"run"`    // unique id of the run
	Started time.Time `json:"started"`
	Tool    string    `json:"tool"`            // otabench and its version
	Host    string    `json:"host"`            // machine that drove the bench
	Bench   string    `json:"bench"`           // name in the bench file
	File    string    `json:"file"`            // bench file as it was named on the command line; empty for the embedded bench
	Digest  string    `json:"digest"`          // SHA-256 of the bench file, hexadecimal
	Virtual bool      `json:"virtual"`         // the clock was virtual
	Suite   string    `json:"suite,omitempty"` // SHA-256 of the program that holds the suite, hexadecimal
}

// Format names this version of the record's layout.
const Format = "otabench-record/1"

// Event is one entry of the timeline.
type Event struct {
	Seq  uint64
	T    time.Duration // since Header.Started, on the monotonic clock
	Spec string        // id of the spec that was running; empty between specs
	Body Body
}

// Body is what an event says. Its kind is the name it has on disk.
type Body interface{ Kind() string }

// Device describes a piece of equipment or a unit under test, once it has identified itself.
type Device struct {
	Role      string            `json:"role"`  // name in the bench file
	Class     string            `json:"class"` // bus, supply, rail, switch, sensor, console, ecu
	Address   string            `json:"address,omitempty"`
	Model     string            `json:"model,omitempty"`
	Serial    string            `json:"serial,omitempty"`
	Firmware  string            `json:"firmware,omitempty"`
	Simulated bool              `json:"simulated,omitempty"`
	Details   map[string]string `json:"details,omitempty"`
}

// SpecStart opens a spec.
type SpecStart struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"`       // leaf text
	Path   []string `json:"containers"` // container texts, outermost first
	Labels []string `json:"labels"`
	File   string   `json:"file"` // relative to the module
	Line   int      `json:"line"`
}

// SpecEnd closes a spec.
type SpecEnd struct {
	ID       string        `json:"id"`
	Outcome  Outcome       `json:"outcome"`
	Message  string        `json:"message,omitempty"`
	Where    string        `json:"where,omitempty"` // file:line of the failure
	Duration time.Duration `json:"duration_ns"`
}

// Outcome is how a spec ended. Only Passed is a pass.
type Outcome string

// Outcomes.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Void    Outcome = "void"    // the bench was at fault, so nothing can be concluded
	NotRun  Outcome = "not run" // selected, and skipped or never reached
	Aborted Outcome = "aborted" // begun and interrupted
)

// Planned lists the ids of all specs that the run selected, before the first one starts.
type Planned struct {
	Specs []SpecStart `json:"specs"`
	// Unselected counts specs that the filter left out.
	Unselected int    `json:"unselected"`
	Filter     string `json:"filter,omitempty"`
	// LeftOut are these specs, so that a requirement that nobody asked about differs from one that no spec observes.
	LeftOut []SpecStart `json:"left_out,omitempty"`
	// Rationale is why these specs were chosen, in the words of who started the run.
	Rationale string `json:"rationale,omitempty"`
	// Proven says that the run has to prove itself: without a Proof of each kind, all of its verdicts are void.
	Proven bool `json:"proven,omitempty"`
}

// Step is one line of the test procedure.
type Step struct {
	Text string `json:"text"`
}

// Exchange is one UDS request and what came back.
type Exchange struct {
	ECU        string `json:"ecu"`
	Service    string `json:"service"`           // name in ISO 14229-1
	Meaning    string `json:"meaning,omitempty"` // the request in words
	Request    string `json:"request"`           // hexadecimal, cut after 64 bytes
	RequestLen int    `json:"request_len"`
	Response   string `json:"response,omitempty"`
	RespLen    int    `json:"response_len,omitempty"`
	// The SHA-256 of a message that was cut, hexadecimal, so that the trace can be held to all of it.
	RequestSum  string        `json:"request_sum,omitempty"`
	ResponseSum string        `json:"response_sum,omitempty"`
	NRC         string        `json:"nrc,omitempty"`
	Pending     int           `json:"pending,omitempty"` // number of responses 0x78
	Functional  bool          `json:"functional,omitempty"`
	Error       string        `json:"error,omitempty"`
	Sent        time.Duration `json:"sent_ns"` // when the request began, since the run's start
	Took        time.Duration `json:"took_ns"` // from the request's start to the final response
	// From the request's start: when its last frame had left, when the first response of whatever kind began, and when each
	// 0x78 came. Zero where there was none.
	Left      time.Duration   `json:"left_ns,omitempty"`
	First     time.Duration   `json:"first_ns,omitempty"`
	PendingAt []time.Duration `json:"pending_at_ns,omitempty"`
	Repeats   int             `json:"repeats,omitempty"` // how often it was sent again because the unit was busy
}

// ConsoleLine is a line that a unit printed.
type ConsoleLine struct {
	ECU  string `json:"ecu"`
	Text string `json:"text"` // as printed, without line end; not to be trusted
}

// Sample is one measured point of a rail.
type Sample struct {
	Rail   string  `json:"rail"`
	Volts  float64 `json:"v"`
	Amps   float64 `json:"a"`
	Source string  `json:"source"` // role of the sensor or supply that measured
}

// Setting is a change that the bench made to a rail or switch.
type Setting struct {
	Device string `json:"device"`
	Action string `json:"action"` // "limits", "set", "on", "off", "make", "break"
	Value  string `json:"value,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Progress is the state of an update.
type Progress struct {
	ECU   string `json:"ecu"`
	Phase string `json:"phase"`
	Done  int64  `json:"done,omitempty"` // bytes
	Total int64  `json:"total,omitempty"`
}

// TriggerArmed says what is awaited and what will be done then.
type TriggerArmed struct {
	ID        int    `json:"id"`
	Condition string `json:"condition"`
	Action    string `json:"action"`
}

// TriggerFired says that it happened.
type TriggerFired struct {
	ID    int           `json:"id"`
	Event string        `json:"event"` // what met the condition
	At    time.Duration `json:"at_ns"` // time of that event, since the run's start
	// Wished is the time after the event at which the action, or the first of several, was to be done.
	Wished time.Duration `json:"wished_ns,omitempty"`
	// Latency is how far from the wish it was: the time from the wished moment to the end of the action, of several the
	// longest.
	Latency time.Duration `json:"latency_ns"`
	// Steps are the single actions, if there were several.
	Steps []TriggerStep `json:"steps,omitempty"`
	Error string        `json:"error,omitempty"`
}

// TriggerStep is one of a trigger's actions.
type TriggerStep struct {
	Action  string        `json:"action"`
	Wished  time.Duration `json:"wished_ns,omitempty"` // after the event
	Latency time.Duration `json:"latency_ns"`          // from then to the end of the action
}

// TriggerIdle says that a trigger was disarmed without having fired.
type TriggerIdle struct {
	ID int `json:"id"`
}

// Note is a remark for the reader.
type Note struct {
	Text string `json:"text"`
}

// Fault says that the bench itself failed; verdicts of the spec are void.
type Fault struct {
	Device string `json:"device"`
	Text   string `json:"text"`
}

// Deviation is something out of order that makes no verdict void, but that a reader has to know: an instrument whose
// calibration is overdue, a time in which nobody measured.
type Deviation struct {
	Device string `json:"device"`
	Text   string `json:"text"`
}

// Sampling says how well a rail was watched, once that is over.
type Sampling struct {
	Rail     string        `json:"rail"`
	Source   string        `json:"source"` // role of the sensor or supply that measured
	Readings uint64        `json:"readings"`
	Rate     float64       `json:"rate"`       // mean number of readings in a second
	Gaps     uint64        `json:"gaps"`       // times of more than 5 ms without a reading, 5 s for a supply's own meter
	Longest  time.Duration `json:"longest_ns"` // longest time without one
}

// Latency is what a rail's own equipment needs, as it was measured at the terminals with its sensor, to a millisecond.
type Latency struct {
	Rail     string    `json:"rail"`
	Measured time.Time `json:"measured"` // when, by the wall clock
	Repeats  int       `json:"repeats"`
	Command  Spread    `json:"command"` // from a trigger's moment to the switch having been commanded
	Open     Spread    `json:"open"`    // from a trigger's moment to 90 % of the voltage
	Close    Spread    `json:"close"`   // from the command to close to 90 % of the voltage
	Fall     Spread    `json:"fall"`    // from the command to lower the supply's voltage to half of the step
	Rise     Spread    `json:"rise"`    // from the command to raise it
}

// Spread is how several measurements of one thing lie.
type Spread struct {
	Min    time.Duration `json:"min_ns"`
	Median time.Duration `json:"median_ns"`
	Max    time.Duration `json:"max_ns"`
}

func (s Spread) String() string {
	const precision = time.Microsecond
	return fmt.Sprintf("%v (%v to %v)", s.Median.Round(precision), s.Min.Round(precision), s.Max.Round(precision))
}

// Lost counts frames that a receiver of the bench could not take.
type Lost struct {
	Device string `json:"device"`
	Frames uint64 `json:"frames"`
}

// Safe says how the bench was left, and who made it so.
type Safe struct {
	By     string `json:"by"` // "suite" or "guard"
	Reason string `json:"reason"`
	// Outputs names each output and switch with what was done and seen.
	Outputs []SafeOutput `json:"outputs"`
	// Armed are supplies whose watchdog was left armed, because an output of theirs may be on or it did not answer.
	Armed []string `json:"watchdogs_armed,omitempty"`
}

// SafeOutput is one output or switch after it was switched off.
type SafeOutput struct {
	Device    string   `json:"device"`
	Off       bool     `json:"off"`              // the instrument confirmed it; a switch: it is at rest
	State     string   `json:"state,omitempty"`  // of a switch at rest: "open" or "closed"
	Confirmed bool     `json:"confirmed"`        // an independent sensor confirmed it
	Volts     *float64 `json:"v,omitempty"`      // what that sensor read
	Sensor    string   `json:"sensor,omitempty"` // its role
	Error     string   `json:"error,omitempty"`
}

// End closes a record in order. A record without it was cut short.
type End struct {
	Status string `json:"status"` // passed, failed, void, interrupted
}

// Kind implements Body.
func (Device) Kind() string       { return "device" }
func (SpecStart) Kind() string    { return "spec.start" }
func (SpecEnd) Kind() string      { return "spec.end" }
func (Planned) Kind() string      { return "planned" }
func (Step) Kind() string         { return "step" }
func (Exchange) Kind() string     { return "uds" }
func (ConsoleLine) Kind() string  { return "console" }
func (Sample) Kind() string       { return "sample" }
func (Setting) Kind() string      { return "setting" }
func (Progress) Kind() string     { return "progress" }
func (TriggerArmed) Kind() string { return "trigger.armed" }
func (TriggerFired) Kind() string { return "trigger.fired" }
func (TriggerIdle) Kind() string  { return "trigger.idle" }
func (Note) Kind() string         { return "note" }
func (Fault) Kind() string        { return "fault" }
func (Deviation) Kind() string    { return "deviation" }
func (Sampling) Kind() string     { return "sampling" }
func (Latency) Kind() string      { return "latency" }
func (Lost) Kind() string         { return "lost" }
func (Safe) Kind() string         { return "safe" }
func (End) Kind() string          { return "end" }
