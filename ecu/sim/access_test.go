package sim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"testing"
	"time"

	"otabench/ecu/uds"
)

func TestKeys(t *testing.T) {
	mac := hmac.New(sha256.New, []byte(ExampleSecret))
	mac.Write(bytes.Repeat([]byte{5}, 16))
	for algorithm, c := range map[string]struct{ seed, want []byte }{
		algorithmXOR:  {[]byte{1, 2, 3, 4}, []byte{1 ^ 'o', 2 ^ 't', 3 ^ 'a', 4 ^ 'b'}},
		algorithmAdd:  {[]byte{0xFF, 0, 0, 1}, []byte{0x6E, 't', 'a', 'b' + 1}},
		algorithmHMAC: {bytes.Repeat([]byte{5}, 16), mac.Sum(nil)[:16]},
	} {
		a := keys{Security{Algorithm: algorithm}, []byte(ExampleSecret)}
		if got := a.key(c.seed); !bytes.Equal(got, c.want) || a.seedLength() != len(c.seed) {
			t.Errorf("%s: key % X for a seed of %d bytes, want % X", algorithm, got, a.seedLength(), c.want)
		}
	}
}

func TestUnlock(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		r.expect([]byte{0x50, 0x03, 0x00, 0x32, 0x01, 0xF4}, 0x10, 0x03)
		first := r.expect([]byte{0x67, 0x01}, 0x27, 0x01)
		second := r.expect([]byte{0x67, 0x01}, 0x27, 0x01)
		if bytes.Equal(first, second) {
			t.Errorf("the seed % X came twice", first)
		}
		r.refused(uds.IncorrectMessageLengthOrInvalidFormat, 0x27, 0x02, 0x00)
		if err := r.unlock(); err != nil {
			t.Fatal(err)
		}
		r.expect(append([]byte{0x67, 0x01}, make([]byte, 16)...), 0x27, 0x01)
		vin := []byte("WOB00000000000002")
		r.expect([]byte{0x6E, 0xF1, 0x90}, append([]byte{0x2E, 0xF1, 0x90}, vin...)...)
		r.expect([]byte{0x6E, 0xF1, 0x99}, 0x2E, 0xF1, 0x99, 0x26, 0x11, 0x23)
		r.expect([]byte{0x6E, 0xF1, 0x5A}, 0x2E, 0xF1, 0x5A, 0xCA, 0xFE)
		r.expect([]byte{0x50}, 0x10, 0x03) // locks
		r.refused(uds.SecurityAccessDenied, append([]byte{0x2E, 0xF1, 0x90}, vin...)...)
		r.powerCycle()
		if got := r.did(didVIN) + r.did(didProgrammingDate) + r.did(didFingerprint); got != string(vin)+"\x26\x11\x23\xCA\xFE" {
			t.Errorf("NVM holds %q", got)
		}
	})
}

func TestLockOutHoldsOverReset(t *testing.T) {
	wrong := append([]byte{0x27, 0x02}, make([]byte, 16)...)
	withRig(t, small(), func(t *testing.T, r *rig) {
		r.expect([]byte{0x50}, 0x10, 0x03)
		for _, want := range []uds.NRC{uds.InvalidKey, uds.InvalidKey, uds.ExceedNumberOfAttempts} {
			r.expect([]byte{0x67}, 0x27, 0x01)
			r.refused(want, wrong...)
		}
		r.refused(uds.RequiredTimeDelayNotExpired, 0x27, 0x01)
		r.refused(uds.RequestSequenceError, wrong...)
		r.powerCycle()
		r.expect([]byte{0x50}, 0x10, 0x03)
		r.refused(uds.RequiredTimeDelayNotExpired, 0x27, 0x01)
		time.Sleep(10 * time.Second)
		r.expect([]byte{0x50}, 0x10, 0x03)
		r.expect([]byte{0x67}, 0x27, 0x01)
		r.refused(uds.ExceedNumberOfAttempts, wrong...) // one try, not three
		time.Sleep(10 * time.Second)
		r.expect([]byte{0x50}, 0x10, 0x03)
		if err := r.unlock(); err != nil {
			t.Fatal(err)
		}
		r.expect([]byte{0x50}, 0x10, 0x03)
		r.expect([]byte{0x67}, 0x27, 0x01)
		r.refused(uds.InvalidKey, wrong...) // all tries again
	})
}

