package sim_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/power/sim"
)

// The meter of a DP800 takes a reading each second. Until the next it shows what there was, and a change in between does
// not alter it.
func TestMeterOfADP800(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
		must(t, err)
		near, far := net.Pipe()
		defer near.Close()
		go s.Serve(t.Context(), far)
		start, replies := time.Now(), bufio.NewReader(near)
		shows := func(at time.Duration, want string) {
			t.Helper()
			time.Sleep(time.Until(start.Add(at)))
			_, err := io.WriteString(near, ":MEAS? CH1\n")
			must(t, err)
			got, err := replies.ReadString('\n')
			must(t, err)
			if got = strings.TrimSpace(got); got != want {
				t.Errorf("after %v: shows %s V, want %s", at, got, want)
			}
		}
		tell := func(command string) {
			t.Helper()
			_, err := io.WriteString(near, command+"\n")
			must(t, err)
		}
		shows(300*time.Millisecond, "0.0000")
		tell(":SOUR1:VOLT 5;:OUTP CH1,ON")
		shows(999*time.Millisecond, "0.0000")
		shows(1000*time.Millisecond, "5.0000")
		shows(1500*time.Millisecond, "5.0000")
		tell(":SOUR1:VOLT 9")
		shows(1900*time.Millisecond, "5.0000")
		tell(":SOUR1:VOLT 7")
		shows(2001*time.Millisecond, "7.0000")
		// What was between two readings was never seen, and what was at one is shown although it was asked for later.
		time.Sleep(time.Until(start.Add(3500 * time.Millisecond)))
		tell(":SOUR1:VOLT 12")
		shows(3900*time.Millisecond, "7.0000")
		shows(9*time.Second, "12.0000")
	})
}
