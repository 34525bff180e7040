package bench_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

func TestVehicleIsUpdated(t *testing.T) {
	onVehicle(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		v, o := b.Vehicle(), newOwner(b)
		ctx, cancel := context.WithTimeout(t.Context(), settling)
		defer cancel()
		r, err := v.Publish(both("next"))
		must(t, err)
		if r.Version != "1.1.0" || len(r.Members) != 2 || r.Members[0].ECU != "vcu" || r.Size != int64(len(r.Files[r.Members[0].Target])+len(r.Files[r.Members[1].Target])) {
			t.Errorf("release %+v", r.Campaign)
		}
		end, err := o.updates(ctx)
		must(t, err)
		must(t, o.settles(ctx, end))
		if end.State != ota.Succeeded || len(o.breaches) != 0 {
			t.Errorf("%v, %q", end, o.breaches)
		}
		tells(t, j, v.Config())
	})
}

// tells wants an update in the record as its user lived it.
func tells(t *testing.T, j *journal, c config.Vehicle) {
	t.Helper()
	var states, touched, reported []string
	for _, n := range said[record.Notice](j) {
		if n.Display == config.Dashboard && !n.Progress {
			states = append(states, n.State)
		}
	}
	for _, u := range said[record.UserAction](j) {
		touched = append(touched, u.User+" "+u.Action+" "+u.Error)
	}
	for _, b := range said[record.Backend](j) {
		reported = append(reported, b.Event)
	}
	for _, s := range []ota.State{ota.Offered, ota.Downloading, ota.Ready, ota.Confirming, ota.Installing, ota.Activating, ota.Succeeded} {
		if !slices.Contains(states, string(s)) {
			t.Errorf("the record has no notice of %q in %q", s, states)
		}
	}
	if want := []string{"owner download ", "owner install ", "owner confirm "}; !slices.Equal(touched, want) {
		t.Errorf("touched was %q, want %q", touched, want)
	}
	if len(reported) == 0 {
		t.Error("the record has nothing of the backend")
	}
	var traffic record.Traffic
	for _, n := range said[record.Traffic](j) {
		traffic.Down += n.Down
		traffic.Accepted += n.Accepted
	}
	if traffic.Down < 80_000 || traffic.Accepted == 0 {
		t.Errorf("the traffic is %+v", traffic)
	}
	if !slices.ContainsFunc(said[record.Device](j), func(d record.Device) bool {
		return d.Role == "update master" && d.Simulated && d.Serial == c.VIN
	}) {
		t.Error("the master is no device of the record")
	}
}

func TestVehicleSleepsAndWakes(t *testing.T) {
	onText(t, embedded.YAML, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		v := b.Vehicle()
		must(t, v.Sleep(t.Context())) // as it does already
		for name, do := range map[string]func() error{
			"speed": func() error { return v.SetSpeed(1) }, "gear": func() error { return v.SetGear("D") },
			"ignition": func() error { return v.SetIgnition("on") }, "doors": func() error { return v.OpenDoors(true) }, "park": v.Park,
			"drive": func() error { _, err := v.Drive(10); return err },
		} {
			if err := do(); err == nil || !strings.Contains(err.Error(), "sleeps") {
				t.Errorf("%s of a vehicle that sleeps: %v", name, err)
			}
		}
		for range 2 {
			must(t, v.Wake(t.Context()))
			must(t, v.Wake(t.Context())) // as it is already
			if _, ok := v.Displays()[0].View(); !ok {
				t.Error("it shows nothing")
			}
			must(t, v.Sleep(t.Context()))
			must(t, v.Rail().AwaitDead(t.Context()))
			if err := v.SetSpeed(1); err == nil {
				t.Error("it moves in its sleep")
			}
		}
		if v.Display(config.App) == nil || v.Display(config.Terminal) != nil || v.Owner() != "owner" || v.Guest() != "guest" {
			t.Errorf("displays %v, owner %q, guest %q", v.Displays(), v.Owner(), v.Guest())
		}
	})
}

