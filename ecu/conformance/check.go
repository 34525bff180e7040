package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Check is one rule of the standard.
type Check struct {
	// ID is short and stays the same from version to version.
	ID string
	// Clauses are where the rule stands, such as ISO-14229-1/8.7.2.
	Clauses []string
	// Text is the rule.
	Text string
	// Cost is what the check costs beside some requests, empty if nothing.
	Cost string

	run func(context.Context, *run)
}

// Outcome is what came of a check.
type Outcome string

// Outcomes.
const (
	Passed        Outcome = "passed"
	Failed        Outcome = "failed"
	NotApplicable Outcome = "not applicable"
)

// Finding is what a check found out.
type Finding struct {
	Check   Check
	Outcome Outcome
	// Reason says why the check is not applicable.
	Reason string
	// Violations are what the ECU did wrong.
	Violations []Violation
	// Measurements are times that the check took, the right ones too.
	Measurements []Measurement
	// Observations is how many of them the verdict stands on.
	Observations int
}

// Violation is one thing that the ECU did and the standard does not want.
type Violation struct {
	Session    byte   // the session in which it was asked
	Functional bool   // it was asked with all other ECUs
	Request    []byte // without keys of SecurityAccess
	Response   []byte // nil if there was none
	Want       string
}

// Measurement is a time with its limits; a limit of zero is none.
type Measurement struct {
	Name            string
	Value, Min, Max time.Duration
	Kind            Kind
	// From and To bound the frames that Value follows from.
	From, To time.Time
}

// Kind says what a time is between.
type Kind uint8

// Kinds of times.
const (
	// ToResponse is the longest from the end of a request to the beginning of its first response.
	ToResponse Kind = iota + 1
	// AfterPending is the longest from the end of a response 0x78 to the beginning of the next response.
	AfterPending
	// BetweenPending is the shortest from the end of a response 0x78 to the beginning of the next one.
	BetweenPending
	// FromTo is that from the frame at From to the one at To.
	FromTo
)

// ok says that the value is within its limits.
func (m Measurement) ok() bool {
	return (m.Min == 0 || m.Value >= m.Min) && (m.Max == 0 || m.Value <= m.Max)
}

func (m Measurement) String() string { return fmt.Sprintf("%s %v (%s)", m.Name, m.Value, m.limits()) }

// limits writes what is wanted.
func (m Measurement) limits() string {
	switch {
	case m.Min == 0:
		return fmt.Sprintf("at most %v", m.Max)
	case m.Max == 0:
		return fmt.Sprintf("at least %v", m.Min)
	}
	return fmt.Sprintf("%v to %v", m.Min, m.Max)
}

func (v Violation) String() string {
	way := ""
	if v.Functional {
		way = "functional "
	}
	return fmt.Sprintf("session %02X: to %s%s the ECU says %s; want %s",
		v.Session, way, show(v.Request), show(v.Response), v.Want)
}

// show writes a message, or its beginning.
func show(b []byte) string {
	const shown = 16
	switch {
	case b == nil:
		return "nothing"
	case len(b) > shown:
		return fmt.Sprintf("[% X … %d bytes]", b[:shown], len(b))
	}
	return fmt.Sprintf("[% X]", b)
}

func (f Finding) String() string {
	text := fmt.Sprintf("%s: %s (%s)", f.Check.ID, f.Outcome, strings.Join(f.Check.Clauses, ", "))
	if f.Reason != "" {
		text += ": " + f.Reason
	}
	for _, v := range f.Violations {
		text += "\n  " + v.String()
	}
	for _, m := range f.Measurements {
		text += "\n  " + m.String()
	}
	return text
}

// Checks returns all checks, in the order in which they are best run: the last ones lock the ECU for a while.
func Checks() []Check {
	return slices.Concat(
		serviceChecks(), lengthChecks(), subFunctionChecks(), orderChecks(), suppressionChecks(), functionalChecks(),
		sessionChecks(), timingChecks(), s3Checks(), dataChecks(), routineChecks(), faultChecks(), transferChecks(),
		securityChecks(), lockoutChecks(),
	)
}

// Run holds the ECU to the rule. The error says why there is no verdict: what is asked did not reach the ECU, ctx
// ended, or the ECU cannot be brought back into its default session. What it did wrong before that is in the finding,
// which is empty otherwise.
func (c Check) Run(ctx context.Context, p *Probe) (Finding, error) {
	if err := p.home(ctx); err != nil {
		return Finding{}, fmt.Errorf("%s: %w", c.ID, err)
	}
	r := &run{Probe: p, session: p.desc.Sessions.Default}
	c.run(ctx, r)
	f := r.finding(c)
	// The ECU goes back also when ctx has ended meanwhile.
	back, cancel := context.WithTimeout(context.WithoutCancel(ctx), homeTime+p.desc.Timing.Boot)
	defer cancel()
	err := errors.Join(r.err, r.leave(back))
	switch {
	case err == nil:
		return f, nil
	case f.Outcome != Failed:
		f = Finding{}
	}
	return f, fmt.Errorf("%s: %w", c.ID, err)
}

// homeTime is how long the ECU may take back to its default session, a boot excepted.
const homeTime = 10 * time.Second
