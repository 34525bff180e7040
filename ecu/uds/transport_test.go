package uds_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/uds"
)

// A response of 500 bytes is a first and 71 consecutive frames, so it has 70 gaps of 5 ms: P2 bounds its beginning only.
func TestALongResponseNeedsToBeginWithinP2(t *testing.T) {
	for _, tt := range []struct {
		begins time.Duration
		want   error
		took   time.Duration
	}{
		{49 * ms, nil, 49*ms + 70*5*ms},
		{61 * ms, uds.ErrNoResponse, 60 * ms},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, server := transport(t)
			response := append([]byte{0x62, 0xF1, 0x90}, bytes.Repeat([]byte{0xA5}, 497)...)
			answered := make(chan struct{})
			go func() {
				defer close(answered)
				if _, err := server.Receive(t.Context(), 0); err != nil {
					t.Error(err)
				}
				time.Sleep(tt.begins)
				if err := server.Send(t.Context(), response); err != nil {
					t.Error(err)
				}
			}()
			var seen uds.Exchange
			c := uds.New(client, uds.Options{Observe: func(e uds.Exchange) { seen = e }})
			start := time.Now()
			got, err := c.ReadDataByIdentifier(t.Context(), 0xF190)
			took := time.Since(start)
			if !errors.Is(err, tt.want) || took != tt.took {
				t.Errorf("%v after %v, want %v after %v", err, took, tt.want, tt.took)
			}
			<-answered
			if tt.want == nil && (!bytes.Equal(got, response[3:]) || seen.First.Sub(start) != tt.begins || !seen.Done.Equal(start.Add(took))) {
				t.Errorf("%d bytes; %v", len(got), seen.First.Sub(start))
			}
		})
	}
}

// transport joins a client and a server by ISO-TP on a simulated wire; the client asks for 5 ms between frames.
func transport(t *testing.T) (client, server isotp.Conn) {
	t.Helper()
	bus := virtual.NewBus("test", virtual.Options{})
	t.Cleanup(func() { _ = bus.Close() })
	open := func(tx, rx uint32) isotp.Conn {
		c, err := isotp.Open(bus.Attach("node"), isotp.Config{Address: isotp.Address{Tx: tx, Rx: rx}, STmin: 5 * ms})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	return open(0x7E0, 0x7E8), open(0x7E8, 0x7E0)
}

func TestCloseEndsARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, _ := transport(t)
		c := uds.New(conn, uds.Options{Timing: uds.Timing{P2: time.Hour}})
		time.AfterFunc(time.Second, func() { _ = c.Close() })
		if err := c.TesterPresent(context.Background()); !errors.Is(err, isotp.ErrClosed) {
			t.Error(err)
		}
	})
}
