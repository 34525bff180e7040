package claims

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDifferences bounds how many are named one by one.
const maxDifferences = 1000

// Compare names what a record says otherwise than a statement, in the order of the statement. None means that both are alike
// in everything.
func Compare(stated, derived Claims) []string {
	c := &comparison{}
	c.run(stated.Run, derived.Run)
	sets(c, "catalogue", stated.Catalogues, derived.Catalogues, func(x Catalogue) string { return x.ID }, c.catalogue)
	sets(c, "device", stated.Devices, derived.Devices, func(x Device) string { return x.Class + " " + x.Role }, c.device)
	sets(c, "proof", stated.Proofs, derived.Proofs, func(x Proof) string { return x.Kind + " " + x.Subject + " " + x.Spec }, c.proof)
	sets(c, "spec", stated.Specs, derived.Specs, func(x Spec) string { return x.ID }, c.spec)
	sets(c, "requirement", stated.Requirements, derived.Requirements, func(x Requirement) string { return x.Catalogue + " " + x.ID }, c.requirement)
	sets(c, "point", stated.Points, derived.Points, func(x Point) string { return x.ID }, c.point)
	if c.more > 0 {
		c.found = append(c.found, fmt.Sprintf("%d more differences", c.more))
	}
	if len(c.found) == 0 && !alike(stated, derived) {
		// Such as another order, or one thing twice.
		c.found = append(c.found, "the record says the same things in another order, or some of them twice")
	}
	return c.found
}

type comparison struct {
	found []string
	more  int
}

func (c *comparison) say(format string, args ...any) {
	if len(c.found) == maxDifferences {
		c.more++
		return
	}
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// value names a value of something that differs.
func (c *comparison) value(of, what, stated, derived string) {
	if stated != derived {
		c.say("%s: %s is %s in the record and %s in the statement", of, what, derived, stated)
	}
}

func (c *comparison) text(of, what, stated, derived string) {
	c.value(of, what, quoted(stated), quoted(derived))
}

// sets compares things by their names. Of one that is there more than once, the last counts; alike sees the others.
func sets[T any](c *comparison, kind string, stated, derived []T, name func(T) string, compare func(of string, stated, derived T)) {
	now := map[string]T{}
	for _, x := range derived {
		now[name(x)] = x
	}
	known := map[string]bool{}
	for _, x := range stated {
		of := kind + " " + name(x)
		known[name(x)] = true
		if y, there := now[name(x)]; there {
			compare(of, x, y)
		} else {
			c.say("%s is in the statement and not in the record", of)
		}
	}
	for _, x := range derived {
		if !known[name(x)] {
			c.say("%s %s is in the record and not in the statement", kind, name(x))
			known[name(x)] = true
		}
	}
}

func (c *comparison) run(stated, derived Run) {
	const of = "run"
	c.value(of, "the verdict", stated.Status, derived.Status)
	c.text(of, "the reason", stated.Reason, derived.Reason)
	c.text(of, "the id", stated.ID, derived.ID)
	c.value(of, "the start", stated.Started.Format(time.RFC3339Nano), derived.Started.Format(time.RFC3339Nano))
	c.value(of, "the length", time.Duration(stated.LengthNS).String(), time.Duration(derived.LengthNS).String())
	c.text(of, "the tool", stated.Tool, derived.Tool)
	c.text(of, "the host", stated.Host, derived.Host)
	c.text(of, "the bench", stated.Bench, derived.Bench)
	c.text(of, "the bench file", stated.BenchFile, derived.BenchFile)
	c.text(of, "the digest of the bench file", stated.BenchSHA256, derived.BenchSHA256)
	c.text(of, "the digest of the suite", stated.SuiteSHA256, derived.SuiteSHA256)
	c.value(of, "virtual time", strconv.FormatBool(stated.VirtualTime), strconv.FormatBool(derived.VirtualTime))
	c.text(of, "the bench's own status", stated.Ended, derived.Ended)
	c.text(of, "the label filter", stated.Filter, derived.Filter)
	c.text(of, "the rationale", stated.Rationale, derived.Rationale)
	c.value(of, "the number of specs left out", strconv.Itoa(stated.Unselected), strconv.Itoa(derived.Unselected))
	c.value(of, "having to prove itself", strconv.FormatBool(stated.Proven), strconv.FormatBool(derived.Proven))
	c.value(of, "the number of bench faults", strconv.Itoa(stated.Faults), strconv.Itoa(derived.Faults))
	c.value(of, "the number of lost frames", strconv.FormatUint(stated.LostFrames, 10), strconv.FormatUint(derived.LostFrames, 10))
	c.text(of, "the deviations", strings.Join(stated.Deviations, "; "), strings.Join(derived.Deviations, "; "))
}

func (c *comparison) catalogue(of string, stated, derived Catalogue) {
	c.text(of, "the version", stated.Version, derived.Version)
	c.text(of, "the digest", stated.SHA256, derived.SHA256)
	c.text(of, "the file", stated.File, derived.File)
}

func (c *comparison) device(of string, stated, derived Device) {
	c.text(of, "the address", stated.Address, derived.Address)
	c.text(of, "the model", stated.Model, derived.Model)
	c.text(of, "the serial number", stated.Serial, derived.Serial)
	c.text(of, "the firmware", stated.Firmware, derived.Firmware)
	c.value(of, "being simulated", strconv.FormatBool(stated.Simulated), strconv.FormatBool(derived.Simulated))
	names := maps.Clone(stated.Details)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, derived.Details)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c.text(of, name, stated.Details[name], derived.Details[name])
	}
}

