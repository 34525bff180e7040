package server

import "otabench/ecu/uds"

// ParseRegion reads addressAndLengthFormatIdentifier, address and size (annex H.1), as the options of eraseMemory have
// them. The error is the code to refuse with.
func ParseRegion(record []byte) (Region, error) {
	region, rest, err := takeRegion(record)
	if err == nil && len(rest) > 0 {
		return Region{}, uds.IncorrectMessageLengthOrInvalidFormat
	}
	return region, err
}
