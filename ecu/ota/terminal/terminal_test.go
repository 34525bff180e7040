package terminal_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"otabench/ecu/console"
	"otabench/ecu/ota"
	"otabench/ecu/ota/terminal"
)

var (
	_ ota.Display      = (*terminal.Display)(nil)
	_ terminal.Console = (*console.Console)(nil)
)

// typist keeps what is typed, or refuses it.
type typist struct {
	lines []string
	err   error
}

func (k *typist) SendLine(_ context.Context, text string) error {
	if k.err == nil {
		k.lines = append(k.lines, text)
	}
	return k.err
}

func TestViewsByLines(t *testing.T) {
	d := terminal.Open(&typist{}, terminal.Config{})
	var shown []ota.View
	d.Watch(func(v ota.View) { shown = append(shown, v) })
	want := []ota.View{
		{State: ota.Idle, Drivable: true, Software: []ota.Running{{ECU: "bcm", Version: "1.0.0", RXSWIN: "R1"}}},
		{
			State: ota.Offered, Title: "Update\nfür Sie", Choices: []ota.Deed{ota.Download, ota.Later},
			Offer: &ota.Offer{Campaign: "c1", Version: "1.1.0", Size: 1 << 40, Download: time.Minute, Changes: []string{"a", "b"}},
		},
		{
			State: ota.Failed, Cause: ota.InstallError, Advice: []ota.Advice{ota.CallSupport}, Hints: []string{"wait"}, Attempt: 1,
			Attempts: 3, Next: time.Unix(1800000000, 0).UTC(), Off: []string{"climate"}, Reference: "E1", Done: 1, Total: 2, Percent: 50,
		},
	}
	for _, v := range want {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"boot: slot A", "ota: " + string(raw), "", "notaota: {}", " ota: {}", "OTA: {}"} {
			if err := d.Printed(line); err != nil {
				t.Errorf("%q: %v", line, err)
			}
		}
	}
	if !reflect.DeepEqual(shown, want) {
		t.Errorf("shown is\n%+v\nwant\n%+v", shown, want)
	}
}

// A line that looks like a view and is none is an error, and what was shown stays.
func TestHostileLines(t *testing.T) {
	d := terminal.Open(&typist{}, terminal.Config{})
	if err := d.Printed(`ota: {"state":"ready"}`); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"nothing":      "",
		"words":        "waiting for the network",
		"half":         `{"state":"offe`,
		"null":         "null",
		"a list":       `["idle"]`,
		"no state":     `{"percent":7}`,
		"state":        `{"state":7}`,
		"percent":      `{"state":"idle","percent":1e99}`,
		"two views":    `{"state":"idle"}{"state":"failed"}`,
		"no time":      `{"state":"paused","next":"soon"}`,
		"late":         `{"state":"paused","next":"10000-01-01T00:00:00Z"}`,
		"control":      "{\"state\":\"idle\x1b[2J\"}",
		"deep":         strings.Repeat("[", 20000),
		"long":         `{"state":"idle","text":"` + strings.Repeat("x", 1<<16) + `"}`,
		"long numbers": `{"state":"idle","percent":` + strings.Repeat("9", 60000) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			err := d.Printed("ota: " + raw)
			if err == nil || !strings.HasPrefix(err.Error(), "console: a line of the update master is no view: ") {
				t.Fatalf("error is %.300v", err)
			}
			if len(err.Error()) > 1200 || strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("the error has %d bytes: %.300q", len(err.Error()), err)
			}
			if v, _ := d.View(); v.State != ota.Ready {
				t.Errorf("it shows %v", v)
			}
		})
	}
}

// Bytes that are not UTF-8 do not get into a view.
func TestLineIsUTF8(t *testing.T) {
	d := terminal.Open(&typist{}, terminal.Config{})
	if err := d.Printed("ota: {\"state\":\"idle\",\"title\":\"\xFF!\"}\r"); err != nil {
		t.Fatal(err)
	}
	if v, _ := d.View(); v.Title != "\uFFFD!" {
		t.Errorf("title is %q", v.Title)
	}
}