func TestVehicleRestarts(t *testing.T) {
	onVehicle(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		v, dash := b.Vehicle(), b.Vehicle().Displays()[0]
		_, err := v.Publish(both("next"))
		must(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err = ota.Await(ctx, dash, "an offer", func(v ota.View) bool { return v.State == ota.Offered })
		must(t, err)
		must(t, v.Restart(ctx))
		view, ok := dash.View()
		if !ok || view.State != ota.Offered {
			t.Errorf("after a restart it shows %v", view)
		}
	})
}

// A vehicle without a user's account, permission or parking is not updated; what was tried stands in the record.
func TestVehicleRefuses(t *testing.T) {
	onVehicle(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		v := b.Vehicle()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := v.Act(ctx, v.Display(config.Dashboard), ota.Action{Do: ota.Download, User: "stranger"}); err == nil {
			t.Error("a stranger has a profile on the dashboard")
		}
		if err := v.Act(ctx, v.Display(config.App), ota.Action{Do: ota.Download, User: "guest"}); err == nil {
			t.Error("a guest may in the app")
		}
		all := said[record.UserAction](j)
		if len(all) != 2 || all[0].Error == "" || all[1].Error == "" || all[1].User != "guest" {
			t.Errorf("recorded is %+v", all)
		}
		if _, err := v.Publish(bench.Campaign{Packages: map[string]string{"ecm": "next"}}); err == nil || !strings.Contains(err.Error(), "behind the master are [vcu bcm]") {
			t.Errorf("a campaign for an ECU that is not there: %v", err)
		}
	})
}

func TestVehicleDrivesAndKnowsTheTime(t *testing.T) {
	onVehicle(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		v := b.Vehicle()
		if drives, err := v.Drive(50); !drives || err != nil {
			t.Errorf("drives %v, %v", drives, err)
		}
		v.SetTime(time.Hour)
		v.SetTime(time.Hour) // is told once
		v.HideTime()
		v.SetTime(0)
		var told []string
		for _, s := range said[record.Vehicle](j) {
			told = append(told, s.Signal+" "+s.Value)
		}
		for _, want := range []string{"ignition on", "gear D", "speed 50 km/h", "network time off by 1h0m0s", "network time unknown", "network time off by 0s", "state of charge 80 %"} {
			if n := len(slices.DeleteFunc(slices.Clone(told), func(s string) bool { return s != want })); n != 1 {
				t.Errorf("%q stands %d times in %q", want, n, told)
			}
		}
		if err := v.SetGear("sideways"); err == nil || !strings.Contains(err.Error(), "gear sideways") {
			t.Errorf("a gear that is none: %v", err)
		}
		must(t, v.Park())
	})
}

// The service console of a simulated master is a display as well.
func TestVehicleWithAConsole(t *testing.T) {
	console := func(f *config.File, o *bench.Options) {
		f.Vehicle.Master.Console = "virtual:tcu"
		f.Vehicle.Master.Displays = []string{config.Terminal}
	}
	onVehicle(t, console, func(t *testing.T, b *bench.Bench, _ *journal) {
		v, o := b.Vehicle(), newOwner(b)
		if len(v.Displays()) != 1 || v.Displays()[0].String() != config.Terminal {
			t.Fatalf("displays %v", v.Displays())
		}
		ctx, cancel := context.WithTimeout(t.Context(), settling)
		defer cancel()
		_, err := v.Publish(both("next"))
		must(t, err)
		end, err := o.updates(ctx)
		must(t, err)
		if end.State != ota.Succeeded || len(end.Software) != 2 || len(o.breaches) != 0 {
			t.Errorf("%v, %q", end, o.breaches)
		}
	})
}