func TestOtherAlgorithms(t *testing.T) {
	for _, algorithm := range []string{algorithmXOR, algorithmAdd} {
		cfg := small()
		cfg.Security.Algorithm = algorithm
		withRig(t, cfg, func(t *testing.T, r *rig) {
			r.expect([]byte{0x50}, 0x10, 0x03)
			seed := r.expect([]byte{0x67, 0x01}, 0x27, 0x01)[2:]
			a := keys{cfg.Security, []byte(ExampleSecret)}
			r.expect([]byte{0x67, 0x02}, append([]byte{0x27, 0x02}, a.key(seed)...)...)
		})
	}
	cfg := small()
	cfg.Security.Algorithm = algorithmNone
	withRig(t, cfg, func(t *testing.T, r *rig) {
		r.expect([]byte{0x50}, 0x10, 0x03)
		r.refused(uds.ServiceNotSupported, 0x27, 0x01)
		r.expect([]byte{0x6E}, 0x2E, 0xF1, 0x5A, 0x01)
	})
}

func TestSessionEndsWithoutTester(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := r.program(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4900 * time.Millisecond)
		r.expect([]byte{0x62, 0xF1, 0x86, 0x02}, 0x22, 0xF1, 0x86)
		for range 3 { // kept alive without responses
			time.Sleep(4 * time.Second)
			if got, err := r.ask(0x3E, 0x80); err == nil {
				t.Errorf("a suppressed response came: % X", got)
			}
		}
		r.expect([]byte{0x71}, append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(0x00A00000, 10)...)...)
		time.Sleep(5100 * time.Millisecond)
		r.expect([]byte{0x62, 0xF1, 0x86, 0x01}, 0x22, 0xF1, 0x86)
		r.refused(uds.ServiceNotSupportedInActiveSession, append([]byte{0x34, 0x00}, rangeOf(0x00A00000, 10)...)...)
	})
}

// TestFunctionalRequests checks which answers functional addressing silences.
func TestFunctionalRequests(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		for _, c := range []struct{ req, want []byte }{
			{[]byte{0x3E, 0x00}, []byte{0x7E, 0x00}},
			{[]byte{0x3E, 0x80}, nil},
			{[]byte{0xBA}, nil},                             // 11
			{[]byte{0x10, 0x55}, nil},                       // 12
			{[]byte{0x22, 0x12, 0x34}, nil},                 // 31
			{[]byte{0x10, 0x02}, nil},                       // 7E
			{[]byte{0x28, 0x00, 0x01}, nil},                 // 7F
			{[]byte{0x10}, []byte{0x7F, 0x10, 0x13}},        // but not 13
			{[]byte{0x10, 0x83}, nil},                       // suppressed, and done
			{[]byte{0x85, 0x02}, []byte{0xC5, 0x02}},        // so it is the extended session
			{[]byte{0x28, 0x03, 0x01}, []byte{0x68, 0x03}},  //
			{[]byte{0x10, 0x01}, []byte{0x50, 0x01, 0, 50}}, //
		} {
			r.conn.Drain()
			if err := r.all.Send(t.Context(), c.req); err != nil {
				t.Fatal(err)
			}
			got, err := r.final(t.Context())
			if (err == nil) != (c.want != nil) || !bytes.HasPrefix(got, c.want) {
				t.Errorf("% X answered with % X, %v, want % X", c.req, got, err, c.want)
			}
		}
	})
}

// TestPending checks the times of responses 0x78, and the answers to others in between.
func TestPending(t *testing.T) {
	cfg := small()
	cfg.Flash.EraseTime = 4 * time.Second // 4 sectors
	withRig(t, cfg, func(t *testing.T, r *rig) {
		if err := r.program(); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		request := append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(0x00A00800, 4<<10)...)
		if err := r.conn.Send(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		receive := func(want ...byte) {
			t.Helper()
			m, err := r.conn.Receive(t.Context(), 5*time.Second)
			if err != nil || !bytes.Equal(m.Data, want) {
				t.Fatalf("after %v: % X, %v, want % X", time.Since(begin), m.Data, err, want)
			}
		}
		receive(0x7F, 0x31, 0x78)
		if d := time.Since(begin); d >= 50*time.Millisecond {
			t.Errorf("the first 0x78 came after %v", d)
		}
		if err := r.conn.Send(t.Context(), []byte{0x22, 0xF1, 0x90}); err != nil {
			t.Fatal(err)
		}
		receive(0x7F, 0x22, 0x21)
		if err := r.conn.Send(t.Context(), []byte{0x3E, 0x80}); err != nil {
			t.Fatal(err)
		}
		for range 4 { // every 3.75 s
			receive(0x7F, 0x31, 0x78)
		}
		receive(0x71, 0x01, 0xFF, 0x00, 0x00)
		if d := time.Since(begin); d < 16*time.Second || d > 16100*time.Millisecond {
			t.Errorf("the erase took %v", d)
		}
	})
}

