package sim

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// testKey signs everything in these tests.
var testKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// small is an ECU whose flash is so small that an update has about a hundred operations.
func small() Config {
	return Config{
		Name: "bcm", Hardware: "HW-1", TrustedKey: firmware.PublicKey(testKey), MaxBlock: 200,
		Flash:   Flash{SlotSize: 6 << 10, SectorSize: 1 << 10, HeaderSize: 2 << 10, PageSize: 64, DataSector: 1 << 10},
		Factory: release("1.0.0", 1, Normal),
		Gates:   Gates{MinCharge: new(0.0)},
	}
}

func release(version string, counter uint32, b Behaviour) *firmware.Package {
	return signed(firmware.Manifest{ECU: "bcm", Hardware: "HW-1", Version: version, Counter: counter, RXSWIN: "R156 " + version},
		Application{Version: version, Behaviour: b, After: 50 * time.Millisecond})
}

func signed(m firmware.Manifest, a Application) *firmware.Package {
	return signedImage(m, a.Image(3000))
}

func signedImage(m firmware.Manifest, image []byte) *firmware.Package {
	p, err := firmware.Build(m, image, testKey)
	if err != nil {
		panic(err)
	}
	return p
}

// outlet is a supply whose voltage a test sets.
type outlet struct {
	mu      sync.Mutex
	volts   physic.ElectricPotential
	current physic.ElectricCurrent
	watched map[int]watched
	next    int
}

type watched struct {
	level physic.ElectricPotential
	f     func(bool)
}

func newOutlet() *outlet {
	return &outlet{volts: 13500 * physic.MilliVolt, watched: map[int]watched{}}
}

func (o *outlet) Voltage() physic.ElectricPotential {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.volts
}

func (o *outlet) Draw(i physic.ElectricCurrent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.current = i
}

func (o *outlet) drawn() physic.ElectricCurrent {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.current
}

func (o *outlet) Notify(level physic.ElectricPotential, f func(bool)) func() {
	o.mu.Lock()
	defer o.mu.Unlock()
	id := o.next
	o.next++
	o.watched[id] = watched{level, f}
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.watched, id)
	}
}

func (o *outlet) set(v physic.ElectricPotential) {
	o.mu.Lock()
	before := o.volts
	o.volts = v
	var crossed []func(bool)
	for id := range o.next {
		if w, ok := o.watched[id]; ok && (before < w.level) != (v < w.level) {
			crossed = append(crossed, w.f)
		}
	}
	o.mu.Unlock()
	for _, f := range crossed {
		f(v > before)
	}
}

// log is a console.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// rig is an ECU on a wire with a tester.
type rig struct {
	t       testing.TB
	ecu     *ECU
	outlet  *outlet
	console *log
	node    can.Bus
	conn    isotp.Conn
	all     isotp.Conn // sends functional requests
}

// withRig runs f with a started ECU in virtual time.
func withRig(t *testing.T, cfg Config, f func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := newOutlet()
		r, stop := newRig(t, cfg, o)
		defer stop()
		r.awaitBoot()
		f(t, r)
	})
}

func newRig(t testing.TB, cfg Config, o *outlet) (r *rig, stop func()) {
	t.Helper()
	wire := virtual.NewBus("test", virtual.Options{})
	r = &rig{t: t, outlet: o, console: &log{}, node: wire.Attach("tester")}
	unit := wire.Attach("ecu")
	var err error
	if r.ecu, err = New(cfg, unit, o, r.console); err != nil {
		t.Fatal(err)
	}
	a := r.ecu.Config().Address
	if r.conn, err = isotp.Open(r.node, isotp.Config{Address: isotp.Address{Tx: a.Request, Rx: a.Response}}); err != nil {
		t.Fatal(err)
	}
	if r.all, err = isotp.Open(r.node, isotp.Config{Address: isotp.Address{Tx: a.Functional, Rx: 0x7EF}}); err != nil {
		t.Fatal(err)
	}
	if err := r.ecu.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, func() {
		if err := errors.Join(r.conn.Close(), r.all.Close(), r.ecu.Close(), unit.Close(), r.node.Close(), wire.Close()); err != nil {
			t.Error(err)
		}
	}
}

// errSilent means that no response came.
var errSilent = errors.New("no response")

// ask sends a request and returns the final response.
func (r *rig) ask(req ...byte) ([]byte, error) {
	r.conn.Drain()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	if err := r.conn.Send(ctx, req); err != nil {
		return nil, err
	}
	return r.final(ctx)
}

func (r *rig) final(ctx context.Context) ([]byte, error) {
	limit := 50 * time.Millisecond
	for {
		m, err := r.conn.Receive(ctx, limit)
		if errors.Is(err, isotp.ErrNoMessage) {
			return nil, errSilent
		}
		if err != nil {
			return nil, err
		}
		if len(m.Data) == 3 && m.Data[0] == 0x7F && m.Data[2] == byte(uds.ResponsePending) {
			limit = 5 * time.Second
			continue
		}
		return m.Data, nil
	}
}

// expect asks and compares the response with the beginning that it must have.
func (r *rig) expect(want []byte, req ...byte) []byte {
	r.t.Helper()
	got, err := r.ask(req...)
	if err != nil || !bytes.HasPrefix(got, want) {
		r.t.Fatalf("request % X: got % X, %v, want % X\n%s", req, got, err, want, r.console)
	}
	return got
}

