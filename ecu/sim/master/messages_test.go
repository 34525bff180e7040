package master

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

var update = flag.Bool("update", false, "write the golden files anew")

// offered is an update of the whole vehicle.
func offered() *cloud.Campaign {
	return &cloud.Campaign{
		Offer: ota.Offer{
			Campaign: "20000101-1", Version: "1.1.0", Purpose: "Better brakes", Changes: []string{"Shorter distances"}, Size: 4096,
			Download: 40 * time.Second, Installation: 2 * time.Minute, Unavailable: []string{"Climate"}, Instructions: []string{"Park"},
		},
		Members: []cloud.Member{
			{ECU: "vcu", Target: "vcu.ota", Version: "1.1.0", Hardware: "VCU-1"}, {ECU: "bcm", Target: "bcm.ota", Version: "1.1.0", Hardware: "BCM-1"},
		},
	}
}

// The golden file has what a user is shown in each state and for each cause.
func TestMessages(t *testing.T) {
	var text strings.Builder
	synctest.Test(t, func(t *testing.T) {
		for _, s := range ota.States {
			for _, c := range append([]ota.Cause{""}, ota.Causes...) {
				shown(t, &text, s, c, nil)
			}
		}
		for _, s := range []ota.State{ota.Idle, ota.Withdrawn, ota.Failed} {
			shown(t, &text, s, "", func(l *life) { l.rec.Mixed, l.off = true, true })
		}
		shown(t, &text, ota.Failed, ota.InstallError, func(l *life) { l.rec.Next = began.Add(time.Hour) })
		shown(t, &text, ota.Failed, ota.InstallError, func(l *life) { l.rec.Next, l.rec.Mixed, l.off = began.Add(time.Hour), true, true })
		shown(t, &text, ota.Ready, "", func(l *life) { l.notice = ota.NotParked })
		shown(t, &text, ota.Paused, ota.LowBattery, func(l *life) { l.rec.Resume = ota.Installing })
		shown(t, &text, ota.Installing, "", func(l *life) { l.off, l.percent = true, 37 })
	})
	golden := filepath.Join("testdata", "messages.golden")
	if *update {
		must(t, os.WriteFile(golden, []byte(text.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if text.String() != string(want) {
		t.Errorf("the messages are not those of %s; see -update. They are\n%s", golden, text.String())
	}
}

// shown writes what is shown, and looks whether the dashboard can show it.
func shown(t *testing.T, text *strings.Builder, s ota.State, c ota.Cause, change func(*life)) {
	t.Helper()
	l := newLife(t, nil)
	l.rec = record{
		State: s, Cause: c, Resume: ota.Downloading, Campaign: offered(), At: began.Add(24 * time.Hour), Attempt: 1, Reference: "OTA-000001-20000101-1-1",
		Targets: []target{{"vcu.ota", 2048, ""}, {"bcm.ota", 2048, ""}},
	}
	must(t, l.storage.add("vcu.ota", make([]byte, 2048)))
	l.count()
	if change != nil {
		change(l)
	}
	v := l.compose()
	fmt.Fprintf(text, "%s (%s): %s | %s\n", s, v.Cause, v.Title, v.Text)
	fmt.Fprintf(text, "\t%d %%, %d of %d bytes, drivable %v, off %q\n", v.Percent, v.Done, v.Total, v.Drivable, v.Off)
	fmt.Fprintf(text, "\tadvice %q, choices %q, next %v, reference %q, %d hints\n", v.Advice, v.Choices, v.Next, v.Reference, len(v.Hints))
	if v.Title == "" || c != "" && v.Text == "" {
		t.Errorf("%s (%s) says %q, %q", s, c, v.Title, v.Text)
	}
	_ = l.screen.status(v, 1) // panics if the dashboard cannot show it
	_ = textFrames(v)
}

func TestMinutes(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 s", 40 * time.Second: "40 s", time.Minute: "1 min", 150 * time.Second: "2 min", time.Hour: "60 min"} {
		if got := minutes(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