func TestTroubleCodes(t *testing.T) {
	cfg := small()
	cfg.DTCs = []uint32{0x123456}
	withRig(t, cfg, func(t *testing.T, r *rig) {
		r.expect([]byte{0x59, 0x01, 0x09, 0x01, 0x00, 0x01}, 0x19, 0x01, 0xFF)
		r.expect([]byte{0x59, 0x01, 0x09, 0x01, 0x00, 0x00}, 0x19, 0x01, 0x10)
		r.expect([]byte{0x59, 0x0A, 0x09, 0x12, 0x34, 0x56, 0x09, 0xF0, 0x00, 0x55, 0x00}, 0x19, 0x0A)
		r.update(release("2.0.0", 2, Normal))
		r.expect([]byte{0x59, 0x02, 0x09, 0x12, 0x34, 0x56, 0x09}, 0x19, 0x02, 0x08)
		r.expect([]byte{0x54}, 0x14, 0xFF, 0xFF, 0xFF)
		r.expect([]byte{0x54}, 0x14, 0xFF, 0xFF, 0xFF)
		r.powerCycle()
		if got := r.expect([]byte{0x59, 0x02, 0x09}, 0x19, 0x02, 0xFF); len(got) != 3 {
			t.Errorf("after the clear there is % X", got)
		}
	})
}

func TestIdentifiers(t *testing.T) {
	cfg := small()
	cfg.Factory = signed(release("1.0.0", 1, Normal).Manifest, Application{Version: "1.0.0", DIDs: map[string]string{"FD10": "lights"}})
	withRig(t, cfg, func(t *testing.T, r *rig) {
		for id, want := range map[uint16]string{
			didBootSoftware: BootVersion, didSession: "\x01", didPartNumber: "OB-0001", didSoftwareNumber: "OB-0001-1.0.0",
			didSupplierVersion: "1.0.0", didSupplier: "otabench", didManufactured: "\x20\x26\x01\x15", didSerial: "SIM00000001",
			didVIN: "WOB00000000000001", didHardware: "HW-1", didSystemName: "bcm", didProgrammingDate: "\xFF\xFF\xFF",
			didFingerprint: "\xFF", didRXSWIN: "R156 1.0.0", didResetReason: "power-on", didSupplyVoltage: "\x34\xBC", didCharge: "\xFF", 0xFD10: "lights",
		} {
			if got := r.did(id); got != want {
				t.Errorf("%04X reads %q, want %q", id, got, want)
			}
		}
		r.expect([]byte{0x62, 0xF1, 0x97, 'b', 'c', 'm', 0xF1, 0x86, 0x01}, 0x22, 0xF1, 0x97, 0x12, 0x34, 0xF1, 0x86)
	})
}

func TestSoftwareWithoutRXSWINHasNoIdentifierForIt(t *testing.T) {
	cfg := small()
	m := release("1.0.0", 1, Normal).Manifest
	m.RXSWIN = ""
	cfg.Factory = signed(m, Application{Version: "1.0.0"})
	withRig(t, cfg, func(t *testing.T, r *rig) {
		r.refused(uds.RequestOutOfRange, 0x22, 0xF1, 0xEF)
	})
}

// TestNoSuppressionAfterPending asks for no positive response to what takes long.
func TestNoSuppressionAfterPending(t *testing.T) {
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := r.program(); err != nil {
			t.Fatal(err)
		}
		long := append([]byte{0x31, 0x81, 0xFF, 0x00}, rangeOf(0x00A00800, 2<<10)...)
		r.expect([]byte{0x71, 0x01, 0xFF, 0x00, 0x00}, long...)
		if got, err := r.ask(0x31, 0x81, 0xFF, 0x01); err == nil {
			t.Errorf("a suppressed response came: % X", got)
		}
	})
}
