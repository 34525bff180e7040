package signal

import (
	"errors"
	"fmt"
	"time"

	"otabench/can"
)

// Errors that callers decide on.
var (
	// ErrUnknown means that a database has no such message or a message no such signal.
	ErrUnknown = errors.New("not in the database")
	// ErrShort means that a frame has fewer bytes than its message. It is wrapped by [ShortError].
	ErrShort = errors.New("frame is shorter than its message")
	// ErrNoData means that a frame carries no data that could be decoded: a remote frame or an error frame.
	ErrNoData = errors.New("frame carries no data")
)

// Database is what a DBC file says about a bus.
type Database struct {
	// Name is the name that the file was read under.
	Name    string
	Version string
	Comment string
	Nodes   []Node
	// Messages are in the order of the file.
	Messages []*Message
	// Warnings are faults of the file that leave the layout of its messages intact, such as a comment on a signal that
	// does not exist. Each is an [Error], and there are at most 1000.
	Warnings []error

	byName map[string]*Message
	byID   map[identifier]*Message
}

// Node is an ECU of the bus.
type Node struct {
	Name, Comment string
}

// Message is a kind of frame.
type Message struct {
	Name string
	// ID is the identifier, 29 bits of it if Extended is set.
	ID       uint32
	Extended bool
	// FD says that the message is an FD frame: by its VFrameFormat or, without one, because it has 9 to 64 bytes. BRS says
	// that it switches the bit rate (CANFD_BRS, which is on unless the file says no).
	FD, BRS bool
	// Size is the number of bytes. One of more than 64 comes in several frames of a transport protocol.
	Size int
	// Senders are the nodes that transmit it.
	Senders []string
	// Cycle is the time from one frame to the next, 0 if the message is not cyclic (GenMsgCycleTime).
	Cycle   time.Duration
	Comment string
	// Signals are in the order of the file.
	Signals []*Signal

	byName map[string]int
}

// identifier is what tells frames apart.
type identifier struct {
	id       uint32
	extended bool
}

// Message finds a message by its name. An error wraps ErrUnknown.
func (db *Database) Message(name string) (*Message, error) {
	if m, ok := db.byName[name]; ok {
		return m, nil
	}
	return nil, fmt.Errorf("message %q: %w %s, which has %s", name, ErrUnknown, db.Name,
		listed(db.Messages, func(m *Message) string { return m.Name }))
}

// Lookup finds the message of an identifier.
func (db *Database) Lookup(id uint32, extended bool) (*Message, bool) {
	m, ok := db.byID[identifier{id, extended}]
	return m, ok
}

// Decode finds the message of f and appends the values of its signals to dst as [Message.Decode] does. Errors wrap
// ErrUnknown, ErrNoData or ErrShort; only with the last one there are a message and values.
func (db *Database) Decode(dst []Value, f can.Frame) (*Message, []Value, error) {
	if f.Flags&(can.Remote|can.Error) != 0 {
		return nil, dst, fmt.Errorf("decode %v: %w", f, ErrNoData)
	}
	m, ok := db.Lookup(f.ID, f.Is(can.Extended))
	if !ok {
		return nil, dst, fmt.Errorf("decode %v: identifier %w %s", f, ErrUnknown, db.Name)
	}
	dst, err := m.Decode(dst, f.Data[:min(f.Len, can.MaxDataFD)])
	return m, dst, err
}

// Signal finds a signal by its name. An error wraps ErrUnknown.
func (m *Message) Signal(name string) (*Signal, error) {
	i, err := m.index(name)
	if err != nil {
		return nil, err
	}
	return m.Signals[i], nil
}

func (m *Message) index(name string) (int, error) {
	if i, ok := m.byName[name]; ok {
		return i, nil
	}
	return 0, fmt.Errorf("signal %q: %w in message %s, which has %s", name, ErrUnknown, m.Name,
		listed(m.Signals, func(s *Signal) string { return s.Name }))
}

// listed names up to a dozen things.
func listed[T any](all []T, name func(T) string) string {
	const most = 12
	if len(all) == 0 {
		return "none"
	}
	text := ""
	for i, one := range all {
		switch {
		case i == most:
			return fmt.Sprintf("%s and %d more", text, len(all)-most)
		case i > 0:
			text += ", "
		}
		text += name(one)
	}
	return text
}
