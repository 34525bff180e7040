package dashboard_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/signal"
	"otabench/can/virtual"
	"otabench/ecu/ota"
	"otabench/ecu/ota/dashboard"
)

// cockpit is a dashboard on a wire with an update master, in virtual time.
type cockpit struct {
	*testing.T
	wire   *virtual.Bus
	master *virtual.Node
	d      *dashboard.Display
	heard  []string // by the master
}

var profiles = map[string]int{"owner": 1, "driver": 0x1234, "nobody": 0x10000}

func inCockpit(t *testing.T, db *signal.Database, s dashboard.Signals, f func(t *testing.T, c *cockpit)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &cockpit{T: t, wire: virtual.NewBus("vehicle", virtual.Options{Bitrate: 500_000})}
		defer c.wire.Close()
		bus := c.wire.Attach("bench")
		c.master = c.wire.Attach("TCU")
		c.master.Tap(func(r can.Received) {
			if !r.Own {
				c.heard = append(c.heard, r.Frame.String())
			}
		})
		var err error
		if c.d, err = dashboard.Open(bus, db, s, profiles); err != nil {
			t.Fatal(err)
		}
		f(t, c)
		if err := c.d.Close(); err != nil {
			t.Error(err)
		}
	})
}

func (c *cockpit) send(frames ...can.Frame) {
	c.Helper()
	for _, f := range frames {
		if err := c.master.Send(c.Context(), f); err != nil {
			c.Fatal(err)
		}
	}
	synctest.Wait()
}

func embedded(t *testing.T, f func(t *testing.T, c *cockpit)) {
	t.Helper()
	inCockpit(t, dashboard.Vehicle(), dashboard.Signals{}, f)
}

func TestWatch(t *testing.T) {
	embedded(t, func(t *testing.T, c *cockpit) {
		var shown []string
		stop := c.d.Watch(func(v ota.View) { shown = append(shown, v.String()) })
		if _, ok := c.d.View(); ok {
			t.Error("a dashboard shows something before anything was sent")
		}
		c.send(can.New(0x3E0, 1, 2), status(t, ota.Idle, 1, 0))
		c.send(join(segments(t, "title", "Update"), status(t, ota.Offered, 2, 1), status(t, ota.Offered, 2, 1))...)
		stop()
		c.send(status(t, ota.Withdrawn, 3, 0))
		if want := []string{"idle", `offered "Update"`}; !slices.Equal(shown, want) {
			t.Errorf("shown is %q, want %q", shown, want)
		}
		if v, ok := c.d.View(); !ok || v.State != ota.Withdrawn {
			t.Errorf("it shows %v, %v", v, ok)
		}
	})
}

