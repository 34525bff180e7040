package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"otabench/ecu/uds"
)

// DefaultSession is the session that a server begins with.
const DefaultSession byte = 0x01

// Defaults of Config (ISO 14229-2:2021, table 3; ISO 15765-2).
const (
	DefaultP2         = 50 * time.Millisecond
	DefaultP2Star     = 5 * time.Second
	DefaultS3         = 5 * time.Second
	DefaultMaxMessage = 4095
)

// Config describes a server. What is nil it does not have: such a service is answered with serviceNotSupported.
//
// The functions of a Config are called one at a time. Those that answer a request may take as long as they need, while
// responsePending leaves in time; ctx ends with the server. They refuse with a [uds.NRC]. Any other error is answered
// with generalProgrammingFailure if something was to be changed and with generalReject otherwise, and told to Report.
type Config struct {
	// Sessions are those beside or instead of the default session 0x01, which there is always, by number.
	Sessions map[byte]Session
	// SessionControl, TesterPresent and all other fields of this type say who may use the service.
	SessionControl, TesterPresent Access
	// S3 is S3server: how long a session other than the default one lasts without a request; 0 is DefaultS3.
	S3 time.Duration
	// OnSession is told of each change of session, and that a session was entered again; it may be nil.
	OnSession func(from, to byte)
	// MaxMessage is the longest response in bytes; longer ones are responseTooLong. 0 is DefaultMaxMessage.
	MaxMessage int
	// Report is told of errors that a tester only sees as a code; it may be nil.
	Report func(error)

	// Data are the identifiers of ReadDataByIdentifier and its kin.
	Data Identifiers
	// ReadData and so on make the server have the service.
	ReadData  *ReadData
	WriteData *Access
	Routines  *Routines
	Reset     *Reset
	Security  *Security
	// Communication, DTCSetting and Faults serve 0x28, 0x85, and 0x14 and 0x19.
	Communication *Communication
	DTCSetting    *DTCSetting
	ClearDTC      *Access
	Faults        *Faults
	// Download and Upload serve 0x34 and 0x35; either of them brings TransferData and RequestTransferExit.
	Download *Download
	Upload   *Upload
	// Transfer says who may use TransferData and RequestTransferExit, and ExitParameters how many bytes of parameters the
	// latter has; nil is none.
	Transfer       Access
	ExitParameters Lengths

	// Each of the others is a service, too: 0x23 and 0x3D, 0x24, 0x29, 0x2A, 0x2C, 0x2F, 0x38, 0x83, 0x84, 0x86 and 0x87.
	ReadMemory     *ReadMemory
	WriteMemory    *WriteMemory
	Scaling        *Access
	Authentication *Authentication
	Periodic       *Periodic
	Dynamic        *Dynamic
	IOControl      *Access
	Files          *Files
	Timing         *Timing
	Secured        *Secured
	Events         *Events
	Link           *Link

	// Custom services are the maker's, by service identifier. One that the standard has too replaces it.
	Custom map[byte]Custom

	// Flaws are what the server does wrong.
	Flaws Flaws
}

// Session is a diagnostic session (10.2).
type Session struct {
	P2, P2Star time.Duration // 0 is DefaultP2 and DefaultP2Star
	// Enter says who may enter the session, and from which sessions.
	Enter Access
	// Gate refuses the session by an error; it may be nil.
	Gate func(context.Context, Call) error
}

// withDefaults fills in what c leaves open, without changing what it refers to.
func (c Config) withDefaults() Config {
	sessions := map[byte]Session{DefaultSession: {}}
	for number, session := range c.Sessions {
		sessions[number] = session
	}
	for number, session := range sessions {
		session.P2 = cmp.Or(session.P2, DefaultP2)
		session.P2Star = cmp.Or(session.P2Star, DefaultP2Star)
		sessions[number] = session
	}
	c.Sessions = sessions
	c.S3 = cmp.Or(c.S3, DefaultS3)
	c.MaxMessage = cmp.Or(c.MaxMessage, DefaultMaxMessage)
	if c.Data == nil {
		c.Data = DIDs{}
	}
	if c.Report == nil {
		c.Report = func(error) {}
	}
	return c
}

// ErrConfig is wrapped by what New says is wrong with a Config.
var ErrConfig = errors.New("invalid server configuration")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...))
}

func (c Config) check() error {
	for number, session := range c.Sessions {
		if err := session.check(number); err != nil {
			return err
		}
	}
	if c.S3 < 0 || c.MaxMessage < 3 {
		return invalid("S3 %v and messages of %d bytes; want a positive time and at least 3 bytes", c.S3, c.MaxMessage)
	}
	if c.Security != nil {
		if err := c.Security.check(); err != nil {
			return err
		}
	}
	return c.checkBlocks()
}

func (c Config) checkBlocks() error {
	const least = 3 // service, counter and a byte
	if c.Download != nil && c.Download.MaxBlock < least || c.Upload != nil && c.Upload.MaxBlock < least ||
		c.Files != nil && c.Files.MaxBlock < least {
		return invalid("a MaxBlock is under %d bytes", least)
	}
	return nil
}

// Units of the session parameter record (10.2, table 29).
const (
	p2Unit     = time.Millisecond
	p2StarUnit = 10 * time.Millisecond
)

func (s Session) check(number byte) error {
	switch {
	case number == 0 || number >= suppressPositive:
		return invalid("session %02X; want 01 to 7F", number)
	case s.P2 < p2Unit || s.P2/p2Unit > math.MaxUint16 || s.P2Star < p2StarUnit || s.P2Star/p2StarUnit > math.MaxUint16:
		return invalid("session %02X: P2 %v and P2* %v do not fit 1 to 65535 steps of %v and %v", number, s.P2, s.P2Star, p2Unit, p2StarUnit)
	}
	return nil
}

// failed is what is answered to an error of a function of the Config: its own code, or the given one.
func (s *Server) failed(err error, otherwise uds.NRC) error {
	var code uds.NRC
	if errors.As(err, &code) && code != 0 && code != uds.ResponsePending {
		return code
	}
	s.cfg.Report(err)
	return otherwise
}
