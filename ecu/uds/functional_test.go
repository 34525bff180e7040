package uds_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"otabench/ecu/uds"
)

type log struct {
	sent []string
	err  error
}

func (l *log) Send(_ context.Context, b []byte) error {
	l.sent = append(l.sent, hex.EncodeToString(b))
	return l.err
}

func TestFunctional(t *testing.T) {
	l := &log{}
	n := 0
	f := uds.NewFunctional(l, func(e uds.Exchange) {
		if e.Functional {
			n++
		}
	})
	ctx := t.Context()
	for _, err := range []error{
		f.DiagnosticSessionControl(ctx, 3), f.ControlDTCSetting(ctx, false), f.CommunicationControl(ctx, false),
		f.TesterPresent(ctx), f.CommunicationControl(ctx, true), f.ControlDTCSetting(ctx, true),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if fmt.Sprint(l.sent) != "[1083 8582 288301 3e80 288001 8581]" || n != 6 {
		t.Error(l.sent, n)
	}
	l.err = errors.New("bus-off")
	if err := f.TesterPresent(ctx); !errors.Is(err, l.err) {
		t.Error(err)
	}
	if err := f.Send(ctx); err == nil {
		t.Error("an empty request was sent")
	}
}