func TestAwait(t *testing.T) {
	embedded(t, func(t *testing.T, c *cockpit) {
		go func() {
			time.Sleep(3 * time.Second)
			_ = c.master.Send(t.Context(), status(t, ota.Ready, 1, 0))
		}()
		begin := time.Now()
		_, err := ota.Await(t.Context(), c.d, "that it is ready", func(v ota.View) bool { return v.State == ota.Ready })
		if took := time.Since(begin); err != nil || took < 3*time.Second || took > 3*time.Second+time.Millisecond {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// The bytes of touches. Byte 0 has the deed below the counter, bytes 1 and 2 the profile and 3 to 6 the time, low byte first.
func TestTouches(t *testing.T) {
	at := time.Unix(0x65432100, 999).In(time.FixedZone("CET", 3600))
	embedded(t, func(t *testing.T, c *cockpit) {
		for _, a := range []ota.Action{
			{Do: ota.Download, User: "owner"},
			{Do: ota.Later, User: "driver"},
			{Do: ota.Install, User: "owner"},
			{Do: ota.Schedule, User: "owner", At: at},
			{Do: ota.Confirm, User: "owner"},
			{Do: ota.Decline, User: "owner"},
			{Do: ota.Retry, User: "owner"},
			{Do: ota.Dismiss, User: "owner"},
		} {
			if err := c.d.Act(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		want := []string{
			"5B0#1101000000000000", "5B0#2234120000000000", "5B0#3301000000000000", "5B0#4401000021436500",
			"5B0#5501000000000000", "5B0#6601000000000000", "5B0#7701000000000000", "5B0#8801000000000000",
		}
		if !slices.Equal(c.heard, want) {
			t.Errorf("the master has heard\n%q\nwant\n%q", c.heard, want)
		}
	})
}

func TestCounterOfTouchesGoesRound(t *testing.T) {
	embedded(t, func(t *testing.T, c *cockpit) {
		for range 17 {
			if err := c.d.Act(t.Context(), ota.Action{Do: ota.Download, User: "owner"}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		for i, f := range c.heard {
			if want := fmt.Sprintf("5B0#%X1", (i+1)&0xF); !strings.HasPrefix(f, want) {
				t.Errorf("touch %d is %s, want %s...", i, f, want)
			}
		}
	})
}

func TestTouchesThatAreNotSent(t *testing.T) {
	embedded(t, func(t *testing.T, c *cockpit) {
		for name, x := range map[string]struct {
			a    ota.Action
			want string
		}{
			"stranger":        {ota.Action{Do: ota.Install, User: "guest"}, `install by guest: user "guest" has no profile`},
			"profile":         {ota.Action{Do: ota.Install, User: "nobody"}, "Profile"},
			"no deed":         {ota.Action{Do: "none", User: "owner"}, `"none" is nothing that a user can do`},
			"before 1970":     {ota.Action{Do: ota.Schedule, User: "owner", At: time.Unix(-1, 0)}, "At"},
			"after 32 bits":   {ota.Action{Do: ota.Schedule, User: "owner", At: time.Unix(1<<32, 0)}, "At"},
			"nothing at all":  {ota.Action{}, "want one of [download later"},
			"deed's contents": {ota.Action{Do: "download\x00", User: "owner"}, `"download\x00"`},
		} {
			err := c.d.Act(t.Context(), x.a)
			if err == nil || !strings.HasPrefix(err.Error(), "dashboard: ") || !strings.Contains(err.Error(), x.want) {
				t.Errorf("%s: error is %v, want one with %q", name, err, x.want)
			}
		}
		synctest.Wait()
		if len(c.heard) != 0 {
			t.Errorf("the master has heard %q", c.heard)
		}
	})
}

func TestTouchOnABusThatDoesNotTakeIt(t *testing.T) {
	embedded(t, func(t *testing.T, c *cockpit) {
		c.wire.Short(true)
		err := c.d.Act(t.Context(), ota.Action{Do: ota.Install, User: "owner"})
		if !errors.Is(err, can.ErrBusOff) || !strings.Contains(err.Error(), "install by owner: send on virtual:vehicle") {
			t.Errorf("error is %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.d.Act(ctx, ota.Action{Do: ota.Install, User: "owner"}); err == nil {
			t.Error("a touch is sent though nobody wants it any more")
		}
	})
}

// A master that restarts counts revisions anew; what was shown before it is of no use.
func TestForget(t *testing.T) {
	embedded(t, func(t *testing.T, c *cockpit) {
		c.send(join(segments(t, "title", "Old"), segments(t, "text", "half"), status(t, ota.Failed, 1, 2))...)
		c.send(encode(t, "OTA_Control", map[string]signal.Input{"OffClimate": signal.Raw(1)}))
		c.d.Forget()
		if v, ok := c.d.View(); ok {
			t.Errorf("it shows %v", v)
		}
		c.send(status(t, ota.Failed, 1, 2))
		v, _ := c.d.View()
		expect(t, v, ota.View{State: ota.Failed})
	})
}

func TestClosedDisplayShowsNothingNew(t *testing.T) {
	embedded(t, func(t *testing.T, c *cockpit) {
		c.send(status(t, ota.Idle, 1, 0))
		_ = c.d.Close()
		c.send(status(t, ota.Offered, 2, 0))
		if v, _ := c.d.View(); v.State != ota.Idle {
			t.Errorf("it shows %v", v)
		}
	})
}

// A watcher may stop itself on the receive path.
func TestWatcherOfADashboardStopsItself(t *testing.T) {
	embedded(t, func(t *testing.T, c *cockpit) {
		told := 0
		var stop func()
		stop = c.d.Watch(func(ota.View) {
			told++
			stop()
		})
		c.send(status(t, ota.Idle, 1, 0), status(t, ota.Offered, 2, 0))
		if told != 1 {
			t.Errorf("told %d times, want once", told)
		}
	})
}

// touchpad is the message of a touch in another vehicle.
const touchpad = `BO_ 1792 PAD_Event: 8 HU
 SG_ Counter : 0|4@1+ (1,0) [0|15] "" Vector__XXX
 SG_ Deed : 7|4@0+ (1,0) [0|15] "" Vector__XXX
 SG_ Profile : 8|4@1+ (1,0) [0|15] "" Vector__XXX
 SG_ At : 16|40@1+ (1,0) [0|0] "s" Vector__XXX
`

const touchWords = `VAL_ 1792 Deed 3 "START_DL" 4 "GO_ON_DL" 5 "BEGIN" 9 "later" ;
`

func TestAnotherVehiclesTouch(t *testing.T) {
	db, err := signal.ReadDBC("maker.dbc", strings.NewReader(strings.Replace(maker, "VAL_", touchpad+touchWords+"VAL_", 1)))
	if err != nil {
		t.Fatal(err)
	}
	_, s := makersVehicle(t)
	s.Action, s.Words = "PAD_Event", map[string]string{"START_DL": "download", "GO_ON_DL": "download", "BEGIN": "install"}
	inCockpit(t, db, s, func(t *testing.T, c *cockpit) {
		for _, d := range []ota.Deed{ota.Download, ota.Later, ota.Install} {
			if err := c.d.Act(t.Context(), ota.Action{Do: d, User: "owner"}); err != nil {
				t.Error(err)
			}
		}
		if err := c.d.Act(t.Context(), ota.Action{Do: ota.Confirm, User: "owner"}); !errors.Is(err, signal.ErrRange) {
			t.Errorf("error is %v: the vehicle has no word for it", err)
		}
		synctest.Wait()
		want := []string{"700#3101000000000000", "700#9201000000000000", "700#5301000000000000"}
		if !slices.Equal(c.heard, want) {
			t.Errorf("the master has heard %q, want %q", c.heard, want)
		}
	})
}

func TestVehicleWithoutTouches(t *testing.T) {
	db, s := makersVehicle(t)
	inCockpit(t, db, s, func(t *testing.T, c *cockpit) {
		err := c.d.Act(t.Context(), ota.Action{Do: ota.Install, User: "owner"})
		if err == nil || !strings.Contains(err.Error(), "no message for a touch") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	lacking := strings.Replace(maker, "VAL_", strings.Replace(touchpad, " Counter ", " Count ", 1)+"VAL_", 1)
	db, err := signal.ReadDBC("maker.dbc", strings.NewReader(lacking))
	if err != nil {
		t.Fatal(err)
	}
	wire := virtual.NewBus("vehicle", virtual.Options{})
	defer wire.Close()
	for name, change := range map[string]func(*dashboard.Signals){
		"state":          func(s *dashboard.Signals) { s.State = "UPD_Info.State" },
		"message":        func(s *dashboard.Signals) { s.Action = "PAD" },
		"touch's signal": func(s *dashboard.Signals) { s.Action = "PAD_Event" },
	} {
		_, s := makersVehicle(t)
		change(&s)
		if _, err := dashboard.Open(wire.Attach("bench"), db, s, nil); !errors.Is(err, signal.ErrUnknown) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}
