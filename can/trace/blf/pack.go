package blf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"time"
)

// containerSize is how much a container has at most, unpacked, as in Vector's tools.
const containerSize = 128 << 10

// packer hands objects to a file, in containers.
type packer struct {
	w        io.WriteSeeker
	objects  []byte // not handed on
	out      bytes.Buffer
	zlib     *zlib.Writer
	begun    bool   // the head of the file is written
	size     uint64 // of the file
	unpacked uint64 // what it would have without compression
	count    uint32 // objects
	err      error  // of w; final
}

func newPacker(w io.WriteSeeker) *packer {
	p := &packer{w: w, unpacked: fileHeadLen}
	// The level is one that there is.
	p.zlib, _ = zlib.NewWriterLevel(&p.out, zlib.BestSpeed)
	return p
}

// begin starts an object with a time stamp, and returns where it begins.
func (p *packer) begin(kind uint32, since time.Duration) (start int) {
	start = len(p.objects)
	b := append(p.objects, objectMark...)
	b = order.AppendUint16(b, eventHeadLen)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint32(b, 0) // size, see end
	b = order.AppendUint32(b, kind)
	b = order.AppendUint32(b, unit1ns)
	b = order.AppendUint32(b, 0) // client and version
	p.objects = order.AppendUint64(b, uint64(since))
	return start
}

// end completes the object that begins at start.
func (p *packer) end(start int) {
	size := len(p.objects) - start
	order.PutUint32(p.objects[start+8:], uint32(size))
	p.objects = appendPadding(p.objects, size)
	p.count++
}

// appendPadding appends what tools expect behind an object: as many bytes as its size is over a multiple of four.
func appendPadding(b []byte, size int) []byte { return append(b, make([]byte, size%4)...) }

// keep hands the first bytes of the objects on if there are enough for a container. They are whole objects, so that
// no object is in two containers and a damaged one takes no other with it.
func (p *packer) keep(whole int, started time.Time) error {
	if len(p.objects) <= containerSize || whole == 0 {
		return p.err
	}
	return p.flush(whole, started)
}

// flush hands the first bytes of the objects on, as one container, behind the head of the file.
func (p *packer) flush(n int, started time.Time) error {
	if p.err == nil && !p.begun {
		p.begun = true
		p.write(p.head(fileHeadLen, 0, started, time.Time{}))
	}
	if p.err == nil && n > 0 {
		p.write(p.container(p.objects[:n]))
		p.unpacked += containerHeadLen + uint64(n)
	}
	p.objects = append(p.objects[:0], p.objects[n:]...)
	return p.err
}

func (p *packer) container(objects []byte) []byte {
	p.out.Reset()
	p.out.Write(make([]byte, containerHeadLen))
	p.zlib.Reset(&p.out)
	// A bytes.Buffer takes everything.
	_, _ = p.zlib.Write(objects)
	_ = p.zlib.Close()
	b := p.out.Bytes()
	copy(b, objectMark)
	order.PutUint16(b[4:], baseHeadLen)
	order.PutUint16(b[6:], 1)
	order.PutUint32(b[8:], uint32(len(b)))
	order.PutUint32(b[12:], typeContainer)
	order.PutUint16(b[16:], methodZlib)
	order.PutUint32(b[24:], uint32(len(objects)))
	return appendPadding(b, len(b))
}

func (p *packer) write(b []byte) {
	n, err := p.w.Write(b)
	p.size += uint64(n)
	p.fail(err)
}

func (p *packer) fail(err error) {
	if p.err == nil && err != nil {
		p.err = fmt.Errorf("write trace: %w", err)
	}
}

// head returns the head of the file, as version 2.6.8.1 of Vector's library writes it.
func (p *packer) head(size uint64, count uint32, started, ended time.Time) []byte {
	b := make([]byte, 0, fileHeadLen)
	b = append(b, fileMark...)
	b = order.AppendUint32(b, fileHeadLen)
	b = append(b, 0, 0, 0, 0) // no application of Vector's
	b = append(b, 2, 6, 8, 1)
	b = order.AppendUint64(b, size)
	b = order.AppendUint64(b, p.unpacked)
	b = order.AppendUint32(b, count)
	b = order.AppendUint32(b, 0)
	b = appendDate(b, started)
	b = appendDate(b, ended)
	return b[:fileHeadLen]
}

// close hands on all objects, and completes the head of the file.
func (p *packer) close(started, ended time.Time) error {
	if err := p.flush(len(p.objects), started); err != nil {
		return err
	}
	head := p.head(p.size, p.count, started, ended)
	p.seek(0, io.SeekStart)
	if p.err == nil {
		_, err := p.w.Write(head)
		p.fail(err)
	}
	p.seek(0, io.SeekEnd)
	return p.err
}

func (p *packer) seek(offset int64, whence int) {
	if p.err == nil {
		_, err := p.w.Seek(offset, whence)
		p.fail(err)
	}
}
