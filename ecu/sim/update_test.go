package sim

import (
	"testing"
	"time"
)

func TestUpdate(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if got := r.did(didVersion) + r.did(didActiveSlot) + r.did(didBootState); got != "1.0.0Aconfirmed" {
			t.Fatalf("from the factory: %s", got)
		}
		if err := r.install(release("2.0.0", 2, Normal)); err != nil {
			t.Fatal(err, r.console)
		}
		r.awaitBoot()
		if got := r.did(didVersion) + r.did(didActiveSlot) + r.did(didBootState) + r.did(didRXSWIN); got != "2.0.0BtrialR156 1.0.0" {
			t.Fatalf("in the trial: %s", got)
		}
		if got := r.did(didCounter); got != "\x00\x00\x00\x01" {
			t.Fatalf("the security counter of an unconfirmed trial is % X", got)
		}
		if err := r.confirm(); err != nil {
			t.Fatal(err)
		}
		r.powerCycle()
		if got := r.did(didVersion) + r.did(didActiveSlot) + r.did(didBootState) + r.did(didRXSWIN); got != "2.0.0BconfirmedR156 2.0.0" {
			t.Fatalf("confirmed: %s", got)
		}
		if got := r.did(didCounter); got != "\x00\x00\x00\x02" {
			t.Fatalf("the security counter after the confirmation is % X", got)
		}
		r.update(release("2.0.0", 2, Normal)) // the same version again
		if got := r.did(didVersion) + r.did(didActiveSlot); got != "2.0.0A" {
			t.Fatalf("again: %s", got)
		}
	})
}

func TestRevert(t *testing.T) {
	for _, b := range []Behaviour{Normal, Crash, Hang, Silent} {
		t.Run(string(b), func(t *testing.T) {
			withRig(t, small(), func(t *testing.T, r *rig) {
				if err := r.install(release("2.0.0", 2, b)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(15 * time.Second)
				r.awaitBoot()
				if got := r.did(didVersion) + r.did(didBootState) + r.did(didCounter); got != "1.0.0reverted\x00\x00\x00\x01" {
					t.Fatalf("got %q\n%s", got, r.console)
				}
				r.expect([]byte{0x59, 0x02, 0x09, 0xF0, 0x00, 0x55, 0x09}, 0x19, 0x02, 0xFF)
				r.update(release("2.0.1", 2, Normal))
				if got := r.did(didVersion) + r.did(didBootState); got != "2.0.1confirmed" {
					t.Fatalf("recovery: %s", got)
				}
			})
		})
	}
}
