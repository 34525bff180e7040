package tracefile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// What files begin with.
var (
	gzipMagic   = []byte{0x1F, 0x8B}
	pcapngMagic = []byte{0x0A, 0x0D, 0x0D, 0x0A}
	blfMagic    = []byte("LOGG")
	byteOrder   = []byte{0xEF, 0xBB, 0xBF} // that Windows puts before text in UTF-8
)

// pcapMagics begin the files of tcpdump, in microseconds and nanoseconds, of either byte order.
var pcapMagics = [][]byte{
	{0xD4, 0xC3, 0xB2, 0xA1}, {0xA1, 0xB2, 0xC3, 0xD4}, {0x4D, 0x3C, 0xB2, 0xA1}, {0xA1, 0xB2, 0x3C, 0x4D},
}

// headSize is as much of a file as tells its format.
const headSize = 4096

// detect finds out the format of a trace, of which it reads nothing but a byte order mark.
func detect(r *bufio.Reader) (Format, error) {
	head, err := r.Peek(headSize)
	if err != nil && err != io.EOF && len(head) == 0 {
		return "", fmt.Errorf("read trace: %w", err)
	}
	if bytes.HasPrefix(head, byteOrder) {
		head = head[len(byteOrder):]
		if _, err := r.Discard(len(byteOrder)); err != nil {
			return "", fmt.Errorf("read trace: %w", err)
		}
	}
	for _, magic := range pcapMagics {
		if bytes.HasPrefix(head, magic) {
			return "", fmt.Errorf("%w: this is pcap, which has no buses; make it pcapng with editcap -F pcapng", ErrFormat)
		}
	}
	switch {
	case len(head) == 0: // a trace in pcapng of no bus at all
		return PCAPNG, nil
	case bytes.HasPrefix(head, pcapngMagic):
		return PCAPNG, nil
	case bytes.HasPrefix(head, blfMagic):
		return BLF, nil
	}
	if format := detectText(string(head)); format != "" {
		return format, nil
	}
	return "", fmt.Errorf("%w: it begins with %.20q", ErrFormat, head)
}

// detectText finds out the format from the first line that tells it. Comments tell only where there is nothing else.
func detectText(head string) Format {
	var comments Format
	for line := range strings.Lines(head) {
		line = strings.ToLower(strings.TrimSpace(line))
		switch {
		case line == "":
		case strings.HasPrefix(line, "//"):
			comments = ASC
		case line[0] == '#' || line[0] == ';':
			comments = Candump
		case len(line) > 1 && line[0] == '(' && isDigit(line[1]), strings.HasPrefix(line, "dropcount: "):
			return Candump
		case isASC(line):
			return ASC
		default:
			return ""
		}
	}
	return comments
}

// isASC knows the head of an ASC file, and its events by stamp and channel, network or name.
func isASC(line string) bool {
	for _, head := range []string{
		"date ", "base ", "begin triggerblock", "end triggerblock", "internal events logged", "no internal events logged",
	} {
		if strings.HasPrefix(line, head) {
			return true
		}
	}
	stamp, event, _ := strings.Cut(line, " ")
	seconds, decimals, _ := strings.Cut(stamp, ".")
	return isNumber(seconds) && isNumber(decimals) && event != ""
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
