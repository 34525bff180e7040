package scpi_test

import (
	"net"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sim"
)

// countedConn does something at one of its writes.
type countedConn struct {
	net.Conn
	writes atomic.Int32
	at     int32
	do     func()
}

func (c *countedConn) Write(p []byte) (int, error) {
	if c.writes.Add(1) == c.at {
		c.do()
	}
	return c.Conn.Write(p)
}

// TestContractEveryStep loses the link, and makes the instrument hang, at every single command from opening to switching
// off. At no moment may an output be on without its limits, and a procedure that was cut short must say so.
func TestContractEveryStep(t *testing.T) {
	for _, model := range families() {
		t.Run(model, func(t *testing.T) {
			for fault, strike := range map[string]func(*sim.Supply){"lost": (*sim.Supply).Vanish, "hung": (*sim.Supply).Stall} {
				total := strikeAt(t, model, 0, strike)
				for n := int32(1); n <= total; n++ {
					strikeAt(t, model, n, strike)
				}
				if total < 10 {
					t.Errorf("%s: only %d steps", fault, total)
				}
			}
		})
	}
}

// families are a model of each dialect.
func families() []string {
	family := regexp.MustCompile(`^[a-z]+-[a-z]+`)
	return slices.CompactFunc(scpi.Models(), func(a, b string) bool {
		return family.FindString(a) == family.FindString(b)
	})
}

// strikeAt goes through the procedure with a fault at the n-th write, 0 for none, and returns how many writes there were.
func strikeAt(t *testing.T, model string, n int32, strike func(*sim.Supply)) (writes int32) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, model)
		conn := &countedConn{Conn: connect(t, s), at: n, do: func() { strike(s) }}
		watch, stop := make(chan struct{}), make(chan struct{})
		var limits atomic.Pointer[power.Limits]
		limits.Store(&power.Limits{})
		go func() {
			defer close(watch)
			for {
				unlimited(t, s, &limits, n)
				select {
				case <-time.After(25 * time.Millisecond):
				case <-stop:
					return
				}
			}
		}()
		err := procedure(t, model, conn, &limits)
		close(stop)
		<-watch
		unlimited(t, s, &limits, n)
		if n == 0 && err != nil || n != 0 && err == nil {
			t.Errorf("strike %d: %v", n, err)
		}
		writes = conn.writes.Load()
		s.Resume()
		synctest.Wait()
	})
	return writes
}

// unlimited fails if the first output is on with other limits than it should have.
func unlimited(t *testing.T, s *sim.Supply, limits *atomic.Pointer[power.Limits], n int32) {
	o := s.Output(1) // before the limits, which are set before it is on
	want := limits.Load()
	if o.On && (o.Setpoint > want.Voltage || o.Limit != want.Current || o.OVP != want.OVP) {
		t.Errorf("strike %d: on at %v with limit %v and OVP %v, want %v", n, o.Setpoint, o.Limit, o.OVP, want)
	}
}

// procedure is everything from opening to switching off.
func procedure(t *testing.T, model string, conn net.Conn, limits *atomic.Pointer[power.Limits]) error {
	d, err := scpi.Open(t.Context(), model, conn, "virtual:psu", scpi.Options{Timeout: 500 * time.Millisecond})
	if err != nil {
		return err
	}
	defer d.Close()
	ch := channel(t, d, 1)
	want := moderate(ch)
	limits.Store(&want)
	out, err := power.Limit(t.Context(), ch, want)
	if err != nil {
		return err
	}
	if err := out.On(t.Context(), 4*physic.Volt); err != nil {
		return err
	}
	return out.Off(t.Context())
}
