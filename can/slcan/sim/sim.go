package sim

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sync"

	"otabench/can"
	"otabench/can/slcan"
)

// Quirks are ways in which adapters differ.
type Quirks struct {
	// Silent acknowledges no command, as the firmware of CANable does.
	Silent bool
	// NoFlags knows no F command.
	NoFlags bool
	// Mute answers nothing at all.
	Mute bool
	// Stalls stops answering after so many frames; 0 never does.
	Stalls int
	// Full refuses each frame this many times before it is taken.
	Full int
	// Flags are what the F command answers.
	Flags byte
	// Stamps has a time stamp behind each frame, of four digits.
	Stamps bool
}

// Adapter is a simulated adapter.
type Adapter struct {
	bus    can.Bus
	quirks Quirks

	mu   sync.Mutex // held while a line is written
	port io.Writer

	open   bool // the channel; of Serve's goroutine alone
	listen bool
	taken  int // frames
	full   int // refusals of the current one
}

// New returns an adapter on a bus, which stays the caller's.
func New(bus can.Bus, q Quirks) *Adapter { return &Adapter{bus: bus, quirks: q} }

// Serve speaks to whoever is at the other end of port until ctx ends or port fails. It closes port.
func (a *Adapter) Serve(ctx context.Context, port io.ReadWriteCloser) error {
	defer context.AfterFunc(ctx, func() { _ = port.Close() })()
	defer port.Close()
	a.port = port
	var frames *can.Subscription
	var forwarding sync.WaitGroup
	defer forwarding.Wait()
	stop := func() {
		if frames != nil {
			frames.Cancel()
			frames = nil
		}
		a.open = false
	}
	defer stop()
	lines := bufio.NewScanner(port)
	lines.Split(splitLine)
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "O" || line == "L":
			stop()
			opened := a.bus.Subscribe(4096)
			frames, a.open, a.listen = opened, true, line == "L"
			forwarding.Go(func() { a.forward(opened) })
			a.acknowledge("")
		case line == "C":
			stop()
			a.acknowledge("")
		default:
			a.command(ctx, line)
		}
	}
	return lines.Err()
}

// splitLine takes lines that end with carriage return.
func splitLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	for i, c := range data {
		if c == '\r' {
			return i + 1, data[:i], nil
		}
	}
	if atEOF {
		return len(data), nil, nil
	}
	return 0, nil, nil
}

func (a *Adapter) command(ctx context.Context, line string) {
	switch {
	case a.quirks.Mute || line == "":
		return
	case line == "V":
		a.print("V1013\r")
	case line == "N":
		a.print("N4711\r")
	case line == "F" && !a.quirks.NoFlags && !a.quirks.Silent:
		a.print(fmt.Sprintf("F%02X\r", a.quirks.Flags))
	case (line[0] == 'S' || line[0] == 'Y' || line[0] == 'Z') && len(line) == 2 && !a.open:
		a.acknowledge("")
	default:
		a.send(ctx, line)
	}
}

// send puts a frame onto the bus.
func (a *Adapter) send(ctx context.Context, line string) {
	f, ok := slcan.Parse([]byte(line))
	switch {
	case !ok || !a.open || a.listen:
		a.refuse()
		return
	case a.full < a.quirks.Full:
		a.full++
		a.refuse()
		return
	case a.quirks.Stalls > 0 && a.taken >= a.quirks.Stalls:
		return
	}
	a.full = 0
	a.taken++
	if a.bus.Send(ctx, f) != nil {
		a.refuse()
		return
	}
	if f.Is(can.Extended) {
		a.acknowledge("Z")
		return
	}
	a.acknowledge("z")
}

func (a *Adapter) acknowledge(text string) {
	if !a.quirks.Silent && !a.quirks.Mute {
		a.print(text + "\r")
	}
}

func (a *Adapter) refuse() {
	if !a.quirks.Silent && !a.quirks.Mute {
		a.print("\a")
	}
}

// print writes what comes from the adapter; when nobody reads any more, Serve finds out.
func (a *Adapter) print(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, _ = io.WriteString(a.port, text)
}

// forward writes the frames of others until the channel is closed.
func (a *Adapter) forward(frames *can.Subscription) {
	for r := range frames.C() {
		if r.Own || r.Is(can.Error) {
			continue
		}
		line := slcan.Append(nil, r.Frame)
		if a.quirks.Stamps {
			line = append(line[:len(line)-1], "0A1F\r"...)
		}
		a.print(string(line))
	}
}
