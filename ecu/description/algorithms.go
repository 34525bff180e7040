package description

import (
	"otabench/ecu/image/checksum"
	"otabench/ecu/image/compress"
)

// Checksums are the names of checksums that templates know.
func Checksums() []string { return checksum.Names() }

// Compressions are the names of compressions that blocks may have.
func Compressions() []string { return compress.Names() }
