package uds

import (
	"encoding/binary"
	"fmt"
)

// reader takes the parameters of a response one after another. Its first fault stays; from then on all is zero.
type reader struct {
	rest  []byte
	fault string
	cause error // of the fault, ErrResponse or ErrLength
}

func (r *reader) fail(format string, args ...any) { r.stop(ErrResponse, format, args...) }

func (r *reader) stop(cause error, format string, args ...any) {
	if r.fault == "" {
		r.fault, r.cause = fmt.Sprintf(format, args...), cause
	}
	r.rest = nil
}

// more says whether there is something left to read.
func (r *reader) more() bool { return len(r.rest) > 0 }

// bytes takes n bytes.
func (r *reader) bytes(n int) []byte {
	if n < 0 || len(r.rest) < n {
		r.fail("%d bytes are missing", n-len(r.rest))
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// sized takes data whose length the caller told, or not.
func (r *reader) sized(n int, what string, id uint16) []byte {
	if n < 1 && r.fault == "" {
		r.stop(ErrLength, "the length of %s %02X was not told", what, id)
	}
	return r.bytes(n)
}

// all takes the rest.
func (r *reader) all() []byte { return r.bytes(len(r.rest)) }

// uint takes a number of up to 8 bytes.
func (r *reader) uint(width int) uint64 {
	if width < 1 || width > 8 {
		r.fail("a number of %d bytes; want 1 to 8", width)
		return 0
	}
	return readUint(r.bytes(width))
}

func (r *reader) byte() byte     { return byte(r.uint(1)) }
func (r *reader) word() uint16   { return uint16(r.uint(2)) }
func (r *reader) triple() uint32 { return uint32(r.uint(3)) }

// field takes what its length in two bytes stands before.
func (r *reader) field() []byte { return r.bytes(int(r.word())) }

// want takes bytes that have to be the given ones.
func (r *reader) want(what string, b ...byte) {
	if got := r.bytes(len(b)); r.fault == "" && string(got) != string(b) {
		r.fail("%s is % X; want % X", what, got, b)
	}
}

// each reads as many as there are.
func each[T any](r *reader, one func(*reader) T) []T {
	var all []T
	for r.more() {
		all = append(all, one(r))
	}
	return all
}

// field writes a value behind its length in two bytes.
func field(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
}
