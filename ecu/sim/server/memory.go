package server

import (
	"context"
	"sync"

	"otabench/ecu/uds"
)

// Memory is a FaultMemory in RAM. Its methods may be called from several goroutines.
type Memory struct {
	mu     sync.Mutex // guards what follows
	dtcs   []DTC
	frozen bool
	clock  uint64 // of Order
}

// untested is the status of a trouble code whose test has not run since the last clear (annex D.2).
const untested = uds.TestNotCompletedSinceLastClear | uds.TestNotCompletedThisOperationCycle

// NewMemory holds trouble codes as they are given, those with a status of 0 untested.
func NewMemory(dtcs ...DTC) *Memory {
	m := &Memory{}
	for _, d := range dtcs {
		if d.Status == 0 {
			d.Status = untested
		}
		m.dtcs = append(m.dtcs, d)
	}
	return m
}

// DTCs implements FaultMemory.
func (m *Memory) DTCs() []DTC {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]DTC(nil), m.dtcs...)
}

// Freeze implements FaultMemory.
func (m *Memory) Freeze(frozen bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.frozen = frozen
}

// Clear implements FaultMemory. Groups are AllDTCs, the trouble codes themselves, and the functional groups of annex D.1,
// 0xFFFFxx of which xx is a key of DTC.Groups.
func (m *Memory) Clear(_ context.Context, group uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := group == AllDTCs
	for i := range m.dtcs {
		if d := &m.dtcs[i]; d.in(group) {
			found = true
			d.clear()
		}
	}
	if !found {
		return uds.RequestOutOfRange
	}
	return nil
}

// in says whether a trouble code belongs to a group.
func (d *DTC) in(group uint32) bool {
	if group == AllDTCs || group == d.Code {
		return true
	}
	_, belongs := d.Groups[byte(group)]
	return belongs && group>>8 == 0xFFFF
}

// clear forgets what happened. A permanent trouble code stays permanent, since only its test takes it out.
func (d *DTC) clear() {
	d.Status, d.Counter, d.Order = untested, 0, Order{}
	d.Snapshots, d.Extended, d.Stored = nil, nil, nil
}

// Test notes the result of a trouble code's test, as annex D.2 has it for codes that are confirmed by one failure. Nothing
// happens while the memory is frozen, nor with a trouble code that it does not know.
func (m *Memory) Test(code uint32, failed bool) {
	m.update(code, func(d *DTC) { d.tested(failed, m.clock) })
}

// SetStatus has a trouble code have a status, whatever led to it.
func (m *Memory) SetStatus(code uint32, status uds.DTCStatus) {
	m.update(code, func(d *DTC) { d.Status = status })
}

// Count sets the fault detection counter of a trouble code.
func (m *Memory) Count(code uint32, counter int8) {
	m.update(code, func(d *DTC) { d.Counter = counter })
}

// Record adds a snapshot and records of extended data to a trouble code. Those of the same numbers are replaced.
func (m *Memory) Record(code uint32, snapshot Snapshot, extended ...ExtendedRecord) {
	m.update(code, func(d *DTC) {
		d.Snapshots = replaced(d.Snapshots, snapshot, func(s Snapshot) byte { return s.Number })
		for _, record := range extended {
			d.Extended = replaced(d.Extended, record, func(r ExtendedRecord) byte { return r.Number })
		}
	})
}

// replaced is a copy of records with one of them added or replaced.
func replaced[T any](records []T, with T, number func(T) byte) []T {
	all := append([]T(nil), records...)
	for i := range all {
		if number(all[i]) == number(with) {
			all[i] = with
			return all
		}
	}
	return append(all, with)
}

// Cycle begins an operation cycle.
func (m *Memory) Cycle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.dtcs {
		m.dtcs[i].cycle()
	}
}

// cycle forgets a pending trouble code that was tested and did not fail in the cycle that ends.
func (d *DTC) cycle() {
	if d.Status&(uds.TestFailedThisOperationCycle|uds.TestNotCompletedThisOperationCycle) == 0 {
		d.Status &^= uds.PendingDTC
	}
	d.Status &^= uds.TestFailedThisOperationCycle
	d.Status |= uds.TestNotCompletedThisOperationCycle
}

func (m *Memory) update(code uint32, f func(*DTC)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.frozen {
		return
	}
	m.clock++
	for i := range m.dtcs {
		if m.dtcs[i].Code == code {
			f(&m.dtcs[i])
		}
	}
}

// tested sets the status after a test.
func (d *DTC) tested(failed bool, now uint64) {
	d.Status &^= untested
	if !failed {
		d.Status &^= uds.TestFailed
		d.Counter = -128
		return
	}
	if !d.Status.Has(uds.TestFailed) {
		d.Order.failed(now)
	}
	if !d.Status.Has(uds.ConfirmedDTC) {
		d.Order.confirmed(now)
	}
	d.Status |= uds.TestFailed | uds.TestFailedThisOperationCycle | uds.PendingDTC | uds.ConfirmedDTC | uds.TestFailedSinceLastClear
	d.Counter = 127
}

func (o *Order) failed(now uint64) {
	o.LastFailed = now
	if o.FirstFailed == 0 {
		o.FirstFailed = now
	}
}

func (o *Order) confirmed(now uint64) {
	o.LastConfirmed = now
	if o.FirstConfirmed == 0 {
		o.FirstConfirmed = now
	}
}
