package server_test

import (
	"context"
	"errors"
	"testing"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// broken is a fault memory that cannot be cleared.
type broken struct{ *server.Memory }

func (broken) Clear(context.Context, uint32) error { return errors.New("worn out") }

func faults() (*server.Faults, *server.Memory) {
	primary := server.NewMemory(
		server.DTC{Code: 0x111111, Severity: uds.CheckImmediately | uds.DTCClass1, FunctionalUnit: 7, Groups: map[byte]byte{0x33: 1}},
		server.DTC{Code: 0x222222, Severity: uds.MaintenanceOnly, Permanent: true, Groups: map[byte]byte{0x33: 2}},
		server.DTC{Code: 0x333333, Stored: []server.Snapshot{{Number: 5, Values: []server.DataValue{{ID: 0xF190, Data: []byte{9}}}}}},
	)
	user := server.NewMemory(server.DTC{Code: 0x444444, Status: 0x08})
	user.Record(0x444444, server.Snapshot{Number: 1}, server.ExtendedRecord{Number: 2, Data: []byte{3}})
	f := &server.Faults{
		Memory: primary, Available: 0x7F, Format: uds.FormatISO14229, Reports: map[byte]server.Access{},
		User: map[byte]server.FaultMemory{0x18: user, 0x19: broken{user}},
	}
	for sub := range byte(0x57) {
		if sub != 0 && (sub < 0x0F || sub > 0x13 && sub < 0x1B || sub == 0x42 || sub > 0x54) {
			f.Reports[sub] = server.Access{}
		}
	}
	return f, primary
}

func TestReadDTCInformation(t *testing.T) {
	f, memory := faults()
	f.Reports[0x0A] = extended
	memory.Test(0x222222, true)
	memory.Test(0x111111, true)
	memory.Test(0x222222, false)
	memory.Test(0x222222, true)
	memory.Count(0x333333, 5)
	snapshot := func(n byte, values ...server.DataValue) server.Snapshot {
		return server.Snapshot{Number: n, Values: values}
	}
	memory.Record(0x111111, snapshot(1, server.DataValue{ID: 0x0102, Data: []byte{3}}, server.DataValue{ID: 0x0405, Data: []byte{6, 7}}),
		server.ExtendedRecord{Number: 0x01, Data: []byte{8}}, server.ExtendedRecord{Number: 0x92, Data: []byte{9}})
	memory.Record(0x111111, snapshot(2))
	memory.Record(0x222222, snapshot(2), server.ExtendedRecord{Number: 0x02, Data: []byte{1}})
	memory.Record(0x222222, snapshot(2), server.ExtendedRecord{Number: 0x02, Data: []byte{2}})
	with(t, server.Config{Sessions: sessions(), Faults: f, ClearDTC: &server.Access{}}, func(r *rig) {
		r.talk([]exchange{
			{"19", "7F1913"},
			{"19 0F", "7F1912"},
			{"19 0A", "7F197E"},
			{"19 02", "7F1913"},
			{"19 02 FF FF", "7F1913"},
			{"19 82 FF", ""},
			{"19 01 FF", "5901 7F 01 0003"},
			{"19 01 08", "5901 7F 01 0002"},
			{"19 01 80", "5901 7F 01 0000"},
			{"19 02 01", "5902 7F 111111 2F 222222 2F"},
			{"19 02 40", "5902 7F 333333 50"},
			{"19 03", "5903 111111 01 111111 02 222222 02"},
			{"19 04 111111 01", "5904 111111 2F 01 02 0102 03 0405 0607"},
			{"19 04 111111 02", "5904 111111 2F 02 00"},
			{"19 04 333333 02", "5904 333333 50"},
			{"19 04 111111 FF", "5904 111111 2F 01 02 0102 03 0405 0607 02 00"},
			{"19 04 111111 09", "7F1931"},
			{"19 04 999999 01", "7F1931"},
			{"19 05 05", "5905 05 333333 50 01 F190 09"},
			{"19 05 FF", "5905 05 333333 50 01 F190 09"},
			{"19 05 06", "7F1931"},
			{"19 06 111111 01", "5906 111111 2F 01 08"},
			{"19 06 111111 FE", "5906 111111 2F 92 09"},
			{"19 06 111111 FF", "5906 111111 2F 01 08 92 09"},
			{"19 06 222222 02", "5906 222222 2F 02 02"},
			{"19 06 111111 03", "7F1931"},
			{"19 06 999999 01", "7F1931"},
			{"19 07 80 01", "5907 7F 01 0001"},
			{"19 08 A0 01", "5908 7F 82 07 111111 2F 20 00 222222 2F"},
			{"19 08 20 40", "5908 7F"},
			{"19 09 111111", "5909 7F 82 07 111111 2F"},
			{"19 09 999999", "7F1931"},
			{"10 03", "5003.."},
			{"19 0A", "590A 7F 111111 2F 222222 2F 333333 50"},
			{"19 0B", "590B 7F 222222 2F"},
			{"19 0C", "590C 7F 222222 2F"},
			{"19 0D", "590D 7F 222222 2F"},
			{"19 0E", "590E 7F 111111 2F"},
			{"19 14", "5914 333333 05"},
			{"19 15", "5915 7F 222222 2F"},
			{"19 16 02", "5916 02 222222 2F 02"},
			{"19 16 77", "7F1931"},
			{"19 17 08 18", "5917 18 7F 444444 08"},
			{"19 17 08 01", "7F1931"},
			{"19 18 444444 01 18", "5918 18 444444 08 01 00"},
			{"19 18 444444 01 01", "7F1931"},
			{"19 18 111111 01 18", "7F1931"},
			{"19 19 444444 02 18", "5919 18 444444 08 02 03"},
			{"19 1A 01", "591A 7F 01 111111 2F"},
			{"19 1A 77", "7F1931"},
			{"19 42 33 01 80", "5942 33 7F FF 01 82 111111 2F"},
			{"19 42 D0 01 80", "7F1931"},
			{"19 55 33", "5955 33 7F 01 222222 2F"},
			{"19 55 D0", "7F1931"},
			{"19 56 33 01", "5956 33 7F 01 01 111111 2F"},
			{"19 56 D0 01", "7F1931"},

			{"14 FFFF", "7F1413"},
			{"14 FFFFFF 18 00", "7F1413"},
			{"14 123456", "7F1431"},
			{"14 FFFF34", "7F1431"},
			{"14 FFFFFF 01", "7F1431"},
			{"14 333333", "54"},
			{"19 05 FF", "7F1931"},
			{"19 02 01", "5902 7F 111111 2F 222222 2F"},
			{"14 FFFF33", "54"},
			{"19 02 01", "5902 7F"},
			{"19 03", "5903"},
			{"19 0B", "590B 7F"},
			{"19 15", "5915 7F 222222 50"},
			{"14 FFFFFF 18", "54"},
			{"19 17 08 18", "5917 18 7F"},
			{"14 FFFFFF 19", "7F1472"},
			{"14 FFFFFF", "54"},
		})
	})
}

func TestMemoryStatus(t *testing.T) {
	m := server.NewMemory(server.DTC{Code: 1})
	status := func(what string, want uds.DTCStatus) {
		t.Helper()
		if got := m.DTCs()[0].Status; got != want {
			t.Errorf("%s: status %v, want %v", what, got, want)
		}
	}
	status("new", 0x50)
	m.Test(1, false)
	status("passed", 0x00)
	m.Test(1, true)
	status("failed", 0x2F)
	m.Test(1, false)
	status("passed again", 0x2E)
	m.Cycle()
	status("next cycle", 0x6C)
	m.Test(1, false)
	m.Cycle()
	status("a cycle without failure", 0x68)
	m.Freeze(true)
	m.Test(1, true)
	status("frozen", 0x68)
	if err := m.Clear(t.Context(), server.AllDTCs); err != nil {
		t.Error(err)
	}
	status("cleared", 0x50)
}
