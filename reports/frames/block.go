package frames

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Types of pcapng blocks; all others are passed over.
const (
	sectionHeader        = 0x0A0D0D0A
	interfaceDescription = 1
	enhancedPacket       = 6
)

const (
	magic    = 0x1A2B3C4D
	minBlock = 12      // type, length, length again
	maxBlock = 1 << 20 // bytes, as package trace bounds it
)

// errDamage means that a trace is no pcapng from here on.
var errDamage = errors.New("the trace is damaged")

func damage(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errDamage, fmt.Sprintf(format, args...))
}

// blocks walks over a file. The bytes of a block are valid until the next one is read.
type blocks struct {
	r     *bufio.Reader
	order binary.ByteOrder // nil before the first section
	big   bool
	held  int // bytes of the last block, not yet passed
}

func newBlocks(r io.Reader) *blocks { return &blocks{r: bufio.NewReaderSize(r, 2*maxBlock)} }

// next returns a whole block, or io.EOF where the file ends between two of them.
func (b *blocks) next() (kind uint32, block []byte, err error) {
	if _, err := b.r.Discard(b.held); err != nil {
		return 0, nil, err
	}
	b.held = 0
	head, err := b.r.Peek(minBlock)
	switch {
	case len(head) == 0 && err == io.EOF:
		return 0, nil, io.EOF
	case err != nil:
		return 0, nil, brokenOff(err)
	}
	if err := b.setOrder(head); err != nil {
		return 0, nil, err
	}
	size := b.uint32(head[4:])
	if size < minBlock || size > maxBlock || size%4 != 0 {
		return 0, nil, damage("block of %d bytes", size)
	}
	if block, err = b.r.Peek(int(size)); err != nil {
		return 0, nil, brokenOff(err)
	}
	if again := b.uint32(block[size-4:]); again != size {
		return 0, nil, damage("block of %d bytes ends as one of %d", size, again)
	}
	b.held = int(size)
	return b.uint32(block), block, nil
}

// setOrder learns the byte order from a section's header, whose type reads the same in both.
func (b *blocks) setOrder(head []byte) error {
	if binary.LittleEndian.Uint32(head) != sectionHeader {
		if b.order == nil {
			return damage("this is no pcapng file")
		}
		return nil
	}
	switch uint32(magic) {
	case binary.LittleEndian.Uint32(head[8:]):
		b.order, b.big = binary.LittleEndian, false
	case binary.BigEndian.Uint32(head[8:]):
		b.order, b.big = binary.BigEndian, true
	default:
		return damage("section has no byte order")
	}
	return nil
}

// uint32 is what most of the time of a pass goes to.
func (b *blocks) uint32(p []byte) uint32 {
	if b.big {
		return binary.BigEndian.Uint32(p)
	}
	return binary.LittleEndian.Uint32(p)
}

// brokenOff tells the end of a file from a failure to read it.
func brokenOff(err error) error {
	if errors.Is(err, io.EOF) {
		return damage("it breaks off within a block")
	}
	return err
}