func (c *comparison) proof(of string, stated, derived Proof) {
	c.text(of, "what was expected", stated.Expected, derived.Expected)
	c.text(of, "what came of it", stated.Got, derived.Got)
}

func (c *comparison) spec(of string, stated, derived Spec) {
	c.value(of, "the verdict", stated.Verdict, derived.Verdict)
	c.text(of, "the outcome", stated.Outcome, derived.Outcome)
	c.text(of, "the name", stated.Name, derived.Name)
	for i := range max(len(stated.Measurements), len(derived.Measurements)) {
		switch {
		case i >= len(derived.Measurements):
			c.say("%s: measurement %d, %q, is in the statement and not in the record", of, i+1, stated.Measurements[i].Name)
		case i >= len(stated.Measurements):
			c.say("%s: measurement %d, %q, is in the record and not in the statement", of, i+1, derived.Measurements[i].Name)
		default:
			c.measurement(of, stated.Measurements[i], derived.Measurements[i])
		}
	}
}

func (c *comparison) measurement(of string, stated, derived Measurement) {
	c.text(of, "a measurement", stated.Name, derived.Name)
	name := strconv.Quote(stated.Name)
	c.value(of, "the value of "+name, number(&stated.Value, stated.Unit), number(&derived.Value, derived.Unit))
	c.value(of, "the lower limit of "+name, number(stated.Min, stated.Unit), number(derived.Min, derived.Unit))
	c.value(of, "the upper limit of "+name, number(stated.Max, stated.Unit), number(derived.Max, derived.Unit))
	c.value(of, "the uncertainty of "+name, number(stated.Uncertainty, stated.Unit), number(derived.Uncertainty, derived.Unit))
	c.text(of, "the source of "+name, stated.Source, derived.Source)
	c.value(of, "the verdict of "+name, stated.Verdict, derived.Verdict)
	c.value(of, "the basis of "+name, stated.Basis.String(), derived.Basis.String())
}

func (c *comparison) requirement(of string, stated, derived Requirement) {
	c.value(of, "the verdict", stated.Verdict, derived.Verdict)
	c.value(of, "the list of specs", list(stated.Specs), list(derived.Specs))
	c.value(of, "the list of specs left out", list(stated.LeftOut), list(derived.LeftOut))
}

func (c *comparison) point(of string, stated, derived Point) {
	c.text(of, "the outcome", stated.Outcome, derived.Outcome)
	c.value(of, "having been mended", strconv.FormatBool(stated.Recovered), strconv.FormatBool(derived.Recovered))
	c.text(of, "what is wrong", stated.Wrong, derived.Wrong)
}

func (b *Basis) String() string {
	if b == nil {
		return "none"
	}
	return fmt.Sprintf("%s of %s from %v to %v", b.Function, b.Subject, time.Duration(b.FromNS), time.Duration(b.ToNS))
}

func number(v *float64, unit string) string {
	if v == nil {
		return "none"
	}
	return strings.TrimSpace(strconv.FormatFloat(*v, 'g', -1, 64) + " " + unit)
}

func list(ids []string) string {
	if len(ids) == 0 {
		return "empty"
	}
	return strings.Join(ids, " ")
}

func quoted(s string) string {
	if s == "" {
		return "empty"
	}
	return strconv.Quote(s)
}

func alike(a, b Claims) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && bytes.Equal(x, y)
}
