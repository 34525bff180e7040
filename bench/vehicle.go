package bench

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"otabench/bench/backend"
	"otabench/bench/config"
	"otabench/bench/link"
	"otabench/bench/record"
	"otabench/bench/traffic"
	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/console"
	"otabench/ecu/ota"
	"otabench/ecu/ota/app"
	"otabench/ecu/ota/cloud"
	"otabench/ecu/ota/dashboard"
	"otabench/ecu/ota/terminal"
)

// Vehicle is a vehicle with its update master, seen from outside: what its user sees and does, and the world around it that
// the bench plays. It sleeps, with the master off and nothing sent, until [Vehicle.Wake].
type Vehicle struct {
	// Backend is the maker's, and Link the connection of the vehicle to it.
	Backend *backend.Backend
	Link    *link.Link

	bench    *Bench
	config   config.Vehicle
	db       *signal.Database
	bus      can.Bus
	rail     *Rail
	displays []ota.Display
	tokens   map[string]string
	world    *world
	offers   int // that were made
	awake    bool

	upstream atomic.Pointer[link.Listener] // what is at the other end of the link

	mu      sync.Mutex
	asking  int        // how many talk to the ECUs behind the master
	counted link.Count // that stands in the record
}

// openVehicle finds out what the bench file says of the vehicle. What is needed only once it wakes is built then.
func (b *Bench) openVehicle(context.Context) error {
	if b.file.Vehicle == nil {
		return nil
	}
	db, names, err := resolveVehicle(b.file, b.opts.Dir)
	if err != nil {
		return err
	}
	v := &Vehicle{
		bench: b, config: *b.file.Vehicle, bus: b.buses[b.file.Vehicle.Bus], rail: b.rails[b.file.Vehicle.Master.Rail],
		tokens: map[string]string{}, db: db,
	}
	v.world = newWorld(v, names)
	b.vehicle = v
	return nil
}

// CheckVehicle finds what is wrong between the vehicle of a bench file and its DBC file, whose path goes from dir. Nothing is
// opened. Errors are the bench file's.
func CheckVehicle(f *config.File, dir string) error {
	if f.Vehicle == nil {
		return nil
	}
	_, _, err := resolveVehicle(f, dir)
	return err
}

// resolveVehicle reads the vehicle's DBC file and finds the signals of its world and its dashboard there.
func resolveVehicle(f *config.File, dir string) (*signal.Database, worldNames, error) {
	db, err := vehicleDatabase(f, dir)
	if err != nil {
		return nil, nil, err
	}
	if _, err := dashboard.NewReader(db, f.Vehicle.Dashboard); err != nil && slices.Contains(f.Vehicle.Master.Displays, config.Dashboard) {
		return nil, nil, f.Wrong("vehicle.dashboard", "%v", err)
	}
	names, err := findWorld(f, db)
	return db, names, err
}

func vehicleDatabase(f *config.File, dir string) (*signal.Database, error) {
	if f.Vehicle.DBC == "" {
		return dashboard.Vehicle(), nil
	}
	return traffic.Read(f, "vehicle.dbc", f.Vehicle.DBC, dir)
}

// Vehicle returns the vehicle, nil if the bench file has none.
func (b *Bench) Vehicle() *Vehicle { return b.vehicle }

// Config returns what the bench file says of it.
func (v *Vehicle) Config() config.Vehicle { return v.config }

// Rail returns the supply line of the update master.
func (v *Vehicle) Rail() *Rail { return v.rail }

// Displays are what the user has, in the order of the bench file.
func (v *Vehicle) Displays() []ota.Display { return v.displays }

// Display returns one of them, nil if the user does not have it.
func (v *Vehicle) Display(name string) ota.Display {
	for _, d := range v.displays {
		if d.String() == name {
			return d
		}
	}
	return nil
}

// build makes what is needed only once the vehicle wakes: keys of a backend take their time.
func (v *Vehicle) build() error {
	if v.Backend != nil {
		return nil
	}
	var err error
	if v.Backend, err = backend.New(backend.Options{Observe: v.backendSaid}); err != nil {
		return err
	}
	cred, err := v.Backend.Provision(v.config.VIN)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(v.config.Users)) {
		if v.tokens[name], err = v.Backend.AddAccount(v.config.VIN, name, v.config.Users[name].Permissions...); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	front := v.serve(ctx, &serving, v.Backend)
	v.upstream.Store(front)
	v.Link = link.New(link.Options{Upstream: v.dial, Observe: v.linkChanged, Seed: v.seed()})
	v.bench.onClose(func() error {
		err := v.Link.Close()
		cancel()
		serving.Wait()
		return err
	})
	if err := v.connect(ctx, &serving, cred); err != nil {
		return err
	}
	return v.openDisplays(cred, front.Dial)
}

// serve lets a backend serve in memory.
func (v *Vehicle) serve(ctx context.Context, serving *sync.WaitGroup, b *backend.Backend) *link.Listener {
	front := link.NewListener("backend")
	serving.Go(func() {
		if err := b.Serve(ctx, front); err != nil {
			v.bench.Fault("backend", err)
		}
	})
	return front
}

