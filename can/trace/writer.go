package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"otabench/can"
)

// linkType is LINKTYPE_CAN_SOCKETCAN of the tcpdump group's registry.
const linkType = 227

const (
	nanoseconds = 9    // exponent of an interface's time stamps
	maxText     = 1024 // bytes of a comment or a name; the format ends at 65535
	maxComments = 16   // on one packet
	maxPending  = 64 << 10
)

// ErrTime means that a frame has no time, or one that the format cannot hold.
var ErrTime = errors.New("time is not between 1970 and 2262")

// Writer writes one trace. It keeps whole packets back until Flush, or until it holds 64 KiB of them, and never hands a
// part of a packet to its io.Writer.
type Writer struct {
	out      io.Writer
	pending  bytes.Buffer     // whole blocks only
	held     uint64           // packets in pending
	ng       *pcapgo.NgWriter // writes to pending; nil before the first bus
	ids      map[string]int   // interface of each bus
	comments []string         // for the next packet
	data     []byte           // packet data, used again
	err      error            // of out; final
}

// NewWriter starts a trace of the named buses. A bus that is not named here is added with its first frame.
// A trace of no bus at all is an empty file.
func NewWriter(w io.Writer, buses ...string) *Writer {
	t := &Writer{out: w, ids: make(map[string]int)}
	for _, bus := range buses {
		if _, known := t.ids[bus]; !known {
			t.addBus(bus)
		}
	}
	return t
}

// Comment attaches text to the next packet. Text is cut after 1024 bytes; of more than 16 comments the last ones remain.
func (w *Writer) Comment(text string) {
	w.comments = addComment(w.comments, text)
}

// Write adds a frame of the named bus. It fails with [ErrTime], with an error that wraps [can.ErrInvalid], or with the
// error of the io.Writer, and then always with that.
func (w *Writer) Write(bus string, r can.Received) error {
	if err := w.add(bus, r); err != nil {
		return err
	}
	if w.full() {
		return w.Flush()
	}
	return nil
}

func (w *Writer) full() bool { return w.pending.Len() >= maxPending }

// add is Write without the io.Writer.
func (w *Writer) add(bus string, r can.Received) error {
	if w.err != nil {
		return w.err
	}
	if err := checkFrame(r.Frame); err != nil {
		return fmt.Errorf("trace of bus %s: %w", bus, err)
	}
	if r.Time.Before(firstTime) || r.Time.After(lastTime) {
		return fmt.Errorf("trace of bus %s: frame %03X: %w: %v", bus, r.ID, ErrTime, r.Time)
	}
	id, known := w.ids[bus]
	if !known {
		id = w.addBus(bus)
	}
	w.data = appendFrame(w.data[:0], r.Frame)
	info := gopacket.CaptureInfo{Timestamp: r.Time, CaptureLength: len(w.data), Length: len(w.data), InterfaceIndex: id}
	options := pcapgo.NgPacketOptions{Comments: w.comments, Flags: direction(r.Own)}
	if r.Lost > 0 {
		options.DropCount = &r.Lost
	}
	mustWrite(w.ng.WritePacketWithOptions(info, w.data, options))
	mustWrite(w.ng.Flush())
	w.comments = nil
	w.held++
	return nil
}

// Flush hands everything that was written to the io.Writer, in one Write.
func (w *Writer) Flush() error {
	if w.err != nil || w.pending.Len() == 0 {
		return w.err
	}
	if _, err := w.out.Write(w.pending.Bytes()); err != nil {
		w.err = fmt.Errorf("write trace: %w", err)
	}
	w.pending.Reset()
	w.held = 0
	return w.err
}

// Times whose nanoseconds since 1970 fit an int64.
var (
	firstTime = time.Unix(0, 0)
	lastTime  = time.Unix(0, 1<<63-1)
)

func (w *Writer) addBus(name string) int {
	id := len(w.ids)
	w.ids[name] = id
	ifc := pcapgo.NgInterface{
		Name:                cut(name),
		LinkType:            layers.LinkType(linkType),
		TimestampResolution: nanoseconds,
	}
	if w.ng == nil {
		ng, err := pcapgo.NewNgWriterInterface(&w.pending, ifc, pcapgo.NgWriterOptions{
			SectionInfo: pcapgo.NgSectionInfo{Application: "otabench"},
		})
		mustWrite(err)
		w.ng = ng
	} else {
		_, err := w.ng.AddInterface(ifc)
		mustWrite(err)
	}
	mustWrite(w.ng.Flush())
	return id
}

// mustWrite passes over results that cannot be errors: the NgWriter writes to memory, and gets lengths that agree.
func mustWrite(err error) {
	if err != nil {
		panic("trace: " + err.Error())
	}
}

func direction(own bool) *pcapgo.NgEpbFlags {
	if own {
		return &pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionOutbound}
	}
	return &pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionInbound}
}

func addComment(comments []string, text string) []string {
	if len(comments) == maxComments {
		comments = comments[1:]
	}
	return append(comments, cut(text))
}

// cut makes text fit an option, which is UTF-8.
func cut(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxText)], "")
}
