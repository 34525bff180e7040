package trace

import (
	"strings"

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
	maxPacket   = maxComments*(maxText+4) + 256
)

// encoder turns frames into blocks in memory. It sits on the receive path.
type encoder struct {
	blocks   memory
	ng       *pcapgo.NgWriter // writes to blocks; nil before the first bus
	ids      map[string]int   // interface of each bus
	comments []string         // for the next packet
	data     []byte           // packet data, used again
}

// memory holds whole blocks.
type memory struct{ buf []byte }

func (m *memory) Write(b []byte) (int, error) {
	m.buf = append(m.buf, b...)
	return len(b), nil
}

func newEncoder(buf []byte, buses []string) *encoder {
	e := &encoder{blocks: memory{buf}, ids: make(map[string]int)}
	for _, bus := range buses {
		e.bus(bus)
	}
	return e
}

// bus returns the interface of a bus, which is described when it is first asked for.
func (e *encoder) bus(name string) int {
	id, known := e.ids[name]
	if known {
		return id
	}
	id = len(e.ids)
	e.ids[name] = id
	e.describe(name)
	return id
}

func (e *encoder) describe(name string) {
	ifc := pcapgo.NgInterface{Name: cut(name), LinkType: layers.LinkType(linkType), TimestampResolution: nanoseconds}
	if e.ng == nil {
		ng, err := pcapgo.NewNgWriterInterface(&e.blocks, ifc, pcapgo.NgWriterOptions{
			SectionInfo: pcapgo.NgSectionInfo{Application: "otabench"},
		})
		mustWrite(err)
		e.ng = ng
	} else {
		_, err := e.ng.AddInterface(ifc)
		mustWrite(err)
	}
	mustWrite(e.ng.Flush())
}

// comment keeps text for the next packet; of too many comments the last ones remain. It reports whether all is kept.
func (e *encoder) comment(text string) bool {
	short := cut(text)
	whole := len(short) == len(text) && len(e.comments) < maxComments
	if len(e.comments) == maxComments {
		e.comments = e.comments[1:]
	}
	e.comments = append(e.comments, short)
	return whole
}

// add appends a frame of the named bus, or fails and appends nothing.
func (e *encoder) add(bus string, r *can.Received) error {
	if err := Check(bus, r); err != nil {
		return err
	}
	id := e.bus(bus)
	e.data = appendFrame(e.data[:0], &r.Frame)
	info := gopacket.CaptureInfo{Timestamp: r.Time, CaptureLength: len(e.data), Length: len(e.data), InterfaceIndex: id}
	options := pcapgo.NgPacketOptions{Comments: e.comments, Flags: &received}
	if r.Own {
		options.Flags = &sent
	}
	if r.Lost > 0 {
		lost := r.Lost
		options.DropCount = &lost
	}
	mustWrite(e.ng.WritePacketWithOptions(info, e.data, options))
	mustWrite(e.ng.Flush())
	e.comments = e.comments[:0]
	return nil
}

// Directions of packets.
var (
	received = pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionInbound}
	sent     = pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionOutbound}
)

// mustWrite passes over results that cannot be errors: the NgWriter writes to memory, and gets lengths that agree.
func mustWrite(err error) {
	if err != nil {
		panic("trace: " + err.Error())
	}
}

// cut makes text fit an option, which is UTF-8.
func cut(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxText)], "")
}
