package link

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrProfile is wrapped by the errors about a profile that no link can have.
var ErrProfile = errors.New("invalid link profile")

// Rate is in bit/s. 0 is unlimited.
type Rate int64

// Units of rates.
const (
	Kbit Rate = 1000
	Mbit Rate = 1000 * Kbit
)

// rateStep is what toxiproxy counts rates in: 1000 byte/s.
const rateStep = 8 * Kbit

// maxLatency bounds latencies: that of a retransmission which is given up is about as long.
const maxLatency = 2 * time.Minute

// String gives the rate in the largest unit that fits, such as "8 Mbit/s".
func (r Rate) String() string {
	switch {
	case r == 0:
		return "unlimited"
	case r >= Mbit:
		return strconv.FormatFloat(float64(r)/float64(Mbit), 'g', 4, 64) + " Mbit/s"
	default:
		return strconv.FormatFloat(float64(r)/float64(Kbit), 'g', 4, 64) + " kbit/s"
	}
}

// kilobytes is the rate in 1000 byte/s, rounded.
func (r Rate) kilobytes() int64 { return int64((r + rateStep/2) / rateStep) }

// Profile is the shape of a link. The zero value lets everything pass at once.
type Profile struct {
	Name string
	// Down is the rate to the vehicle, Up that to the backend, for each connection; at least 8 kbit/s, or 0 for unlimited.
	Down, Up Rate
	// Latency is that of one way, up to two minutes, in milliseconds. Each segment has its own, within ± Jitter, which is
	// at most Latency. To dial takes a round trip.
	Latency, Jitter time.Duration
	// Loss is the share of segments of 1400 bytes that get lost each time they are sent, from 0 to below 1. TCP hides a
	// loss: the segment comes after 200 ms, 400 ms more if it is lost again, and so on, and nothing overtakes it.
	Loss float64
	// Stall keeps connections and lets nothing pass. Who dials waits; over TCP the kernel makes the connection,
	// which is reset if it has waited for a minute.
	Stall bool
	// Off is no network: connections are reset, and dialling fails at once with ENETUNREACH. TCP connections are reset.
	Off bool
	// Portal answers new connections with a captive portal in place of the backend: TLS with a certificate of its own, and
	// a redirect for all HTTP requests. Connections from before it and from its time are reset when that changes.
	Portal bool
	// Metered says that volume costs. It is for the record only.
	Metered bool
}

// Detail describes the shape without its name, such as "8 Mbit/s down, 2 Mbit/s up, 50 ms ± 10 ms, loss 1 %".
func (p Profile) Detail() string {
	if p.Off {
		return "no network"
	}
	parts := []string{fmt.Sprintf("%v down, %v up", p.Down, p.Up)}
	if p.Latency > 0 {
		latency := p.Latency.String()
		if p.Jitter > 0 {
			latency += " ± " + p.Jitter.String()
		}
		parts = append(parts, latency)
	}
	if p.Loss > 0 {
		parts = append(parts, fmt.Sprintf("loss %.4g %%", 100*p.Loss))
	}
	for _, is := range []struct {
		set  bool
		word string
	}{{p.Stall, "stalled"}, {p.Portal, "captive portal"}, {p.Metered, "metered"}} {
		if is.set {
			parts = append(parts, is.word)
		}
	}
	return strings.Join(parts, ", ")
}

// String is the name, or the detail of a profile without one.
func (p Profile) String() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Detail()
}

// Check fails with an error that wraps ErrProfile if a value is out of its range.
func (p Profile) Check() error {
	wrong := func(what string, got any, want string) error {
		return fmt.Errorf("%w %q: %s is %v: want %s", ErrProfile, p.Name, what, got, want)
	}
	for _, r := range []struct {
		name string
		Rate
	}{{"rate down", p.Down}, {"rate up", p.Up}} {
		if r.Rate != 0 && r.Rate < rateStep {
			return wrong(r.name, int64(r.Rate), "8000 bit/s or more, or 0 for unlimited")
		}
	}
	switch {
	case p.Latency < 0 || p.Latency > maxLatency:
		return wrong("latency", p.Latency, "0 to "+maxLatency.String())
	case p.Jitter < 0 || p.Jitter > p.Latency:
		return wrong("jitter", p.Jitter, "0 to the latency")
	case !(p.Loss >= 0 && p.Loss < 1):
		return wrong("loss", p.Loss, "0 to below 1; Stall lets nothing pass")
	}
	return nil
}

// rate is that of one direction.
func (p Profile) rate(up bool) Rate {
	if up {
		return p.Up
	}
	return p.Down
}
