package description

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Problem is one thing that is wrong with a description.
type Problem struct {
	Path string // as in the bench file, for instance "security.level" or "programming.blocks[0].source"
	Text string // what is wrong and what is accepted
}

func (p Problem) String() string { return p.Path + ": " + p.Text }

// Check returns the problems that Validate finds as one error.
func (e ECU) Check() error {
	var errs []error
	for _, p := range e.Validate() {
		errs = append(errs, errors.New(p.String()))
	}
	return errors.Join(errs...)
}

// Validate returns everything that keeps the description from being used, in the order of its fields. Fields that are
// zero count with their defaults.
func (e ECU) Validate() []Problem {
	e = e.WithDefaults()
	var l list
	l.address(e.Address)
	l.transport(e)
	l.timing(e.Timing)
	l.sessions(e.Sessions)
	l.security("security.", e.Security)
	for _, name := range slices.Sorted(maps.Keys(e.Unlocks)) {
		l.security("unlocks."+name+".", e.Unlocks[name])
	}
	l.authentication(e.Authentication)
	l.identifiers(e)
	l.routines(e.Routines)
	l.memory(e)
	if e.Programmable() {
		l.programming(e.Programming)
		l.steps(e)
	}
	l.gates(e.Gates)
	return l
}

type list []Problem

// reject adds a problem if wrong is true.
func (l *list) reject(wrong bool, path, format string, args ...any) {
	if wrong {
		*l = append(*l, Problem{Path: path, Text: fmt.Sprintf(format, args...)})
	}
}

func (l *list) address(a Address) {
	limit := a.MaxID()
	l.reject(a.Request == 0, "address.request", "is missing")
	l.reject(a.Response == 0, "address.response", "is missing")
	l.reject(a.Request > limit, "address.request", "%#x is over %#x; 29-bit identifiers need extended: true", a.Request, limit)
	l.reject(a.Response > limit, "address.response", "%#x is over %#x; 29-bit identifiers need extended: true", a.Response, limit)
	l.reject(a.Functional > limit, "address.functional", "%#x is over %#x", a.Functional, limit)
	l.reject(!slices.Contains(Formats(), a.Format), "address.format", "%q is not accepted; accepted values: %s", a.Format, strings.Join(Formats(), ", "))
	bytewise := a.Format == formatExtended // nodes may share identifiers
	l.reject(a.Request != 0 && a.Request == a.Response && !bytewise, "address.response", "%#x is the identifier of requests as well", a.Response)
	physical := a.Functional == a.Request || a.Functional == a.Response
	l.reject(physical && !bytewise, "address.functional", "%#x is a physical identifier as well", a.Functional)
	l.reject(a.Format == formatNormal && (a.RequestByte|a.ResponseByte|a.FunctionalByte) != 0, "address.format", "normal addressing has no address bytes; accepted with them: extended, mixed")
	l.reject(a.Format == formatMixed && a.RequestByte != a.ResponseByte, "address.response_byte", "%#x is not that of requests; mixed addressing has one address extension", a.ResponseByte)
}

func (l *list) transport(e ECU) {
	t := e.Transport
	before := len(*l)
	const ms, us = time.Millisecond, time.Microsecond
	whole := t.STmin >= 0 && t.STmin <= 127*ms && t.STmin%ms == 0
	tenths := t.STmin >= 100*us && t.STmin <= 900*us && t.STmin%(100*us) == 0
	l.reject(!whole && !tenths, "transport.st_min", "%v cannot be sent; accepted: 0ms to 127ms in steps of 1ms, 100us to 900us in steps of 100us", t.STmin)
	l.reject(t.Kernel && (t.NAs|t.NBs|t.NCr) != 0, "transport.kernel", "the kernel's timeouts cannot be set; leave n_as, n_bs and n_cr out")
	l.reject(t.Kernel && t.MaxWait != 0, "transport.kernel", "the kernel does not count wait frames; leave wft_max out")
	if len(*l) > before {
		return
	}
	_, err := e.Connection().Complete()
	l.reject(err != nil && !l.has("address"), "transport", "%v", err)
}

// has says that a part of the description has problems.
func (l *list) has(part string) bool {
	return slices.ContainsFunc(*l, func(p Problem) bool { return strings.HasPrefix(p.Path, part+".") })
}

func (l *list) timing(t Timing) {
	times := []struct {
		path  string
		value time.Duration
	}{
		{"timing.p2", t.P2},
		{"timing.p2_star", t.P2Star},
		{"timing.delta_p2", t.DeltaP2},
		{"timing.s3_client", t.S3Client},
		{"timing.max_pending_time", t.MaxPendingTime},
		{"timing.boot", t.Boot},
		{"timing.confirm", t.Confirm},
	}
	for _, v := range times {
		l.reject(v.value <= 0 || v.value > time.Hour, v.path, "%v is out of range; accepted: above 0s up to 1h", v.value)
	}
	l.reject(t.P2Star < t.P2, "timing.p2_star", "%v is shorter than P2 of %v", t.P2Star, t.P2)
	l.reject(t.MaxPending < 0 || t.MaxPending > 10000, "timing.max_pending", "%d is out of range; accepted: 1 to 10000", t.MaxPending)
}

func (l *list) sessions(s Sessions) {
	l.reject(s.Default > 0x7F, "sessions.default", "%#x is over 0x7f", s.Default)
	l.reject(s.Programming > 0x7F, "sessions.programming", "%#x is over 0x7f", s.Programming)
	l.reject(s.Extended > 0x7F, "sessions.extended", "%#x is over 0x7f", s.Extended)
	l.reject(s.Programming == s.Default, "sessions.programming", "%#x is the default session as well", s.Programming)
	l.reject(s.Extended == s.Default, "sessions.extended", "%#x is the default session as well", s.Extended)
	for _, name := range slices.Sorted(maps.Keys(s.Others)) {
		n := s.Others[name]
		l.reject(n == 0 || n > 0x7F, "sessions.others."+name, "%#x is out of range; accepted: 0x01 to 0x7f", n)
	}
}

func (l *list) programming(p Programming) {
	const path = "programming."
	l.reject(p.Hardware == "", path+"hardware", "is missing")
	l.template(p.Fingerprint, path+"fingerprint")
	l.reject(p.AddressLength < 1 || p.AddressLength > 5, path+"address_length", "%d is out of range; accepted: 1 to 5", p.AddressLength)
	l.reject(p.SizeLength < 1 || p.SizeLength > 4, path+"size_length", "%d is out of range; accepted: 1 to 4", p.SizeLength)
	l.reject(p.MaxBlock < 3 || p.MaxBlock > MaxBlock, path+"max_block", "%d is out of range; accepted: 3 to %d", p.MaxBlock, MaxBlock)
	l.reject(p.Reset > 0x7F, path+"reset", "%#x is over 0x7f", p.Reset)
	l.reject(p.TrialBoots < 0 || p.TrialBoots > 100, path+"trial_boots", "%d is out of range; accepted: 1 to 100", p.TrialBoots)
	l.reference(p.ChecksumSecret, p.ChecksumSecret != "", path+"checksum_secret")
	l.blocks(p)
}
