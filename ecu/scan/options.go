package scan

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"otabench/ecu/uds"
)

// Range is numbers from First to Last, both included.
type Range struct{ First, Last uint16 }

func (r Range) size() int { return int(r.Last) - int(r.First) + 1 }

func (r Range) String() string { return fmt.Sprintf("%04X-%04X", r.First, r.Last) }

// ParseRanges reads ranges in hexadecimal, such as "F100-F1FF,0200,FD00-FDFF".
func ParseRanges(text string) ([]Range, error) {
	var all []Range
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			last = first
		}
		a, errA := number(first)
		b, errB := number(last)
		if errA != nil || errB != nil || a > b {
			return nil, fmt.Errorf("%q is not a range of numbers in hexadecimal, such as F100-F1FF", part)
		}
		all = append(all, Range{a, b})
	}
	return all, nil
}

func number(text string) (uint16, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "0X"), 16, 16)
	return uint16(n), err
}

// All are all numbers of two bytes.
func All() []Range { return []Range{{0, 0xFFFF}} }

// Options of a scan. The zero value is gentle and takes a minute or two.
type Options struct {
	// DIDs and Routines are the numbers that are tried. Without any, those that the standard reserves for identification and
	// for makers' first choices are: see [CommonDIDs] and [CommonRoutines].
	DIDs, Routines []Range
	// Programming enters the programming session as well, which some ECUs leave only with a reset.
	Programming bool
	// Seeds asks for a seed at each security level, which some ECUs count as an attempt.
	Seeds bool
	// Pause is the time between two requests, 5 ms; negative is none.
	Pause time.Duration
	// Progress is told of the numbers that were tried and that there are, at most every 100 requests.
	Progress func(Progress)
}

// Progress is how far a scan has come.
type Progress struct {
	Session     byte
	What        string // such as "data identifiers"
	Done, Total int    // of this part
}

// CommonDIDs are identification (0xF1xx) and what makers often have first.
func CommonDIDs() []Range {
	return []Range{{0x0100, 0x01FF}, {0xF010, 0xF01F}, {0xF100, 0xF1FF}, {0xFD00, 0xFD3F}, {0xFF00, 0xFF01}}
}

// CommonRoutines are those of the standard (annex F) and what makers often have first.
func CommonRoutines() []Range {
	return []Range{{0x0200, 0x02FF}, {0x0301, 0x030F}, {0xFF00, 0xFF0F}}
}

func (o Options) withDefaults() Options {
	if len(o.DIDs) == 0 {
		o.DIDs = CommonDIDs()
	}
	if len(o.Routines) == 0 {
		o.Routines = CommonRoutines()
	}
	if o.Pause == 0 {
		o.Pause = 5 * time.Millisecond
	}
	return o
}

// services are those of ISO 14229-1:2020 in the order of their numbers. Others are not tried: what a request of one byte
// would do there is not known.
func services() []byte {
	return []byte{
		uds.SIDDiagnosticSessionControl, uds.SIDECUReset, uds.SIDClearDiagnosticInformation, uds.SIDReadDTCInformation,
		uds.SIDReadDataByIdentifier, uds.SIDReadMemoryByAddress, 0x24, uds.SIDSecurityAccess, uds.SIDCommunicationControl,
		uds.SIDAuthentication, 0x2A, 0x2C, uds.SIDWriteDataByIdentifier, 0x2F, uds.SIDRoutineControl, uds.SIDRequestDownload,
		uds.SIDRequestUpload, uds.SIDTransferData, uds.SIDRequestTransferExit, 0x38, 0x3D, uds.SIDTesterPresent, 0x83, 0x84,
		uds.SIDControlDTCSetting, 0x86, 0x87,
	}
}