// dial connects the link to the backend, or to whoever stands in its place.
func (v *Vehicle) dial(ctx context.Context) (net.Conn, error) { return v.upstream.Load().Dial(ctx) }

func (v *Vehicle) seed() uint64 {
	if s := v.bench.file.Simulation; s != nil {
		return s.Seed
	}
	return uint64(v.bench.opts.Record.Started().UnixNano())
}

// connect lets the vehicle reach the backend through the link.
func (v *Vehicle) connect(ctx context.Context, serving *sync.WaitGroup, cred cloud.Credentials) error {
	v.bench.opts.Record.Add(record.Device{
		Role: "update master", Class: "ecu", Address: v.config.Backend.Address, Serial: v.config.VIN,
		Simulated: v.bench.file.SimulatedMaster() != nil,
	})
	if v.bench.file.SimulatedMaster() != nil {
		return v.bench.embedded.StartMaster(v.bench.file, cred, v.Link.Dial)
	}
	l, err := net.Listen("tcp", strings.TrimPrefix(v.config.Backend.Address, "tcp:"))
	if err != nil {
		return v.bench.file.Wrong("vehicle.backend.address", "%v", err)
	}
	if dir := v.config.Backend.Credentials; dir != "" {
		if err := cred.Save(v.bench.path(dir), l.Addr().String()); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	serving.Go(func() {
		if err := v.Link.Serve(ctx, l); err != nil && ctx.Err() == nil {
			v.bench.Fault("link", err)
		}
	})
	return nil
}

// path is a path of the bench file.
func (b *Bench) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(b.opts.Dir, p)
}

// openDisplays opens what the user has. The app does not go through the vehicle's link.
func (v *Vehicle) openDisplays(cred cloud.Credentials, dial func(context.Context) (net.Conn, error)) error {
	for _, name := range v.config.Master.Displays {
		var d ota.Display
		var err error
		switch name {
		case config.Dashboard:
			d, err = v.openDashboard()
		case config.App:
			client := &http.Client{Transport: &http.Transport{
				DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
				TLSClientConfig: &tls.Config{RootCAs: cred.Authorities, MinVersion: tls.VersionTLS13},
			}}
			v.bench.onClose(func() error { client.CloseIdleConnections(); return nil })
			d = app.Open(client, cred.Address, v.config.VIN, v.Owner(), func(user string) string { return v.tokens[user] })
		case config.Terminal:
			d, err = v.openTerminal()
		}
		if err != nil {
			return err
		}
		v.bench.onClose(d.Close)
		d.Watch(v.notices(d, len(v.displays) == 0))
		v.displays = append(v.displays, d)
	}
	return nil
}

func (v *Vehicle) openDashboard() (ota.Display, error) {
	profiles := map[string]int{}
	for name, u := range v.config.Users {
		if u.Profile != 0 {
			profiles[name] = u.Profile
		}
	}
	d, err := dashboard.Open(v.bus, v.db, v.config.Dashboard, profiles)
	if err != nil {
		return nil, v.bench.file.Wrong("vehicle.dashboard", "%v", err)
	}
	return d, nil
}

func (v *Vehicle) openTerminal() (ota.Display, error) {
	rw, err := v.bench.dialConsole(v.config.Master.Console)
	if err != nil {
		return nil, err
	}
	cfg := terminal.Config{}
	if v.config.Master.Terminal != nil {
		cfg = *v.config.Master.Terminal
	}
	var t *terminal.Display
	opened := make(chan struct{})
	c := console.New("update master", rw, console.Options{Observe: func(line console.Line) {
		<-opened
		if err := t.Printed(line.Text); err != nil {
			v.bench.Deviation("update master", err)
		}
	}})
	t = terminal.Open(c, cfg)
	close(opened)
	v.bench.onClose(c.Close)
	return t, nil
}

// Owner is the first user who may decide on updates, and Guest the first who may not; empty if there is none.
func (v *Vehicle) Owner() string { return v.user(true) }

// Guest is the first user who may not decide on updates; empty if there is none.
func (v *Vehicle) Guest() string { return v.user(false) }

func (v *Vehicle) user(may bool) string {
	for _, name := range slices.Sorted(maps.Keys(v.config.Users)) {
		if v.config.Users[name].MayUpdate() == may {
			return name
		}
	}
	return ""
}

// Wake powers the vehicle, sends what the other ECUs send, and waits until the dashboard shows something. One that is awake
// stays so.
func (v *Vehicle) Wake(ctx context.Context) error {
	if v.awake {
		return v.power(ctx)
	}
	if err := v.build(); err != nil {
		return fmt.Errorf("vehicle: %w", err)
	}
	if err := v.world.start(); err != nil {
		return err
	}
	v.awake = true
	v.ask(0)
	if err := v.power(ctx); err != nil {
		return err
	}
	return v.start(ctx)
}

