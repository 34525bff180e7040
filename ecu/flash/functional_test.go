package flash_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/flash"
	"otabench/ecu/uds"
)

// fakeSender keeps the functional requests.
type fakeSender struct {
	mu   sync.Mutex
	sent []string
	fail byte // service that cannot be sent
}

var errBus = errors.New("bus is off")

func (s *fakeSender) Send(_ context.Context, payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if payload[0] == s.fail {
		return errBus
	}
	s.sent = append(s.sent, fmt.Sprintf("% X", payload))
	return nil
}

func TestFunctionalRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := &fakeSender{}
		b := newBench(t, testDescription(), flash.Options{Functional: uds.NewFunctional(all, nil)})
		if err := b.programmer.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if err := b.programmer.Finish(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{"10 83", "85 82", "28 83 01", "3E 80", "3E 80", "28 80 01", "85 81", "10 81"}
		if diff := cmp.Diff(want, all.sent); diff != "" {
			t.Errorf("functional requests (-want +got):\n%s", diff)
		}
		physical := []string{"10 03", "31 01 02 03", "85 02", "28 03 01", "10 01"}
		if diff := cmp.Diff(physical, b.ecu.seen()); diff != "" {
			t.Errorf("physical requests (-want +got):\n%s", diff)
		}
	})
}

func TestFunctionalFailures(t *testing.T) {
	for service, phase := range map[byte]flash.Phase{
		uds.SIDDiagnosticSessionControl: flash.PhasePreconditions,
		uds.SIDControlDTCSetting:        flash.PhaseQuiet,
		uds.SIDCommunicationControl:     flash.PhaseQuiet,
	} {
		synctest.Test(t, func(t *testing.T) {
			all := &fakeSender{fail: service}
			b := newBench(t, testDescription(), flash.Options{Functional: uds.NewFunctional(all, nil)})
			err := b.programmer.Program(t.Context(), testPackage(asIs))
			var failed *flash.Error
			if !errors.Is(err, errBus) || !errors.As(err, &failed) || failed.Phase != phase {
				t.Errorf("Program without service %02X = %v, want phase %v", service, err, phase)
			}
			if err := b.programmer.Finish(t.Context()); !errors.Is(err, errBus) {
				t.Errorf("Finish without service %02X = %v", service, err)
			}
		})
	}
}
