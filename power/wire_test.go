package power_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sim"
)

// fault is one way in which an exchange with an instrument goes wrong. The hooks report whether they apply to it.
type fault struct {
	name    string
	lasting bool // it hits every exchange from the chosen one on
	passing bool // it hits one exchange, and the link works again: off has to be confirmed
	// command is what reaches the instrument instead of a line, "" for nothing.
	command func(w *wire, line string) (string, bool)
	// reply is what comes back instead of a reply, "" for nothing. A command that is no query has the reply "".
	reply func(w *wire, reply string) (string, bool)
}

// wire is the link between the driver and a simulated supply. It sees every command, injects a fault into the chosen
// one, and keeps a log of what reached the instrument and what its outputs did.
type wire struct {
	supply  *sim.Supply
	rail    *sim.Rail
	contact *sim.Contact
	channel power.Channel
	cancel  context.CancelFunc // of the operation under test
	unplug  func()

	mu       sync.Mutex
	fault    fault
	at       int // the exchange that the fault hits, from 1; 0 for none
	n        int // exchanges since at was set
	injected int
	last     string // the reply before
	log      []string
	bad      []string // what must never happen and did
}

// newWire has to be called in a bubble. The rail has 100 Ω, and its contact is closed.
func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{rail: sim.NewRail("kl30", sim.RailOptions{Bleeder: 100 * physic.Ohm}), contact: sim.NewContact("main")}
	var err error
	w.supply, err = sim.NewSupply("rigol-dp832", sim.SupplyOptions{Events: w.event})
	must(t, err)
	ch, err := w.supply.Channel(1)
	must(t, err)
	must(t, w.rail.Feed(ch, w.contact))
	must(t, w.contact.Make())

	near, theirs := net.Pipe()
	ours, far := net.Pipe()
	w.unplug = func() { _, _ = theirs.Close(), ours.Close() }
	var ends sync.WaitGroup
	ends.Go(func() { _ = w.supply.Serve(t.Context(), far) })
	ends.Go(func() { w.carry(theirs, ours) })
	driver, err := scpi.Open(t.Context(), "rigol-dp832", near, "virtual:psu", scpi.Options{})
	must(t, err)
	t.Cleanup(func() {
		_ = driver.Close()
		w.unplug()
		ends.Wait()
	})
	w.channel, err = driver.Channel(1)
	must(t, err)
	return w
}

// carry passes commands on, one exchange at a time. Like a socket it takes what the driver writes at once.
func (w *wire) carry(driver, instrument net.Conn) {
	defer w.unplug()
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(driver); s.Scan(); {
			lines <- s.Text()
		}
	}()
	replies := bufio.NewReader(instrument)
	for line := range lines {
		reply, err := w.exchange(line, func(line string) (string, error) {
			if _, err := io.WriteString(instrument, line+"\n"); err != nil || !strings.Contains(line, "?") {
				return "", err
			}
			reply, err := replies.ReadString('\n')
			return strings.TrimSuffix(reply, "\n"), err
		})
		if err != nil {
			return
		}
		if reply != "" {
			if _, err := io.WriteString(driver, reply+"\n"); err != nil {
				return
			}
		}
	}
}

func (w *wire) exchange(line string, send func(string) (string, error)) (reply string, err error) {
	hit := w.hit()
	if hit && w.fault.command != nil {
		var struck bool
		line, struck = w.fault.command(w, line)
		w.struck(struck)
	}
	if line != "" {
		w.note("> " + line)
		if reply, err = send(line); err != nil {
			return "", err
		}
	}
	truth := reply
	if hit && w.fault.reply != nil {
		var struck bool
		reply, struck = w.fault.reply(w, reply)
		w.struck(struck)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = truth
	return reply, nil
}

func (w *wire) struck(yes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if yes {
		w.injected++
	}
}

// hit counts an exchange and says whether the fault is to be injected into it.
func (w *wire) hit() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at == 0 {
		return false
	}
	w.n++
	return w.n == w.at || w.fault.lasting && w.n > w.at
}

// arm chooses the fault and the exchange that it hits, counted from now on.
func (w *wire) arm(f fault, at int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault, w.at, w.n, w.injected, w.log = f, at, 0, 0, nil
}

// count returns how many exchanges there were since arm, and how many of them the fault changed.
func (w *wire) count() (exchanges, injected int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.n, w.injected
}

func (w *wire) note(entry string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, entry)
}

// event is told by the supply what its outputs do. An output that goes on has to have its limits, and they have to have
// been read back since they were last changed.
func (w *wire) event(e string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if strings.HasPrefix(e, "CH1 on") && w.at > 0 {
		if !w.holds(kl30()) {
			w.bad = append(w.bad, fmt.Sprintf("energised with %+v", w.supply.Output(1)))
		}
		if missing := unread(w.log); missing != "" {
			w.bad = append(w.bad, "energised before "+missing+" was read back")
		}
	}
	w.log = append(w.log, e)
}

// holds reports whether the output truly keeps to limits.
func (w *wire) holds(l power.Limits) bool {
	o := w.supply.Output(1)
	return o.OVP == l.OVP && o.OCP == l.OCP && o.Limit == l.Current && o.Setpoint <= l.Voltage
}

// settings are the events of a change, by how they end, and the question that reads it back.
var settings = map[string]string{
	" V": ":SOUR1:VOLT?", " A": ":SOUR1:CURR?",
	" V OVP": ":OUTP:OVP:VAL? CH1", " A OCP": ":OUTP:OCP:VAL? CH1",
	"OVP ON": ":OUTP:OVP? CH1", "OCP ON": ":OUTP:OCP? CH1",
}

// unread returns an event of a change that was not read back afterwards, "" if there is none.
func unread(log []string) string {
	for change, question := range settings {
		pending := ""
		for _, entry := range log {
			switch {
			case entry == "> "+question:
				pending = ""
			case strings.HasPrefix(entry, "CH1 ") && strings.HasSuffix(entry, change) && !strings.HasPrefix(entry, "CH1 on"):
				pending = entry
			}
		}
		if pending != "" {
			return pending
		}
	}
	return ""
}

// dead waits until the rail has discharged, and reports whether it has.
func (w *wire) dead() bool {
	time.Sleep(time.Second) // virtual
	return w.rail.Voltage() < physic.Volt
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
