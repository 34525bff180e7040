package trace

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Types of pcapng blocks; all others are passed over.
const (
	sectionHeader        = 0x0A0D0D0A
	interfaceDescription = 1
	enhancedPacket       = 6
)

// magic is the first field of a section, in the section's byte order.
const magic = 0x1A2B3C4D

const (
	minBlock = 12      // type, length, length again
	maxBlock = 1 << 20 // bytes; a packet with all its comments has less than 20 KiB
)

// block is one block without its frame of type and lengths.
type block struct {
	kind uint32
	body []byte // valid until the next block is read
}

// blockReader splits a file into blocks.
type blockReader struct {
	r      *bufio.Reader
	order  binary.ByteOrder // nil before the first section
	offset int64            // of the block that is being read
	next   int64            // of the one after it
	buf    []byte
}

// read returns the next block, or io.EOF where the file ends between two blocks.
func (r *blockReader) read() (block, error) {
	r.offset = r.next
	head, err := r.r.Peek(minBlock)
	switch {
	case len(head) == 0 && err == io.EOF:
		return block{}, io.EOF
	case r.order == nil && len(head) >= 4 && binary.LittleEndian.Uint32(head) != sectionHeader:
		return block{}, r.corrupt("this is no pcapng file")
	case err != nil:
		return block{}, r.broken(err)
	}
	if err := r.setOrder(head); err != nil {
		return block{}, err
	}
	size := r.order.Uint32(head[4:])
	if size < minBlock || size > maxBlock || size%4 != 0 {
		return block{}, r.corrupt("block of %d bytes", size)
	}
	if cap(r.buf) < int(size) {
		r.buf = make([]byte, size)
	}
	whole := r.buf[:size]
	if _, err := io.ReadFull(r.r, whole); err != nil {
		return block{}, r.broken(err)
	}
	if again := r.order.Uint32(whole[size-4:]); again != size {
		return block{}, r.corrupt("block of %d bytes ends as one of %d", size, again)
	}
	r.next += int64(size)
	return block{kind: r.order.Uint32(whole), body: whole[8 : size-4]}, nil
}

// setOrder learns the byte order from a section's header, whose type reads the same in both.
func (r *blockReader) setOrder(head []byte) error {
	if binary.LittleEndian.Uint32(head) != sectionHeader {
		return nil
	}
	switch uint32(magic) {
	case binary.LittleEndian.Uint32(head[8:]):
		r.order = binary.LittleEndian
	case binary.BigEndian.Uint32(head[8:]):
		r.order = binary.BigEndian
	default:
		return r.corrupt("section has no byte order")
	}
	return nil
}

func (r *blockReader) corrupt(format string, args ...any) error {
	return fmt.Errorf("%w in the block at byte %d: %s", ErrCorrupt, r.offset, fmt.Sprintf(format, args...))
}

// broken tells the end of a file from a failure to read it.
func (r *blockReader) broken(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w in the block at byte %d", ErrTruncated, r.offset)
	}
	return fmt.Errorf("read trace at byte %d: %w", r.offset, err)
}
