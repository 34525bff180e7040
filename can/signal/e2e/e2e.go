package e2e

import (
	"errors"
	"fmt"
)

// ErrConfig is wrapped by the errors about the parameters of a profile.
var ErrConfig = errors.New("invalid E2E configuration")

// ErrLength means that data is shorter than its profile says.
var ErrLength = errors.New("data is shorter than its E2E profile says")

// Status is the result of a check (E2E_PxxCheckStatusType).
type Status uint8

// Results of checks. Profile 5 has no WrongCRC, Sync and Initial.
const (
	// OK: the data is right and follows the last one.
	OK Status = iota
	// NoNewData: nothing was received since the last check.
	NoNewData
	// WrongCRC: the data is damaged, or belongs to another identifier.
	WrongCRC
	// Sync: the data is right, but the counter has not run steadily for long enough since it went wrong.
	Sync
	// Initial: the data is right, and the first one.
	Initial
	// Repeated: the counter is that of the last data.
	Repeated
	// OKSomeLost: the data is right, but a few were lost before it; see [Checker.Lost].
	OKSomeLost
	// WrongSequence: the data is right, but too many were lost before it.
	WrongSequence
	// Error: the data is too short or its counter has a value that the profile does not allow (E2E_E_INPUTERR_WRONG); of
	// profile 5, the checksum is wrong (E2E_P05STATUS_ERROR).
	Error
)

func (s Status) String() string {
	names := [...]string{
		"OK", "no new data", "wrong CRC", "sync", "initial", "repeated", "OK, some lost", "wrong sequence", "error",
	}
	if int(s) >= len(names) {
		return fmt.Sprintf("Status(%d)", s)
	}
	return names[s]
}

// Profile is [Profile1], [Profile2] or [Profile5].
type Profile interface {
	fmt.Stringer
	// validate says what is wrong with the parameters. Its errors wrap ErrConfig.
	validate() error
	// length is the number of bytes that are protected.
	length() int
	// counters returns the first value of the counter, and the number of its values.
	counters() (first, modulo int)
	// seal writes what the profile adds into data.
	seal(data []byte, counter int)
	// open reads the counter. The status is OK unless the data is wrong.
	open(data []byte) (counter int, status Status)
	// sequence returns what judges the counters of one receiver.
	sequence() sequence
}

// sequence judges the counters of what a receiver gets.
type sequence interface {
	// check begins a check, with or without data.
	check()
	missed() Status
	received(counter int) Status
	lost() int
}

// Protector protects what a sender sends. It is for one goroutine at a time.
type Protector struct {
	profile Profile
	counter int
}

// NewProtector makes a Protector whose counter begins as the profile says. An error wraps ErrConfig.
func NewProtector(p Profile) (*Protector, error) {
	if err := p.validate(); err != nil {
		return nil, fmt.Errorf("%v: %w", p, err)
	}
	first, _ := p.counters()
	return &Protector{profile: p, counter: first}, nil
}

// Protect writes the counter and the checksum into data, and counts. Bytes after the profile's length stay as they
// are and are not protected. If data is too short, it fails with an error that wraps ErrLength and does not count.
func (p *Protector) Protect(data []byte) error {
	if len(data) < p.profile.length() {
		return fmt.Errorf("%v: protect %d bytes: %w, %d bytes", p.profile, len(data), ErrLength, p.profile.length())
	}
	p.profile.seal(data, p.counter)
	_, modulo := p.profile.counters()
	p.counter = (p.counter + 1) % modulo
	return nil
}

// Checker checks what a receiver gets. It is for one goroutine at a time.
type Checker struct {
	profile  Profile
	sequence sequence
}

// NewChecker makes a Checker that has not received anything yet. An error wraps ErrConfig.
func NewChecker(p Profile) (*Checker, error) {
	if err := p.validate(); err != nil {
		return nil, fmt.Errorf("%v: %w", p, err)
	}
	return &Checker{profile: p, sequence: p.sequence()}, nil
}

// Check judges received data. Bytes after the profile's length are not looked at.
func (c *Checker) Check(data []byte) Status {
	c.sequence.check()
	if len(data) < c.profile.length() {
		return Error
	}
	counter, status := c.profile.open(data)
	if status != OK {
		return status
	}
	return c.sequence.received(counter)
}

// Miss is a check when nothing was received. A receiver that checks in cycles calls it in those without data, because
// it widens what counts as lost; one that checks each frame never does. It returns NoNewData.
func (c *Checker) Miss() Status {
	c.sequence.check()
	return c.sequence.missed()
}

// Lost returns how many data were lost before the last one that was OK or OKSomeLost.
func (c *Checker) Lost() int { return c.sequence.lost() }

// invalid makes an error about a parameter.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...))
}

// nibble reads four bits, the low ones of a byte if offset, in bits, is a multiple of eight, else the high ones.
func nibble(data []byte, offset int) byte { return data[offset/8] >> (offset % 8) & 0xF }

func setNibble(data []byte, offset int, v byte) {
	b := &data[offset/8]
	*b = *b&^(0xF<<(offset%8)) | v&0xF<<(offset%8)
}
