package backend_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench/backend"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// app is a user's telephone.
type app struct {
	t     *testing.T
	base  string
	token string
	http  *http.Client
}

// install gives a user an account and its telephone the app, which trusts the backend as the car does.
func (c *car) install(b *backend.Backend, dial dialer, user string, permissions ...string) *app {
	c.t.Helper()
	token, err := b.AddAccount(c.VIN, user, permissions...)
	must(c.t, err)
	return &app{c.t, c.Address + "/app/v1/vehicles/" + c.VIN, token, client(c.t, dial, c.trust())}
}

func (a *app) act(action any) (int, cloud.Command) {
	a.t.Helper()
	status, _, body := do(a.t, a.http, http.MethodPost, a.base+"/actions", action, "Authorization", "Bearer "+a.token)
	if status != http.StatusOK {
		return status, cloud.Command{}
	}
	return status, decode[cloud.Command](a.t, body)
}

func (a *app) seen(after string) cloud.Seen {
	a.t.Helper()
	status, _, body := do(a.t, a.http, http.MethodGet, a.base+"/view?after="+after, nil, "Authorization", "Bearer "+a.token)
	if status != http.StatusOK {
		a.t.Fatalf("status %d: %s", status, body)
	}
	return decode[cloud.Seen](a.t, body)
}

// commands are those after a number, and how long they took to come.
func (c *car) commands(after string) ([]cloud.Command, time.Duration) {
	c.t.Helper()
	begin := time.Now()
	status, _, body := c.get("/v1/vehicles/" + c.VIN + "/commands?after=" + after)
	if status != http.StatusOK {
		c.t.Fatalf("status %d: %s", status, body)
	}
	return decode[cloud.Commands](c.t, body).Commands, time.Since(begin)
}

