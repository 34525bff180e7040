package image

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxFile bounds the files that are read, in bytes: text takes up to four times the room of what it says.
const maxFile = 4 * MaxSize

// ReadFile reads the image at path, in whatever format it is. Errors are an *Error, or wrap ErrFormat or what the
// operating system says.
func ReadFile(path string) (*Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read image: %w", err)
	}
	defer f.Close()
	data, err := readBounded(f)
	if err != nil {
		return nil, fmt.Errorf("read image %s: %w", path, err)
	}
	return Read(path, data)
}

// readBounded reads a file of at most maxFile bytes, whatever it says of its size.
func readBounded(f *os.File) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var content bytes.Buffer
	if size := info.Size(); size <= maxFile {
		content.Grow(int(size) + bytes.MinRead)
		if _, err := content.ReadFrom(io.LimitReader(f, maxFile+1)); err != nil {
			return nil, err
		}
		if content.Len() <= maxFile {
			return content.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("%w: the file has more than %d bytes", ErrTooLarge, maxFile)
}

// Read reads an image from the content of a file. The name decides whether the bytes are taken as raw, at address 0;
// otherwise the content tells its format. The image may keep data, which must not change any more.
func Read(name string, data []byte) (*Image, error) {
	if format, err := FormatByName(name); err == nil && format == FormatRaw {
		return Raw(name, 0, data)
	}
	format, err := Detect(data)
	if err != nil {
		return nil, fmt.Errorf("read image %s: %w", name, err)
	}
	return ReadAs(format, name, data)
}

// ReadAs reads an image of a known format. Raw bytes begin at address 0; Raw takes another one.
func ReadAs(format Format, name string, data []byte) (*Image, error) {
	switch format {
	case FormatRaw:
		return Raw(name, 0, data)
	case FormatIntelHex:
		return ParseIntelHex(name, data)
	case FormatSRecord:
		return ParseSRecord(name, data)
	case FormatVBF:
		return ParseVBF(name, data)
	}
	return nil, fmt.Errorf("read image %s: %w: %q; there are %v", name, ErrFormat, format, Formats())
}

// Raw makes an image of bytes without a format. It keeps data.
func Raw(name string, address uint64, data []byte) (*Image, error) {
	m, err := New(Segment{address, data})
	if err != nil {
		return nil, fmt.Errorf("read image %s: %w", name, err)
	}
	m.Name, m.Format = name, FormatRaw
	return m, nil
}

// trimByteOrder takes away the mark that some editors put before text in UTF-8.
func trimByteOrder(data []byte) []byte { return bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF}) }

// Detect tells the format of a file by the way it begins. It never takes one for raw.
func Detect(data []byte) (Format, error) {
	head := bytes.TrimLeft(trimByteOrder(data), " \t\r\n\v\f")
	head = head[:min(len(head), 32)]
	text := strings.ToLower(string(head))
	switch {
	case text == "":
		return "", fmt.Errorf("%w: the file is empty", ErrFormat)
	case text[0] == ':':
		return FormatIntelHex, nil
	case len(text) > 1 && text[0] == 's' && '0' <= text[1] && text[1] <= '9':
		return FormatSRecord, nil
	case strings.HasPrefix(text, "vbf_version"), strings.HasPrefix(text, "//"), strings.HasPrefix(text, "/*"):
		return FormatVBF, nil
	}
	return "", fmt.Errorf("%w: it begins with %.20q, and neither with : (Intel HEX), S and a digit (S-record) nor "+
		"vbf_version (VBF); if it is raw bytes, say so or name it .bin", ErrFormat, head)
}
