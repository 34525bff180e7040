package uds_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"otabench/ecu/uds"
)

// A block that was sent again is answered twice by a server that was only slow. The second answer comes while the next
// block waits for its own.
func TestLateResponseIsNotTakenForAnother(t *testing.T) {
	script := map[string][]answer{
		"3603AA": {{70 * ms, "7603"}},
		"3604BB": {{20 * ms, "7604"}},
	}
	_, took, err := ask(t, script, func(ctx context.Context, c *uds.Client) error {
		if err := c.TransferData(ctx, 3, []byte{0xAA}); !errors.Is(err, uds.ErrNoResponse) {
			t.Errorf("the slow block: %v, want %v", err, uds.ErrNoResponse)
		}
		if err := c.TransferData(ctx, 3, []byte{0xAA}); err != nil { // takes the first answer, 70 ms after the start
			t.Errorf("the block sent again: %v", err)
		}
		time.Sleep(45 * ms) // the second one comes 130 ms after the start
		return c.TransferData(ctx, 4, []byte{0xBB})
	})
	if err != nil || took != 135*ms {
		t.Errorf("the next block: %v after %v, want its answer after 135ms", err, took)
	}
}

// An answer that nobody waits for any more is wrong for what is asked next.
func TestWrongResponseStaysWrong(t *testing.T) {
	script := map[string][]answer{"22F191": {{ms, "62F190AA"}}}
	for name, pause := range map[string]time.Duration{"never asked for": 0, "too late": 6 * time.Second} {
		t.Run(name, func(t *testing.T) {
			_, _, err := ask(t, script, func(ctx context.Context, c *uds.Client) error {
				if pause > 0 {
					_, _ = c.ReadDataByIdentifier(ctx, 0xF190)
					time.Sleep(pause)
				}
				_, err := c.ReadDataByIdentifier(ctx, 0xF191)
				return err
			})
			if !errors.Is(err, uds.ErrResponse) {
				t.Errorf("error %v, want %v", err, uds.ErrResponse)
			}
		})
	}
}
