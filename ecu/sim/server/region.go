package server

import "otabench/ecu/uds"

// Region is a part of the server's memory.
type Region struct{ Address, Size uint64 }

// Range is memory that may be used, by whom.
type Range struct {
	Region
	Access Access
}

// Ranges are all the memory that may be used. nil sets no bounds: then the function that gets a Region does.
type Ranges []Range

// refuse returns why a region must not be used: it is within no range of this session, or its range needs other access.
func (r Ranges) refuse(c Call, region Region) error {
	if region.Size == 0 {
		return uds.RequestOutOfRange
	}
	if r == nil {
		return nil
	}
	for _, a := range r {
		if a.holds(region) {
			return a.Access.refuse(c, uds.RequestOutOfRange)
		}
	}
	return uds.RequestOutOfRange
}

// holds says whether another region is within r.
func (r Region) holds(other Region) bool {
	return other.Address >= r.Address && other.Size <= r.Size && other.Address-r.Address <= r.Size-other.Size
}

// Widths of addresses and sizes in bytes (annex H.1).
const (
	maxAddressWidth = 5
	maxSizeWidth    = 4
)

// takeRegion takes addressAndLengthFormatIdentifier, address and size off b. A format that annex H.1 does not have is
// requestOutOfRange, and fewer bytes than it says are incorrectMessageLength.
func takeRegion(b []byte) (r Region, rest []byte, err error) {
	if len(b) == 0 {
		return Region{}, nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	return takeRegionAs(b[0], b[1:])
}

// takeRegionAs takes address and size of the given format.
func takeRegionAs(format byte, b []byte) (r Region, rest []byte, err error) {
	sizes, addresses := int(format>>4), int(format&0xF)
	switch {
	case sizes < 1 || sizes > maxSizeWidth || addresses < 1 || addresses > maxAddressWidth:
		return Region{}, nil, uds.RequestOutOfRange
	case len(b) < addresses+sizes:
		return Region{}, nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	return Region{number(b[:addresses]), number(b[addresses : addresses+sizes])}, b[addresses+sizes:], nil
}

// number reads a big-endian number.
func number(b []byte) (n uint64) {
	for _, v := range b {
		n = n<<8 | uint64(v)
	}
	return n
}
