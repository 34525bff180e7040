package socketcand

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// maxElement bounds one element in bytes, and with it what a peer can make this end hold. The longest that is known has
// 64 bytes of data and needs about 250.
const maxElement = 16 << 10

var errTooLong = errors.New("an element is longer than 16 KiB")

// elements reads a stream element by element.
type elements struct {
	in *bufio.Reader
}

func newElements(r io.Reader) elements { return elements{bufio.NewReaderSize(r, maxElement)} }

// next returns what stands between the next < and >, valid until the next call. What is between elements is skipped.
func (e elements) next() ([]byte, error) {
	for {
		text, err := e.in.ReadSlice('>')
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, errTooLong
		}
		if err != nil {
			return nil, err
		}
		if start := bytes.LastIndexByte(text, '<'); start >= 0 {
			return text[start+1 : len(text)-1], nil
		}
	}
}

// cut returns the first word of an element and what follows it.
func cut(text []byte) (word, rest []byte) {
	text = bytes.TrimLeft(text, " ")
	if i := bytes.IndexByte(text, ' '); i >= 0 {
		return text[:i], text[i:]
	}
	return text, nil
}

// maxReason bounds what is told of an error.
const maxReason = 200

// clean makes text fit an element and a terminal.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '<' || r == '>' {
			return '.'
		}
		return r
	}, text)
	return text[:min(len(text), maxReason)]
}