func TestOnlyWhoMayUpdateActs(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	owner := c.install(b, dial, "owner", cloud.MayUpdate)
	child := c.install(b, dial, "child", "unlock")

	if status, command := owner.act(ota.Action{Do: ota.Download, User: "somebody"}); status != http.StatusOK || command.Seq != 1 || command.Action.User != "owner" {
		t.Errorf("owner: status %d, %+v", status, command)
	}
	if status, _ := child.act(ota.Action{Do: ota.Install, User: "owner"}); status != http.StatusForbidden {
		t.Errorf("child: status %d", status)
	}
	must(t, b.Permit(vin, "child", cloud.MayUpdate))
	must(t, b.Permit(vin, "owner"))
	if status, command := child.act(ota.Action{Do: ota.Install}); status != http.StatusOK || command.Seq != 2 {
		t.Errorf("child with permission: status %d, %+v", status, command)
	}
	if status, _ := owner.act(ota.Action{Do: ota.Dismiss}); status != http.StatusForbidden {
		t.Errorf("owner without permission: status %d", status)
	}

	type line struct {
		user, text string
		refused    bool
	}
	var got []line
	for _, e := range b.Audit() {
		if e.VIN != vin || e.At.IsZero() {
			t.Errorf("entry %+v lacks a time or the VIN", e)
		}
		got = append(got, line{e.User, e.Text, e.Refused})
	}
	want := []line{
		{"owner", "download by owner", false},
		{"child", "install by child", true},
		{"child", "install by child", false},
		{"owner", "dismiss by owner", true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("audit log is %v, want %v", got, want)
	}
	if commands, _ := c.commands("0"); len(commands) != 2 || commands[0].Action.User != "owner" || commands[1].Action.User != "child" {
		t.Errorf("the vehicle gets %+v", commands)
	}
}

func TestVehicleLearnsPermissions(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	c.install(b, dial, "child")
	users := "/v1/vehicles/" + vin + "/users/"
	if _, _, body := c.get(users + "child"); string(body) != `{"user":"child","permissions":[]}` {
		t.Errorf("child is %s", body)
	}
	must(t, b.Permit(vin, "child", cloud.MayUpdate))
	if _, _, body := c.get(users + "child"); string(body) != `{"user":"child","permissions":["update"]}` {
		t.Errorf("child is %s", body)
	}
	if status, _, _ := c.get(users + "nobody"); status != http.StatusNotFound {
		t.Errorf("nobody: status %d", status)
	}
	mention(t, b.Permit(vin, "nobody"), "nobody", "add it first")
}

func TestAppIsRefused(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c, other := provision(t, b, vin, dial), provision(t, b, vin2, dial)
	owner, stranger := c.install(b, dial, "owner", cloud.MayUpdate), other.install(b, dial, "stranger", cloud.MayUpdate)
	at := time.Now().Add(time.Hour)
	tests := []struct {
		name   string
		token  string
		action any
		status int
	}{
		{"no token", "", ota.Action{Do: ota.Install}, http.StatusUnauthorized},
		{"invented token", "x", ota.Action{Do: ota.Install}, http.StatusUnauthorized},
		{"token for another vehicle", stranger.token, ota.Action{Do: ota.Install}, http.StatusForbidden},
		{"unknown deed", owner.token, ota.Action{Do: "explode"}, http.StatusBadRequest},
		{"schedule without time", owner.token, ota.Action{Do: ota.Schedule}, http.StatusBadRequest},
		{"install with time", owner.token, ota.Action{Do: ota.Install, At: at}, http.StatusBadRequest},
		{"no JSON", owner.token, []byte("install"), http.StatusBadRequest},
		{"much too long", owner.token, ota.Action{Do: ota.Install, User: strings.Repeat("x", 5000)}, http.StatusBadRequest},
		{"schedule", owner.token, ota.Action{Do: ota.Schedule, At: at}, http.StatusOK},
	}
	for _, test := range tests {
		owner.token = test.token
		if status, _ := owner.act(test.action); status != test.status {
			t.Errorf("%s: status %d, want %d", test.name, status, test.status)
		}
	}
}

func TestVehicleIsWokenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, dial := startInMemory(t, backend.Options{})
		c := provision(t, b, vin, dial)
		owner := c.install(b, dial, "owner", cloud.MayUpdate)
		go func() {
			time.Sleep(7 * time.Second)
			owner.act(ota.Action{Do: ota.Download})
		}()
		if commands, took := c.commands("0"); len(commands) != 1 || took != 7*time.Second {
			t.Errorf("%+v after %v", commands, took)
		}
		if commands, took := c.commands("0"); len(commands) != 1 || took != 0 {
			t.Errorf("what has been there: %+v after %v", commands, took)
		}
		if commands, took := c.commands("1"); len(commands) != 0 || took != cloud.PollTime {
			t.Errorf("nothing new: %+v after %v", commands, took)
		}
		synctest.Wait()
	})
}

func TestAppSeesChangesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, dial := startInMemory(t, backend.Options{})
		c := provision(t, b, vin, dial)
		owner := c.install(b, dial, "owner")
		show := func(state ota.State) {
			if status := c.post(http.MethodPut, "/v1/vehicles/"+vin+"/view", ota.View{State: state}); status != http.StatusOK {
				t.Errorf("status %d", status)
			}
		}
		begin := time.Now()
		if seen := owner.seen("0"); seen.Seq != 0 || time.Since(begin) != cloud.PollTime {
			t.Errorf("%+v after %v", seen, time.Since(begin))
		}
		begin = time.Now()
		go func() {
			time.Sleep(3 * time.Second)
			show(ota.Offered)
		}()
		if seen := owner.seen("0"); seen.Seq != 1 || seen.View.State != ota.Offered || time.Since(begin) != 3*time.Second {
			t.Errorf("%+v after %v", seen, time.Since(begin))
		}
		synctest.Wait()
		begin = time.Now()
		show(ota.Offered) // the same again is no change
		if seen := owner.seen("1"); seen.Seq != 1 || time.Since(begin) != cloud.PollTime {
			t.Errorf("%+v after %v", seen, time.Since(begin))
		}
		show(ota.Ready)
		if seen := owner.seen("1"); seen.Seq != 2 || seen.View.State != ota.Ready {
			t.Errorf("%+v", seen)
		}
	})
}