// positiveOffset is added to the service identifier in a positive response.
const positiveOffset = 0x40

// negative is the message that carries a code.
func negative(service byte, code uds.NRC) []byte { return []byte{0x7F, service, byte(code)} }

func (r *rig) refused(code uds.NRC, req ...byte) {
	r.t.Helper()
	r.expect(negative(req[0], code), req...)
}

// did reads an identifier as text.
func (r *rig) did(id uint16) string {
	r.t.Helper()
	return string(r.expect([]byte{0x62, byte(id >> 8), byte(id)}, 0x22, byte(id>>8), byte(id))[3:])
}

// awaitBoot waits until the ECU answers.
func (r *rig) awaitBoot() {
	r.t.Helper()
	if err := r.boots(); err != nil {
		r.t.Fatal(err)
	}
}

// boots is awaitBoot for an ECU that need not boot.
func (r *rig) boots() error {
	for range 200 {
		if got, err := r.ask(0x3E, 0x00); err == nil && bytes.Equal(got, []byte{0x7E, 0x00}) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the ECU does not boot:\n%s", r.console)
}

func (r *rig) powerCycle() {
	r.t.Helper()
	r.outlet.set(0)
	time.Sleep(100 * time.Millisecond)
	r.outlet.set(13500 * physic.MilliVolt)
	r.awaitBoot()
}

// unlock asks for a seed of the default algorithm and sends its key.
func (r *rig) unlock() error {
	seed, err := r.ask(0x27, 0x01)
	if err != nil || len(seed) != 18 {
		return errors.Join(err, errors.New("no seed"))
	}
	cfg := r.ecu.Config()
	a := keys{cfg.Security, cfg.Secret}
	return r.positive(append([]byte{0x27, 0x02}, a.key(seed[2:])...)...)
}

// positive asks and returns an error unless the response is positive.
func (r *rig) positive(req ...byte) error {
	got, err := r.ask(req...)
	if err == nil && (len(got) == 0 || got[0] != req[0]+positiveOffset) {
		err = &refusedError{req[0], got}
	}
	return err
}

type refusedError struct {
	service  byte
	response []byte
}

func (e *refusedError) Error() string {
	return fmt.Sprintf("service %02X answered with % X", e.service, e.response)
}

// program enters the programming session and unlocks.
func (r *rig) program() error {
	for _, req := range [][]byte{{0x10, 0x03}, {0x31, 0x01, 0x02, 0x03}, {0x10, 0x02}} {
		if err := r.positive(req...); err != nil {
			return err
		}
	}
	return r.unlock()
}

func rangeOf(address uint32, size int) []byte {
	return []byte{
		0x44, byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address),
		byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size),
	}
}

// download erases and transfers one piece.
func (r *rig) download(address uint32, data []byte) error {
	if err := r.positive(append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(address, len(data))...)...); err != nil {
		return err
	}
	return r.send(address, data)
}

func (r *rig) send(address uint32, data []byte) error {
	if err := r.positive(append([]byte{0x34, 0x00}, rangeOf(address, len(data))...)...); err != nil {
		return err
	}
	for counter := byte(1); len(data) > 0; counter++ {
		n := min(len(data), r.ecu.Config().MaxBlock-2)
		if err := r.positive(append([]byte{0x36, counter}, data[:n]...)...); err != nil {
			return err
		}
		data = data[n:]
	}
	return r.positive(0x37)
}

// transfer brings a package into the update region.
func (r *rig) transfer(p *firmware.Package) error {
	f := r.ecu.Config().Flash
	if err := r.program(); err != nil {
		return err
	}
	if err := r.download(f.HeaderAddress(), p.Header()); err != nil {
		return err
	}
	return r.download(f.UpdateBase+uint32(f.HeaderSize), p.Image)
}

// verdictOf runs routine 0x0202.
func (r *rig) verdictOf() (verdict, error) {
	got, err := r.ask(0x31, 0x01, 0x02, 0x02)
	if err != nil || len(got) != 5 || got[0] != 0x71 {
		return 0, errors.Join(err, &refusedError{0x31, got})
	}
	return verdict(got[4]), nil
}

// install transfers, verifies, activates and resets.
func (r *rig) install(p *firmware.Package) error {
	if err := r.transfer(p); err != nil {
		return err
	}
	if v, err := r.verdictOf(); err != nil || v != pass {
		return errors.Join(err, errors.New(v.String()))
	}
	for _, req := range [][]byte{{0x31, 0x01, 0xFF, 0x01}, {0x31, 0x01, 0x02, 0x10}, {0x11, 0x01}} {
		if err := r.positive(req...); err != nil {
			return err
		}
	}
	return nil
}

func (r *rig) confirm() error {
	if err := r.positive(0x10, 0x03); err != nil {
		return err
	}
	return r.positive(0x31, 0x01, 0x02, 0x11)
}

// update installs and confirms.
func (r *rig) update(p *firmware.Package) {
	r.t.Helper()
	if err := r.install(p); err != nil {
		r.t.Fatalf("%v\n%s", err, r.console)
	}
	r.awaitBoot()
	if err := r.confirm(); err != nil {
		r.t.Fatalf("%v\n%s", err, r.console)
	}
}
