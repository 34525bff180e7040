package image

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Format is how a file holds an image.
type Format string

// Formats.
const (
	FormatRaw      Format = "raw"  // bytes, without addresses
	FormatIntelHex Format = "ihex" // Intel hexadecimal object file, 1988, with 8, 16 and 32-bit addresses
	FormatSRecord  Format = "srec" // Motorola S-records with 16, 24 and 32-bit addresses
	FormatVBF      Format = "vbf"  // Versatile Binary Format, versions 2 and 3
)

// Formats lists all formats.
func Formats() []Format { return []Format{FormatRaw, FormatIntelHex, FormatSRecord, FormatVBF} }

// ErrFormat is wrapped where the format of a file cannot be told.
var ErrFormat = errors.New("image format is not known")

// FormatByName tells the format that a file's name stands for.
func FormatByName(path string) (Format, error) {
	switch extension := strings.ToLower(filepath.Ext(path)); extension {
	case ".bin", ".img":
		return FormatRaw, nil
	case ".hex", ".ihex", ".ihx":
		return FormatIntelHex, nil
	case ".srec", ".s19", ".s28", ".s37", ".mot":
		return FormatSRecord, nil
	case ".vbf":
		return FormatVBF, nil
	default:
		return "", fmt.Errorf("%w: %s: the extension %q stands for none; there are .bin, .hex, .srec and .vbf",
			ErrFormat, path, extension)
	}
}