func TestAct(t *testing.T) {
	at := time.Date(2026, 5, 1, 3, 0, 0, 0, time.FixedZone("CEST", 7200))
	for _, c := range []struct {
		command string
		a       ota.Action
		want    string
	}{
		{"", ota.Action{Do: ota.Download, User: "owner"}, "ota download owner"},
		{"", ota.Action{Do: ota.Later, User: "owner"}, "ota later owner"},
		{"", ota.Action{Do: ota.Install, User: "owner"}, "ota install owner"},
		{"", ota.Action{Do: ota.Schedule, User: "owner", At: at}, "ota schedule owner 2026-05-01T01:00:00Z"},
		{"", ota.Action{Do: ota.Confirm, User: "owner"}, "ota confirm owner"},
		{"", ota.Action{Do: ota.Decline, User: "owner"}, "ota decline owner"},
		{"", ota.Action{Do: ota.Retry, User: "owner"}, "ota retry owner"},
		{"", ota.Action{Do: ota.Dismiss, User: "owner"}, "ota dismiss owner"},
		{"touch --by={user} --do={deed} {deed}", ota.Action{Do: ota.Install, User: "x"}, "touch --by=x --do=install install"},
		{"{user}:{at}", ota.Action{Do: ota.Schedule, User: "{deed}", At: at}, "{deed}:2026-05-01T01:00:00Z"},
		{"yes", ota.Action{Do: ota.Confirm, User: "owner"}, "yes"},
	} {
		k := &typist{}
		if err := terminal.Open(k, terminal.Config{Command: c.command}).Act(t.Context(), c.a); err != nil {
			t.Errorf("%v: %v", c.a, err)
		}
		if !reflect.DeepEqual(k.lines, []string{c.want}) {
			t.Errorf("%v types %q, want %q", c.a, k.lines, c.want)
		}
	}
}

func TestActRefusesControlCharacters(t *testing.T) {
	for _, a := range []ota.Action{
		{Do: ota.Install, User: "owner\nreboot"}, {Do: ota.Install, User: "a\rb"}, {Do: "\x03", User: "owner"}, {Do: ota.Later, User: "\x1b"},
	} {
		k := &typist{}
		if err := terminal.Open(k, terminal.Config{}).Act(t.Context(), a); err == nil || len(k.lines) != 0 {
			t.Errorf("%q types %q, error %v", a, k.lines, err)
		}
	}
}

func TestActOnAConsoleThatHasEnded(t *testing.T) {
	d := terminal.Open(&typist{err: console.ErrClosed}, terminal.Config{})
	err := d.Act(t.Context(), ota.Action{Do: ota.Install, User: "owner"})
	if !errors.Is(err, console.ErrClosed) || !strings.Contains(err.Error(), "console: install by owner: ") {
		t.Errorf("error is %v", err)
	}
}

func TestConfig(t *testing.T) {
	d := terminal.Open(&typist{}, terminal.Config{Prefix: "[UPD] "})
	for _, line := range []string{`ota: {"state":"failed"}`, `[UPD] {"state":"ready"}`} {
		if err := d.Printed(line); err != nil {
			t.Error(err)
		}
	}
	if v, _ := d.View(); v.State != ota.Ready {
		t.Errorf("it shows %v", v)
	}
	if err := d.Close(); err != nil || d.String() != "console" {
		t.Errorf("%v, %v", d, err)
	}
}

func FuzzPrinted(f *testing.F) {
	for _, line := range []string{"", "ota: ", "ota: {}", `ota: {"state":"idle","offer":{"download_ns":5},"next":"2026-01-01T00:00:00Z"}`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		d := terminal.Open(&typist{}, terminal.Config{})
		err := d.Printed(line)
		v, shown := d.View()
		if shown && (err != nil || v.State == "") {
			t.Fatalf("it shows %v, error %v", v, err)
		}
		if _, err := json.Marshal(v); err != nil {
			t.Fatalf("nobody can record %+v: %v", v, err)
		}
		if len(v.String()) > 1000 {
			t.Fatalf("a line of %d bytes", len(v.String()))
		}
	})
}
