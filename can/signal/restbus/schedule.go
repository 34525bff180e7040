package restbus

import (
	"fmt"
	"slices"
	"time"

	"otabench/can/signal"
)

// Schedule is what a simulation sends.
type Schedule struct {
	Entries []Entry
	// OnMiss is told of each frame that was due and not sent, if it is not nil. It runs on the goroutine that sends the
	// message, several may do so at once, and it must not call Stop.
	OnMiss func(Miss)
}

// Entry is one message.
type Entry struct {
	Message *signal.Message
	// Cycle is the time from one frame to the next; 0 is the message's own.
	Cycle time.Duration
	// Values are those of the beginning; other signals have their initial values.
	Values map[string]signal.Input
	// Counter, Checksum and Protection change each frame, in this order. Those that are nil do not.
	Counter    *Counter
	Checksum   *Checksum
	Protection Protection
}

// Protection completes the data of a frame. [otabench/can/signal/e2e.Protector] does.
type Protection interface {
	Protect(data []byte) error
}

// Counter is a signal that counts the frames that are handed to the bus. It goes on after one that the bus did not
// take: receivers see the gap.
type Counter struct {
	Signal string
	// First is the first raw value, and what follows on Last. If Last is 0, it is the largest value of the signal's bits.
	First, Last uint64
}

// Checksum is a signal that is computed from the message's data, in which the signal itself is 0.
type Checksum struct {
	Signal string
	Sum    func(data []byte) uint64
}

// XOR is a checksum: all bytes by exclusive or.
func XOR(data []byte) uint64 {
	var sum byte
	for _, b := range data {
		sum ^= b
	}
	return uint64(sum)
}

// Sum8 is a checksum: the sum of all bytes, of which eight bits are kept.
func Sum8(data []byte) uint64 {
	var sum byte
	for _, b := range data {
		sum += b
	}
	return uint64(sum)
}

// Rest returns all cyclic messages of db that have a sender other than the nodes that are present: those that a
// simulation has to send. It fails with an error that wraps [signal.ErrUnknown] if db has no such node.
func Rest(db *signal.Database, present ...string) ([]Entry, error) {
	for _, name := range present {
		if !slices.ContainsFunc(db.Nodes, func(n signal.Node) bool { return n.Name == name }) {
			return nil, fmt.Errorf("node %q: %w %s", name, signal.ErrUnknown, db.Name)
		}
	}
	var entries []Entry
	for _, m := range db.Messages {
		here := func(sender string) bool { return slices.Contains(present, sender) }
		if m.Cycle > 0 && !slices.ContainsFunc(m.Senders, here) {
			entries = append(entries, Entry{Message: m})
		}
	}
	return entries, nil
}

// Phases returns when each of several cycles begins for the first time. Within the shortest cycle each has an instant
// of its own, so that cycles which are its multiples never fall due together; and long cycles of equal length are
// spread over all of it.
func Phases(cycles []time.Duration) []time.Duration {
	if len(cycles) == 0 {
		return nil
	}
	shortest := slices.Min(cycles)
	equal := map[time.Duration]time.Duration{} // how many of this length there were
	phases := make([]time.Duration, len(cycles))
	for i, cycle := range cycles {
		slot := shortest * time.Duration(i) / time.Duration(len(cycles))
		turn := equal[cycle] % (cycle / shortest)
		phases[i] = slot + turn*shortest
		equal[cycle]++
	}
	return phases
}
