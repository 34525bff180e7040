package backend

import (
	"testing"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// A vehicle or an app that has gone mad must not fill the memory of the bench.
func TestWhatIsKeptIsBounded(t *testing.T) {
	b := &Backend{}
	v := &vehicle{accounts: map[string][]string{"owner": {cloud.MayUpdate}}, changed: make(chan struct{})}
	for range maxReports {
		if !b.keep(v, cloud.Report{}) {
			t.Fatal("a report is refused before there are enough")
		}
	}
	if b.keep(v, cloud.Report{}) {
		t.Error("one report more is kept")
	}
	for range maxCommands {
		if _, status, why := b.command(v, ota.Action{Do: ota.Later, User: "owner"}); status != 200 {
			t.Fatalf("a command is refused before there are enough: %s", why)
		}
	}
	if _, status, _ := b.command(v, ota.Action{Do: ota.Later, User: "owner"}); status != 507 {
		t.Errorf("one command more: status %d", status)
	}
	for range auditEntries {
		b.enter(Entry{User: "last"})
	}
	if log := b.Audit(); len(log) != auditEntries || log[0].User != "last" {
		t.Errorf("the audit log has %d entries, the oldest by %q", len(log), log[0].User)
	}
}
