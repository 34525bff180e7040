package dashboard_test

import (
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/signal"
	"otabench/ecu/ota"
	"otabench/ecu/ota/dashboard"
)

func TestWholeView(t *testing.T) {
	r := reader(t)
	v, changes := feed(r, join(
		segments(t, "title", "Update 1.1.0 für Ihr Fahrzeug"),
		segments(t, "text", "It is there."),
		segments(t, "version", "1.1.0"),
		segments(t, "purpose", "safety"),
		segments(t, "changes", "brakes sooner\nwarns earlier"),
		segments(t, "unavailable", "climate"),
		segments(t, "instructions", "park\nleave\n"),
		segments(t, "estimates", "90.5;600;1048576"),
		segments(t, "hints", "try again"),
		segments(t, "reference", "E-1234"),
		segments(t, "next", "1800000000"),
		status(t, ota.Paused, 7, 11, map[string]signal.Input{
			"Cause": signal.Text("low battery"), "Percent": signal.Raw(42), "Drivable": signal.Raw(1), "Attempt": signal.Raw(2),
			"Attempts": signal.Raw(3), "Advice": signal.Text("connect a charger"), "Choices": signal.Raw(1<<0 | 1<<1 | 1<<7),
		}),
	)...)
	expect(t, v, ota.View{
		State: ota.Paused, Cause: ota.LowBattery, Title: "Update 1.1.0 für Ihr Fahrzeug", Text: "It is there.", Percent: 42,
		Offer: &ota.Offer{
			Version: "1.1.0", Purpose: "safety", Changes: []string{"brakes sooner", "warns earlier"}, Size: 1 << 20,
			Download: 90*time.Second + 500*time.Millisecond, Installation: 10 * time.Minute, Unavailable: []string{"climate"},
			Instructions: []string{"park", "leave"},
		},
		Advice: []ota.Advice{ota.ConnectCharger}, Choices: []ota.Deed{ota.Download, ota.Later, ota.Dismiss}, Reference: "E-1234",
		Hints: []string{"try again"}, Attempt: 2, Attempts: 3, Next: time.Unix(1800000000, 0).UTC(), Drivable: true,
	})
	if changes != 1 {
		t.Errorf("the view changed %d times, want once, with the status", changes)
	}
}

func TestEveryValueOfTheLists(t *testing.T) {
	for i, s := range ota.States {
		v, _ := feed(reader(t), status(t, ota.Idle, 1, 0, map[string]signal.Input{"State": signal.Raw(i)}))
		expect(t, v, ota.View{State: s})
	}
	for i, c := range ota.Causes {
		v, _ := feed(reader(t), status(t, ota.Failed, 1, 0, map[string]signal.Input{"Cause": signal.Raw(i + 1)}))
		expect(t, v, ota.View{State: ota.Failed, Cause: c})
	}
	for i, a := range ota.Advices {
		v, _ := feed(reader(t), status(t, ota.Failed, 1, 0, map[string]signal.Input{"Advice": signal.Raw(i + 1)}))
		expect(t, v, ota.View{State: ota.Failed, Advice: []ota.Advice{a}})
	}
	for i, d := range ota.Deeds {
		v, _ := feed(reader(t), status(t, ota.Ready, 1, 0, map[string]signal.Input{"Choices": signal.Raw(1 << i)}))
		expect(t, v, ota.View{State: ota.Ready, Choices: []ota.Deed{d}})
	}
}

func TestUnknownValuesAreTold(t *testing.T) {
	v, _ := feed(reader(t), status(t, ota.Idle, 1, 0, map[string]signal.Input{
		"State": signal.Raw(200), "Cause": signal.Raw(99), "Advice": signal.Raw(255), "Percent": signal.Raw(127),
	}))
	expect(t, v, ota.View{
		State: "unknown value 200", Cause: "unknown value 99", Advice: []ota.Advice{"unknown value 255"}, Percent: 127,
	})
}

// A download tells its progress without a new revision, and its texts stay.
func TestProgress(t *testing.T) {
	r := reader(t)
	feed(r, join(segments(t, "title", "Downloading"), status(t, ota.Downloading, 3, 1, at(10)))...)
	for percent := 11; percent < 14; percent++ {
		v, changes := feed(r, status(t, ota.Downloading, 3, 1, at(percent)), status(t, ota.Downloading, 3, 1, at(percent)))
		expect(t, v, ota.View{State: ota.Downloading, Title: "Downloading", Percent: percent})
		if changes != 1 {
			t.Errorf("%d changes at %d %%, want one", changes, percent)
		}
	}
}

func TestNothingIsShownBeforeAStatus(t *testing.T) {
	frames := join(segments(t, "title", "Hello"), encode(t, "OTA_Control", map[string]signal.Input{"OffClimate": signal.Raw(1)}))
	if v, changes := feed(reader(t), frames...); changes != 0 || v.State != "" {
		t.Errorf("%d changes to %+v", changes, v)
	}
}

func TestFunctionsOff(t *testing.T) {
	r := reader(t)
	feed(r, status(t, ota.Installing, 1, 0))
	on := map[string]signal.Input{}
	for _, s := range msg(t, "OTA_Control").Signals {
		on[s.Name] = signal.Raw(1)
	}
	v, changes := feed(r, encode(t, "OTA_Control", on))
	expect(t, v, ota.View{State: ota.Installing, Off: []string{
		"infotainment", "climate", "comfort", "remote control", "hazard lights", "locks", "emergency call",
	}})
	if changes != 1 {
		t.Errorf("%d changes, want one: functions that go off are a change", changes)
	}
	if _, changes := feed(r, encode(t, "OTA_Control", on)); changes != 0 {
		t.Error("the same message again is a change")
	}
	v, changes = feed(r, encode(t, "OTA_Control", nil))
	expect(t, v, ota.View{State: ota.Installing})
	if changes != 1 {
		t.Errorf("%d changes, want one: functions that come back are a change", changes)
	}
}

