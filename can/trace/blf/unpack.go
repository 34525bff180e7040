package blf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"

	"otabench/can/trace"
)

// Bounds of what a file is believed to have.
const (
	maxContainer = 16 << 20 // bytes, packed or unpacked; tools write 128 KiB
	maxPadding   = 3        // bytes between objects: tools disagree on how many belong there
	chunk        = 64 << 10 // that are read at once
)

// How a container is packed.
const (
	methodNone = 0
	methodZlib = 2
)

// unpacker turns the containers of a file into the sequence of objects that they hold, one container at a time.
type unpacker struct {
	in     input
	size   uint64 // what the file's head says it has, or 0
	buf    []byte
	pos    int    // buf[pos:] is to be used
	used   int64  // bytes of the sequence before buf
	object int64  // the byte of the file at which the last object of the file began
	inside bool   // that was a container
	packed []byte // of a container
	source bytes.Reader
	zlib   io.ReadCloser
	err    error // why no more can come
}

// need returns at least n bytes of the sequence, which stay in it, or all that remain together with an error.
func (u *unpacker) need(n int) ([]byte, error) {
	for len(u.buf)-u.pos < n {
		if u.err != nil {
			return u.buf[u.pos:], u.err
		}
		if u.pos > 0 {
			u.used += int64(u.pos)
			u.buf = append(u.buf[:0], u.buf[u.pos:]...)
			u.pos = 0
		}
		u.err = u.more()
	}
	return u.buf[u.pos:], nil
}

// drop uses n bytes up.
func (u *unpacker) drop(n int64) error {
	for n > 0 {
		b, err := u.need(1)
		if err != nil {
			return err
		}
		step := min(n, int64(len(b)))
		u.pos += int(step)
		n -= step
	}
	return nil
}

// corrupt returns an error that wraps [trace.ErrCorrupt] and names the place in the sequence.
func (u *unpacker) corrupt(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if !u.inside {
		return fmt.Errorf("%w in the object at byte %d: %w", trace.ErrCorrupt, u.object, err)
	}
	return fmt.Errorf("%w in the container at byte %d (byte %d of all that is unpacked): %w",
		trace.ErrCorrupt, u.object, u.used+int64(u.pos), err)
}

// more appends the next object of the file, or what is in it if it is a container. What a broken-off container has is
// appended too: it is as it was written. Of a corrupt one nothing is, because no byte of it can be trusted.
func (u *unpacker) more() error {
	if err := u.align(); err != nil {
		return err
	}
	u.object = u.in.at
	var head [baseHeadLen]byte
	if err := u.in.full(head[:]); err != nil {
		return u.in.damage()
	}
	base := parseBase(head[:])
	u.inside = base.kind == typeContainer
	if err := base.check(); err != nil {
		return u.damaged(err)
	}
	if u.inside {
		return u.container(base)
	}
	if base.size > maxContainer {
		return u.damaged(fmt.Errorf("an object outside of containers has %d bytes, over %d", base.size, maxContainer))
	}
	u.buf = append(u.buf, head[:]...)
	return u.copy(base.size - baseHeadLen)
}

// align reads over the padding before an object of the file. At the end of the file it fails with io.EOF.
func (u *unpacker) align() error {
	for range maxPadding + 1 {
		b, err := u.in.peek(len(objectMark))
		switch {
		case err == io.EOF && allZero(b):
			return u.ending(len(b))
		case err != nil:
			return u.in.damage()
		case string(b) == objectMark:
			return nil
		}
		_ = u.in.skip(1) // it is there
	}
	return fmt.Errorf("%w at byte %d: no object begins here", trace.ErrCorrupt, u.in.at-1)
}

// ending compares where the file ends with what its head says.
func (u *unpacker) ending(padding int) error {
	end := u.in.at + int64(padding)
	switch {
	case u.size > uint64(end):
		return fmt.Errorf("%w at byte %d: there should be %d", trace.ErrTruncated, end, u.size)
	case u.size == fileHeadLen && end > fileHeadLen:
		return fmt.Errorf("%w at byte %d: the file was never closed, so that its last frames may be missing",
			trace.ErrTruncated, end)
	}
	return io.EOF
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// container appends the data of a container whose base head was read.
func (u *unpacker) container(base base) error {
	if base.size < base.head+containerHeadLen-baseHeadLen || base.size > maxContainer {
		return u.damaged(fmt.Errorf("a container of %d bytes", base.size))
	}
	if err := u.in.skip(base.head - baseHeadLen); err != nil {
		return u.in.damage()
	}
	var head [containerHeadLen - baseHeadLen]byte
	if err := u.in.full(head[:]); err != nil {
		return u.in.damage()
	}
	packed := base.size - base.head - len(head)
	unpacked := int(order.Uint32(head[8:]))
	switch method := order.Uint16(head[:]); {
	case unpacked > maxContainer:
		return u.damaged(fmt.Errorf("%d bytes unpacked, over %d", unpacked, maxContainer))
	case method == methodNone:
		return u.copy(packed)
	case method != methodZlib:
		return u.damaged(fmt.Errorf("compression method %d is neither 0, none, nor 2, zlib", method))
	}
	return u.inflate(packed, unpacked)
}

// copy appends the next n bytes of the file.
func (u *unpacker) copy(n int) (err error) {
	if u.buf, err = u.in.appendTo(u.buf, n); err != nil {
		return u.in.damage()
	}
	return nil
}

// inflate appends what the next bytes of the file unpack to.
func (u *unpacker) inflate(packed, unpacked int) error {
	before := len(u.buf)
	var broken error
	u.packed, broken = u.in.appendTo(u.packed[:0], packed)
	err := u.open()
	if err == nil {
		err = u.fill(before + unpacked + 1) // one more, to see the end and the checksum
	}
	switch {
	case broken != nil:
		return u.in.damage()
	case err == io.EOF && len(u.buf) == before+unpacked:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the compressed data have no end")
	case err == nil || err == io.EOF:
		err = fmt.Errorf("it unpacks to another size than %d bytes", unpacked)
	}
	u.buf = u.buf[:before]
	return u.damaged(err)
}

// open starts decompression.
func (u *unpacker) open() (err error) {
	u.source.Reset(u.packed)
	if u.zlib != nil {
		return u.zlib.(zlib.Resetter).Reset(&u.source, nil)
	}
	u.zlib, err = zlib.NewReader(&u.source)
	return err
}

// fill unpacks until buf has n bytes. It fails with io.EOF if there are fewer.
func (u *unpacker) fill(n int) (err error) {
	for len(u.buf) < n && err == nil {
		u.buf = slices.Grow(u.buf, min(chunk, n-len(u.buf)))
		end := len(u.buf)
		var got int
		got, err = u.zlib.Read(u.buf[end:min(n, cap(u.buf))])
		u.buf = u.buf[:end+got]
	}
	return err
}

// damaged returns an error that wraps [trace.ErrCorrupt] and names the object of the file.
func (u *unpacker) damaged(err error) error {
	what := "object"
	if u.inside {
		what = "container"
	}
	return fmt.Errorf("%w in the %s at byte %d: %w", trace.ErrCorrupt, what, u.object, err)
}