func TestNoVehicle(t *testing.T) {
	onText(t, embedded.YAML, func(f *config.File, _ *bench.Options) { f.Vehicle = nil }, func(t *testing.T, b *bench.Bench, _ *journal) {
		if b.Vehicle() != nil {
			t.Error("there is one")
		}
	})
}

func TestVehicleDoesNotOpen(t *testing.T) {
	for want, change := range map[string]func(*config.Vehicle){
		"vehicle.dbc":           func(v *config.Vehicle) { v.DBC = "missing.dbc" },
		"vehicle.world.speed":   func(v *config.Vehicle) { v.World.Speed = "ESP_Motion.Sped" },
		"want MESSAGE.SIGNAL":   func(v *config.Vehicle) { v.World.Gear = "Gear" },
		`"X.Y" is no signal of`: func(v *config.Vehicle) { v.World.Inhibit = "X.Y" },
	} {
		synctest.Test(t, func(t *testing.T) {
			_, _, err := openText(t, embedded.YAML, func(f *config.File, _ *bench.Options) { change(f.Vehicle) })
			if wrong := (*config.Error)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		})
	}
}

// A real master knows nothing but its folder, and comes through the link.
func TestARealVehicleConnects(t *testing.T) {
	dir := t.TempDir()
	hardware := func(f *config.File, o *bench.Options) {
		f.Simulation.Master = nil
		f.Vehicle.Master.Displays = []string{config.App}
		f.Vehicle.Master.Boot = time.Minute
		f.Vehicle.Backend = config.Backend{Address: "tcp:127.0.0.1:0", Credentials: "credentials"}
		o.Dir = dir
	}
	b, _, err := openText(t, embedded.YAML, hardware)
	must(t, err)
	defer func() { must(t, b.Close(t.Context(), "the test is over")) }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- tcu(running, filepath.Join(dir, "credentials")) }()
	v := b.Vehicle()
	err = v.Wake(ctx)
	stop()
	must(t, errors.Join(err, <-ended))
	if view, ok := v.Displays()[0].View(); !ok || view.Title != "Hello" {
		t.Errorf("the app shows %v", view)
	}
	if n := v.Link.Count(); n.Accepted == 0 || n.Up == 0 || n.Down == 0 {
		t.Errorf("%+v passed the link", n)
	}
	must(t, v.Sleep(ctx))
}

// tcu is a real master that shows views until ctx ends, once it believes its backend.
func tcu(ctx context.Context, dir string) error {
	for ctx.Err() == nil { // until the bench has written all of it
		if raw, err := os.ReadFile(filepath.Join(dir, "endpoint")); err == nil && strings.HasSuffix(string(raw), "\n") {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	cred, endpoint, err := cloud.Load(dir)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, endpoint)
		},
		TLSClientConfig: &tls.Config{RootCAs: cred.Authorities, Certificates: []tls.Certificate{cred.Certificate}},
	}}
	defer client.CloseIdleConnections()
	set, err := trustedmetadata.New(cred.DirectorRoot)
	if err != nil {
		return err
	}
	raw, err := ask(ctx, client, http.MethodGet, cred.Address+"/v1/vehicles/"+cred.VIN+"/director/timestamp.json", "")
	if err != nil {
		return err
	}
	if _, err := set.UpdateTimestamp(raw); err != nil {
		return err
	}
	for i := 0; ctx.Err() == nil; i++ {
		view, err := json.Marshal(ota.View{State: ota.Idle, Title: "Hello", Text: strconv.Itoa(i)})
		if err != nil {
			return err
		}
		if _, err := ask(ctx, client, http.MethodPut, cred.Address+"/v1/vehicles/"+cred.VIN+"/view", string(view)); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return nil
}

func ask(ctx context.Context, c *http.Client, method, address, body string) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r, err := c.Do(q)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode/100 != 2 {
		err = errors.New(method + " " + address + ": " + r.Status + ": " + string(raw))
	}
	return raw, err
}
