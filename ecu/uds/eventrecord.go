package uds

import (
	"encoding/binary"
	"fmt"
)

// EventOnDTC happens when a bit of the mask changes in the status of any trouble code.
func EventOnDTC(window EventWindow, mask DTCStatus, respond ...byte) Event {
	return Event{Type: OnDTCStatusChange, Window: window, Record: []byte{byte(mask)}, Respond: respond}
}

// EventOnTimer happens again and again (up to the edition of 2013).
func EventOnTimer(window EventWindow, rate PeriodicRate, respond ...byte) Event {
	return Event{Type: OnTimerInterrupt, Window: window, Record: []byte{byte(rate)}, Respond: respond}
}

// EventOnData happens when the data of an identifier change.
func EventOnData(window EventWindow, did uint16, respond ...byte) Event {
	return Event{Type: OnChangeOfDataIdentifier, Window: window, Record: word(did), Respond: respond}
}

// EventOnComparison happens when a value compares as given.
func EventOnComparison(window EventWindow, of Comparison, respond ...byte) (Event, error) {
	record, err := of.encode()
	return Event{Type: OnComparisonOfValues, Window: window, Record: record, Respond: respond}, err
}

// EventOnRecentDTC happens when another trouble code failed last, or was confirmed last. The server responds with that.
func EventOnRecentDTC(window EventWindow, confirmed bool) Event {
	report := reportMostRecentTestFailedDTC
	if confirmed {
		report = reportMostRecentConfirmedDTC
	}
	return Event{Type: ReportMostRecentDTCOnStatusChange, Window: window, Record: []byte{report}}
}

// EventOnDTCSnapshot happens like EventOnDTC. The server responds with a snapshot record, or AllRecords, of the trouble
// code. memory is at most one byte: the memory that the maker defines, if it is that.
func EventOnDTCSnapshot(window EventWindow, mask DTCStatus, number byte, memory ...byte) Event {
	report := reportDTCSnapshotRecordByDTCNumber
	if len(memory) > 0 {
		report = reportUserDefMemoryDTCSnapshotRecordByDTCNumber
	}
	return recordEvent(window, mask, report, number, memory)
}

// EventOnDTCExtendedData does the same with a record of extended data.
func EventOnDTCExtendedData(window EventWindow, mask DTCStatus, number byte, memory ...byte) Event {
	report := reportDTCExtDataRecordByDTCNumber
	if len(memory) > 0 {
		report = reportUserDefMemoryDTCExtDataRecordByDTCNumber
	}
	return recordEvent(window, mask, report, number, memory)
}

func recordEvent(window EventWindow, mask DTCStatus, report, number byte, memory []byte) Event {
	return Event{
		Type: ReportDTCRecordInformationOnDTCStatusChange, Window: window,
		Record: join([]byte{byte(mask), report, number}, memory[:min(len(memory), 1)]),
	}
}

// Comparison compares a value among the data of an identifier with a constant (10.9, tables 142 and 143).
type Comparison struct {
	ID         uint16
	Operator   string // "<", ">", "=" or "<>"
	Reference  uint32 // for signed values in two's complement
	Hysteresis byte   // in percent of Reference, or the value itself if Reference is 0
	Signed     bool
	Bits       int // 1 to 32
	Offset     int // of the value's lowest bit in the data, 0 to 1023
}

// longestLocalization bounds Offset, which has ten bits.
const longestLocalization = 1<<10 - 1

func (c Comparison) encode() ([]byte, error) {
	logic := map[string]byte{"<": 1, ">": 2, "=": 3, "<>": 4}[c.Operator]
	switch {
	case logic == 0:
		return nil, fmt.Errorf("%w: comparison %q; want <, >, = or <>", ErrRequest, c.Operator)
	case c.Bits < 1 || c.Bits > 32 || c.Offset < 0 || c.Offset > longestLocalization:
		return nil, fmt.Errorf("%w: compare %d bits from bit %d; want 1 to 32 from 0 to %d",
			ErrRequest, c.Bits, c.Offset, longestLocalization)
	}
	place := uint16(c.Bits%32)<<10 | uint16(c.Offset)
	if c.Signed {
		place |= 1 << 15
	}
	b := append(word(c.ID), logic)
	b = append(binary.BigEndian.AppendUint32(b, c.Reference), c.Hysteresis)
	return append(b, word(place)...), nil
}
