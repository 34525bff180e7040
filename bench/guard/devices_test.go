package guard_test

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/conn/v3/physic"

	"otabench/power/sim"
)

// The switch and the sensor of a cell live in the test's process, as real ones live outside of every process. Suite and
// guard reach them as they reach real ones, by name through periph; behind the name is a socket instead of a driver.
//
// A GPIO line keeps its level when the process that drove it dies. On some computers the kernel releases it instead,
// and the switch opens by itself; the table must not rest on that.

// registerDevices makes the line and the bus at an address known to periph in this process, by the name of the cell.
func registerDevices(name, address string) error {
	return errors.Join(
		gpioreg.Register(&remotePin{sim.NewPin(name, sim.NewContact("none")), address}),
		i2creg.Register(name, nil, -1, func() (i2c.BusCloser, error) { return openBus(address) }),
	)
}

// remotePin is a line at the other end of a socket. What is not Out is that of an unconnected line.
type remotePin struct {
	*sim.Pin
	address string
}

// Out implements gpio.PinOut.
func (p *remotePin) Out(l gpio.Level) error {
	_, err := ask(p.address, fmt.Sprintf("out %t", l))
	return err
}

// ask puts one question to the devices.
func ask(address, question string) (answer string, err error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	return askOn(conn, bufio.NewReader(conn), question)
}

func askOn(w io.Writer, r *bufio.Reader, question string) (answer string, err error) {
	if _, err := fmt.Fprintln(w, question); err != nil {
		return "", err
	}
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	answer, failed := strings.CutPrefix(strings.TrimSpace(line), "! ")
	if failed {
		return "", errors.New(answer)
	}
	return answer, nil
}

// remoteBus is an I2C bus at the other end of a socket.
type remoteBus struct {
	mu   sync.Mutex
	conn net.Conn
	in   *bufio.Reader
}

func openBus(address string) (*remoteBus, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &remoteBus{conn: conn, in: bufio.NewReader(conn)}, nil
}

func (b *remoteBus) String() string                  { return "bus at " + b.conn.RemoteAddr().String() }
func (b *remoteBus) SetSpeed(physic.Frequency) error { return nil }
func (b *remoteBus) Close() error                    { return b.conn.Close() }

// Tx implements i2c.Bus.
func (b *remoteBus) Tx(address uint16, w, r []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	answer, err := askOn(b.conn, b.in, fmt.Sprintf("tx %d %d %x", address, len(r), w))
	if err != nil {
		return err
	}
	data, err := hex.DecodeString(answer)
	copy(r, data)
	return err
}

// serveDevices answers on one connection.
func (c *cell) serveDevices(conn net.Conn) {
	defer conn.Close()
	for s := bufio.NewScanner(conn); s.Scan(); {
		answer, err := c.device(s.Text())
		if err != nil {
			answer = "! " + err.Error()
		}
		if _, err := fmt.Fprintln(conn, answer); err != nil {
			return
		}
	}
}

func (c *cell) device(question string) (string, error) {
	word, rest, _ := strings.Cut(question, " ")
	switch word {
	case "out":
		if rest == "true" {
			return "", c.contact.Make()
		}
		return "", c.contact.Break()
	case "tx":
		var address uint16
		var n int
		var written string
		if _, err := fmt.Sscan(rest, &address, &n, &written); err != nil {
			return "", err
		}
		w, err := hex.DecodeString(written)
		if err != nil {
			return "", err
		}
		r := make([]byte, n)
		err = c.meter.Tx(address, w, r)
		return hex.EncodeToString(r), err
	case "reached": // the suite is in the state that the cell wants
		close(c.reached)
		return "", nil
	case "await": // the fault; the answer lets the suite go on
		<-c.goOn
		return "", nil
	}
	return "", fmt.Errorf("no such question: %q", question)
}