func TestForeignAndShortFramesChangeNothing(t *testing.T) {
	r := reader(t)
	want, _ := feed(r, status(t, ota.Ready, 1, 0))
	short := status(t, ota.Failed, 2, 0)
	short.Len = 4
	remote := status(t, ota.Failed, 2, 0)
	remote.Flags |= can.Remote
	for name, f := range map[string]can.Frame{"short": short, "remote": remote, "foreign": can.New(0x123, 1, 2, 3)} {
		if v, changed := r.Take(f); changed || !same(v, want) {
			t.Errorf("a %s frame makes it %v, %+v", name, changed, v)
		}
	}
}

// maker is another vehicle's file: names, layouts and words of its own, and no texts at all.
const maker = `VERSION ""
BU_: CGW
BO_ 700 UPD_Info: 4 CGW
 SG_ Phase : 0|4@1+ (1,0) [0|15] "" Vector__XXX
 SG_ Progress : 8|16@1+ (0.1,0) [0|100] "%" Vector__XXX
BO_ 2147484349 UPD_Why: 2 CGW
 SG_ Reason : 0|8@1+ (1,0) [0|255] "" Vector__XXX
 SG_ ReadyToDrive : 8|1@1+ (1,0) [0|1] "" Vector__XXX
VAL_ 700 Phase 0 "NO_UPDATE" 1 "DL_ACTIVE" 2 "installing" ;
VAL_ 2147484349 Reason 0 "OK" 1 "HV_LOW" 2 "SNA" ;
`

func makersVehicle(t testing.TB) (*signal.Database, dashboard.Signals) {
	t.Helper()
	db, err := signal.ReadDBC("maker.dbc", strings.NewReader(maker))
	if err != nil {
		t.Fatal(err)
	}
	return db, dashboard.Signals{
		State: "UPD_Info.Phase", Percent: "UPD_Info.Progress", Cause: "UPD_Why.Reason", Drivable: "UPD_Why.ReadyToDrive",
		Words: map[string]string{
			"NO_UPDATE": "idle", "DL_ACTIVE": "downloading", "OK": "none", "HV_LOW": "low battery", "SNA": "none",
		},
	}
}

func TestAnotherVehicle(t *testing.T) {
	db, s := makersVehicle(t)
	r, err := dashboard.NewReader(db, s)
	if err != nil {
		t.Fatal(err)
	}
	why := can.New(0x2BD, 1, 1)
	why.Flags |= can.Extended
	if v, changed := r.Take(why); changed {
		t.Errorf("a view without a state is shown: %+v", v)
	}
	v, changes := feed(r, can.New(0x2BC, 1, 0xF9, 0x01, 0))
	expect(t, v, ota.View{State: ota.Downloading, Cause: ota.LowBattery, Percent: 50, Drivable: true})
	if changes != 1 {
		t.Errorf("%d changes, want one", changes)
	}
	why.Data[0], why.Data[1] = 2, 0
	v, _ = feed(r, can.New(0x2BC, 2, 0xE8, 0x03, 0), why)
	expect(t, v, ota.View{State: ota.Installing, Percent: 100})

	for _, f := range []can.Frame{why, can.New(0x2BC)} {
		if !matches(r.Filters(), f) {
			t.Errorf("no filter for %v", f)
		}
	}
	if matches(r.Filters(), can.New(0x2BD)) {
		t.Error("a filter for a frame that is none of the display's")
	}
}

func matches(filters []can.Filter, f can.Frame) bool {
	for _, flt := range filters {
		if flt.Match(f) {
			return true
		}
	}
	return false
}

func TestFiltersLetTheEmbeddedVehiclePass(t *testing.T) {
	for _, m := range dashboard.Vehicle().Messages {
		want := strings.HasPrefix(m.Name, "OTA_")
		if got := matches(reader(t).Filters(), can.New(m.ID)); got != want {
			t.Errorf("%s passes: %v, want %v", m.Name, got, want)
		}
	}
}

func TestPercentOfAFloat(t *testing.T) {
	db, err := signal.ReadDBC("float.dbc", strings.NewReader(`VERSION ""
BU_: A
BO_ 1 M: 5 A
 SG_ State : 0|8@1+ (1,0) [0|255] "" Vector__XXX
 SG_ Percent : 8|32@1- (1,0) [0|0] "" Vector__XXX
SIG_VALTYPE_ 1 Percent : 1;
`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := dashboard.NewReader(db, dashboard.Signals{State: "M.State", Percent: "M.Percent"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{
		"001#000000C842": 100, "001#000000C07F": 0, "001#000000807F": 999, "001#00000080FF": 0, "001#0000004040": 3,
	} {
		f, err := can.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if v, _ := r.Take(f); v.Percent != want {
			t.Errorf("%s is %d %%, want %d", text, v.Percent, want)
		}
	}
}

func TestNewReaderRefuses(t *testing.T) {
	db, s := makersVehicle(t)
	for name, c := range map[string]struct {
		change func(*dashboard.Signals)
		want   string
	}{
		"no state":        {func(s *dashboard.Signals) { s.State = "" }, "no signal for the state"},
		"unknown message": {func(s *dashboard.Signals) { s.State = "UPD.Phase" }, "UPD"},
		"unknown signal":  {func(s *dashboard.Signals) { s.Cause = "UPD_Why.Cause" }, "Cause"},
		"no signal":       {func(s *dashboard.Signals) { s.Percent = "UPD_Info" }, "MESSAGE.SIGNAL"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := s
			c.change(&changed)
			if _, err := dashboard.NewReader(db, changed); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}