// power switches the rails of the ECUs behind the master on, as far as they are not at their nominal voltage.
func (v *Vehicle) power(ctx context.Context) error {
	for _, role := range v.config.Behind {
		if err := v.bench.ECU(role).rail.On(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Ask lets the bench talk to the ECUs behind the master, which should not do so meanwhile, until it is done. Several may ask
// at once.
func (v *Vehicle) Ask() (done func()) {
	v.ask(1)
	return func() { v.ask(-1) }
}

func (v *Vehicle) ask(more int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asking += more
	for _, role := range v.config.Behind {
		yields := v.awake && v.asking == 0
		if v.bench.ECU(role).tester.yield(yields) {
			v.bench.opts.Record.Add(record.Tester{ECU: role, Withheld: yields})
		}
	}
}

// start powers the master and waits for its first view.
func (v *Vehicle) start(ctx context.Context) error {
	d := v.displays[0]
	d.Forget()
	if err := v.rail.On(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, v.config.Master.Boot)
	defer cancel()
	_, err := ota.Await(ctx, d, "a first view", func(ota.View) bool { return true })
	return err
}

// Restart takes the power of the update master away, and of what else is on its rail, and gives it back.
func (v *Vehicle) Restart(ctx context.Context) error {
	if err := v.rail.Off(ctx); err != nil {
		return err
	}
	if err := v.rail.AwaitDead(ctx); err != nil {
		return err
	}
	return v.start(ctx)
}

// Sleep takes the master's power away and sends nothing more.
func (v *Vehicle) Sleep(ctx context.Context) error {
	if !v.awake {
		return nil
	}
	v.awake = false
	v.countTraffic()
	v.world.stop()
	v.ask(0)
	return v.rail.Off(ctx)
}

// Act has a user do something on a display.
func (v *Vehicle) Act(ctx context.Context, d ota.Display, a ota.Action) error {
	err := d.Act(ctx, a)
	u := record.UserAction{Display: d.String(), User: a.User, Action: string(a.Do)}
	if !a.At.IsZero() {
		u.Action += " at " + a.At.UTC().Format(time.DateTime)
	}
	if err != nil {
		u.Error = err.Error()
	}
	v.bench.opts.Record.Add(u)
	return err
}

// notices puts what a display shows into the record, and with each news of the first one what passed the link.
func (v *Vehicle) notices(d ota.Display, first bool) func(ota.View) {
	var before ota.View
	return func(view ota.View) {
		n := noticeOf(d, view)
		n.Progress = before.State == view.State && before.Title == view.Title && before.Text == view.Text && before.Cause == view.Cause
		if first && !n.Progress {
			v.countTraffic()
		}
		if before.State != "" && n.Progress && before.Percent == view.Percent && slices.Equal(before.Choices, view.Choices) &&
			before.Drivable == view.Drivable && slices.Equal(before.Off, view.Off) {
			return // nothing that a user would see
		}
		before = view
		v.bench.opts.Record.Add(n)
	}
}

func noticeOf(d ota.Display, v ota.View) record.Notice {
	n := record.Notice{
		Display: d.String(), State: string(v.State), Cause: string(v.Cause), Title: v.Title, Text: v.Text, Percent: v.Percent,
		Hints: v.Hints, Reference: v.Reference, Next: v.Next, Off: v.Off, Drivable: v.Drivable,
	}
	for _, a := range v.Advice {
		n.Advice = append(n.Advice, string(a))
	}
	for _, c := range v.Choices {
		n.Choices = append(n.Choices, string(c))
	}
	if o := v.Offer; o != nil {
		n.Version = o.Version
		n.Details = append(n.Details, o.Purpose)
		n.Details = append(n.Details, o.Changes...)
		n.Details = append(n.Details, fmt.Sprintf("download %v, installation %v, %d bytes", o.Download, o.Installation, o.Size))
		if len(o.Unavailable) > 0 {
			n.Details = append(n.Details, "not available meanwhile: "+strings.Join(o.Unavailable, ", "))
		}
		n.Details = append(n.Details, o.Instructions...)
	}
	return n
}

// countTraffic puts into the record what passed the link since the last count.
func (v *Vehicle) countTraffic() {
	now := v.Link.Count()
	v.mu.Lock()
	last := v.counted
	v.counted = now
	v.mu.Unlock()
	t := record.Traffic{Up: now.Up - last.Up, Down: now.Down - last.Down, Dials: now.Dials - last.Dials, Accepted: now.Accepted - last.Accepted}
	if t != (record.Traffic{}) {
		v.bench.opts.Record.Add(t)
	}
}

func (v *Vehicle) linkChanged(e link.Event) {
	switch e.Kind {
	case link.Shaped, link.Reset, link.Stopped:
		v.bench.opts.Record.Add(record.Link{Profile: e.Profile.Name, Detail: strings.TrimSpace(string(e.Kind) + ": " + e.Detail)})
	}
}

func (v *Vehicle) backendSaid(e backend.Event) {
	if e.Kind == backend.Requested {
		return
	}
	v.bench.opts.Record.Add(record.Backend{Event: string(e.Kind), Text: e.Text})
}

// errAsleep means that the vehicle was not woken.
var errAsleep = errors.New("the vehicle sleeps")
