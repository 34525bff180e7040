package isotp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/can"
)

// Conn carries whole messages between two nodes.
type Conn interface {
	fmt.Stringer
	// Send transmits a message and returns once its last frame was sent (N_USData.con).
	// One Send runs at a time; further ones wait.
	Send(ctx context.Context, payload []byte) error
	// Receive returns the next message. begin bounds the wait for a message to begin (0: only ctx does) and ends with
	// ErrNoMessage; once one has begun, N_Cr and ctx bound it. Messages that came earlier are queued.
	Receive(ctx context.Context, begin time.Duration) (Message, error)
	// Drain throws away all messages that wait to be received, and returns how many there were.
	Drain() int
	Close() error
}

// Message is one reassembled message.
type Message struct {
	Data []byte
	// First and Last are the times of its first and last frame. First is zero if it was not observed.
	First, Last time.Time
	// Functional says that it came to Config.Functional.
	Functional bool
}

// Config describes one end of a connection. The zero value of every field but Address is the standard's default.
type Config struct {
	Address Address
	// Functional is a second identifier on which single frames are received, of the same length as Rx; 0 for none. With an
	// address byte, FunctionalByte is what they begin with.
	Functional     uint32
	FunctionalByte byte
	// BlockSize and STmin are what this end asks for when it receives: frames between flow controls (0: no limit) and
	// the minimum gap between consecutive frames, 0 to 127 ms in steps of 1 ms, or 100 us to 900 us in steps of 100 us.
	BlockSize uint8
	STmin     time.Duration
	// Padding fills classic frames to 8 bytes; nil sends them as short as they are. FD frames are always filled to a length
	// that has a code, with zeros if it is nil (10.4.2).
	Padding *byte
	// Timeouts in ISO 15765-2:2016, table 16; 0 is 1000 ms. NAs bounds every frame that this end sends (N_As and N_Ar).
	NAs, NBs, NCr time.Duration
	// MaxWait is N_WFTmax: how many wait frames in a row this end accepts when it sends, and how many it sends, one every
	// NBr, when it is to receive while nobody takes the messages that it has; 0 for none at all.
	MaxWait int
	NBr     time.Duration // N_Br; 0 is half of NBs, which the other end's N_Bs has to cover
	// MaxMessage is the longest message this end accepts, 4095 bytes if 0; longer ones are answered with overflow.
	MaxMessage int
	// FD sends FD frames of up to TxDL bytes (8, 12, 16, 20, 24, 32, 48 or 64; 0 is 64) with BRS as given.
	FD, BRS bool
	TxDL    int
}

// Errors of the network layer (N_Result, ISO 15765-2:2016, 8.3.7).
var (
	ErrTimeoutA       = errors.New("N_TIMEOUT_A: the frame could not be sent in time")
	ErrTimeoutBs      = errors.New("N_TIMEOUT_Bs: the receiver sent no flow control in time")
	ErrTimeoutCr      = errors.New("N_TIMEOUT_Cr: the sender sent no consecutive frame in time")
	ErrWrongSN        = errors.New("N_WRONG_SN: a consecutive frame is missing or out of order")
	ErrInvalidFS      = errors.New("N_INVALID_FS: the flow control has an unknown flow status")
	ErrUnexpectedPDU  = errors.New("N_UNEXP_PDU: a new message began before the last one ended")
	ErrTooManyWaits   = errors.New("N_WFT_OVRN: the receiver sent too many wait frames")
	ErrBufferOverflow = errors.New("N_BUFFER_OVFLW: the message is too long for its receiver")
	// ErrBusy means that the inbox was full, so the sender of a message was kept waiting or was refused.
	ErrBusy = errors.New("messages waited to be received")
	// ErrLost stands beside another error when the bus lost frames while the message was received.
	ErrLost = errors.New("frames were lost before they were read")
	// ErrNoMessage means that no message began within the time that Receive was given.
	ErrNoMessage = errors.New("no message began in time")
	// ErrClosed means that the connection or its bus was closed.
	ErrClosed = errors.New("ISO-TP connection is closed")
)

// Open starts a connection on bus. The bus stays the caller's.
func Open(bus can.Bus, cfg Config) (Conn, error) {
	cfg, err := cfg.Complete()
	if err != nil {
		return nil, err
	}
	return start(bus, cfg), nil
}

// Default values of Config.
const (
	DefaultTimeout    = 1000 * time.Millisecond
	DefaultMaxMessage = 4095
	// MaxMessage is the longest message that a connection can be told to accept.
	MaxMessage = 16 << 20
)

// Complete fills in the standard's defaults and says what is wrong. Open does that by itself.
func (c Config) Complete() (Config, error) {
	for _, t := range []*time.Duration{&c.NAs, &c.NBs, &c.NCr} {
		if *t == 0 {
			*t = DefaultTimeout
		}
	}
	if c.NBr == 0 {
		c.NBr = c.NBs / 2
	}
	if c.MaxMessage == 0 {
		c.MaxMessage = DefaultMaxMessage
	}
	if c.TxDL == 0 {
		c.TxDL = can.MaxData
		if c.FD {
			c.TxDL = can.MaxDataFD
		}
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("ISO-TP %v: %w", c.Address, err)
	}
	return c, nil
}

func (c Config) check() error {
	if err := c.Address.check(c.Functional); err != nil {
		return err
	}
	switch {
	case c.MaxMessage < 0 || c.MaxMessage > MaxMessage:
		return fmt.Errorf("messages of %d bytes; at most %d can be accepted", c.MaxMessage, MaxMessage)
	case c.TxDL < can.MaxData || can.PadLen(c.TxDL) != c.TxDL || !c.FD && c.TxDL != can.MaxData:
		return fmt.Errorf("TX_DL %d; want 8, or with FD 8, 12, 16, 20, 24, 32, 48 or 64", c.TxDL)
	case c.BRS && !c.FD:
		return errors.New("BRS needs FD")
	case decodeSTmin(EncodeSTmin(c.STmin)) != c.STmin:
		return fmt.Errorf("STmin %v; want 0 to 127ms in steps of 1ms, or 100us to 900us in steps of 100us", c.STmin)
	case min(c.NAs, c.NBs, c.NBr, c.NCr) <= 0:
		return errors.New("a timeout is negative")
	case c.MaxWait < 0:
		return fmt.Errorf("N_WFTmax %d; want 0 or more", c.MaxWait)
	}
	return nil
}
