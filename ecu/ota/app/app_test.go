package app_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/app"
)

// open serves m over TCP and opens the app of its owner. Closed at the end.
func open(t *testing.T, m http.Handler) *app.Display {
	t.Helper()
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	d := app.Open(s.Client(), s.URL+"/", vin, "owner", token)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func inTime(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func await(t *testing.T, d ota.Display, s ota.State) ota.View {
	t.Helper()
	v, err := ota.Await(inTime(t), d, string(s), func(v ota.View) bool { return v.State == s })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestViewsInOrder(t *testing.T) {
	m := newMaker()
	d := open(t, m)
	shown := make(chan ota.View, 100)
	defer d.Watch(func(v ota.View) { shown <- v })()
	for i, s := range ota.States {
		want := ota.View{State: s, Percent: i, Advice: []ota.Advice{ota.ParkVehicle}, Next: time.Unix(1e9, 0).UTC()}
		m.put(want)
		select {
		case got := <-shown:
			if !reflect.DeepEqual(got, want) {
				t.Errorf("view %d is %+v, want %+v", i, got, want)
			}
		case <-inTime(t).Done():
			t.Fatalf("view %d, %s, is not shown", i, s)
		}
	}
	if asked := m.questions(); asked[0] != 0 || asked[1] != 1 || asked[len(ota.States)-1] != len(ota.States)-1 {
		t.Errorf("the app asked for what comes after %v", asked)
	}
}

func TestAct(t *testing.T) {
	m := newMaker()
	d := open(t, m)
	want := ota.Action{Do: ota.Schedule, User: "owner", At: time.Date(2026, 5, 1, 3, 0, 0, 0, time.UTC)}
	if err := d.Act(inTime(t), want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m.taps, []ota.Action{want}) {
		t.Errorf("the backend has %v, want %v", m.taps, want)
	}
}

func TestActIsRefused(t *testing.T) {
	m := newMaker()
	d := open(t, m)
	for _, user := range []string{"driver", "stranger"} {
		err := d.Act(inTime(t), ota.Action{Do: ota.Install, User: user})
		var refused *app.RefusedError
		if !errors.As(err, &refused) || refused.Status != http.StatusForbidden || !strings.Contains(refused.Text, user) {
			t.Errorf("error is %v, want a refusal with status 403", err)
			continue
		}
		for _, part := range []string{"app: install by " + user, "403 Forbidden", "has no permission"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q lacks %q", err, part)
			}
		}
	}
	if len(m.taps) != 0 {
		t.Errorf("the backend has taken %v", m.taps)
	}
}

func TestRefusalIsBounded(t *testing.T) {
	d := open(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte(strings.Repeat("\x1b[2J", 1<<18)))
	}))
	var refused *app.RefusedError
	if err := d.Act(inTime(t), ota.Action{Do: ota.Retry, User: "owner"}); !errors.As(err, &refused) || len(refused.Text) != 200 {
		t.Fatalf("error is %.300v", err)
	}
	if strings.Contains(refused.Error(), "\x1b") {
		t.Errorf("%q has control characters", refused.Error())
	}
}

func TestActEndsWithItsContext(t *testing.T) {
	asked := make(chan struct{}, 1)
	d := open(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body) // a server sees that its client has gone once the request is read
			asked <- struct{}{}
		}
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithCancel(inTime(t))
	go func() {
		<-asked
		cancel()
	}()
	if err := d.Act(ctx, ota.Action{Do: ota.Install, User: "owner"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// Close does not wait for the request that the backend keeps.
func TestCloseEndsAtOnce(t *testing.T) {
	m := newMaker()
	d := open(t, m)
	m.put(ota.View{State: ota.Idle})
	await(t, d, ota.Idle)
	for range 2 { // the second time there is nothing to end
		begin := time.Now()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("Close took %v", took)
		}
	}
	m.put(ota.View{State: ota.Offered})
	if v, _ := d.View(); v.State != ota.Idle {
		t.Errorf("a closed app shows %v", v)
	}
}

func TestName(t *testing.T) {
	if name := open(t, newMaker()).String(); name != "app" {
		t.Errorf("name is %q", name)
	}
}
