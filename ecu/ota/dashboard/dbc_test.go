package dashboard_test

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"otabench/can/signal"
	"otabench/ecu/ota"
	"otabench/ecu/ota/dashboard"
)

func TestVehicleIsReadWithoutWarnings(t *testing.T) {
	db, err := signal.ReadDBC("vehicle.dbc", bytes.NewReader(dashboard.DBC))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range db.Warnings {
		t.Error(w)
	}
	if len(dashboard.Vehicle().Messages) != len(db.Messages) || len(db.Messages) == 0 {
		t.Errorf("%d messages, and the file has %d", len(dashboard.Vehicle().Messages), len(db.Messages))
	}
}

func find(t testing.TB, message, name string) *signal.Signal {
	t.Helper()
	s, err := msg(t, message).Signal(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// words are the texts of a list in package ota.
func words[T ~string](all []T, before ...string) []string {
	for _, w := range all {
		before = append(before, string(w))
	}
	return before
}

// The lists of package ota and the value tables of the file say the same: a value that one of them lacks or has elsewhere
// would be shown as something else.
func TestValueTablesAreTheLists(t *testing.T) {
	for _, c := range []struct {
		message, signal string
		want            []string
	}{
		{"OTA_Status", "State", words(ota.States)},
		{"OTA_Status", "Cause", words(ota.Causes, "none")},
		{"OTA_Status", "Advice", words(ota.Advices, "none")},
		{"HMI_Action", "Deed", words(ota.Deeds, "none")},
	} {
		t.Run(c.signal, func(t *testing.T) {
			s := find(t, c.message, c.signal)
			if len(s.Labels) != len(c.want) {
				t.Errorf("the table has %d texts, the list %d", len(s.Labels), len(c.want))
			}
			for i, want := range c.want {
				if got := s.Text(uint64(i)); got != want {
					t.Errorf("%d is %q, want %q", i, got, want)
				}
			}
			if s.Min != 0 || int(s.Max) != len(c.want)-1 {
				t.Errorf("limits are %v to %v, want 0 to %d", s.Min, s.Max, len(c.want)-1)
			}
		})
	}
}

// Choices has a bit for each deed, and its comment names them in their order.
func TestChoicesAreTheDeeds(t *testing.T) {
	s := find(t, "OTA_Status", "Choices")
	if s.Length != len(ota.Deeds) {
		t.Errorf("Choices has %d bits for %d deeds", s.Length, len(ota.Deeds))
	}
	if want := strings.Join(words(ota.Deeds), ", "); !strings.HasSuffix(s.Comment, want) {
		t.Errorf("the comment is %q, want it to end with %q", s.Comment, want)
	}
}

func TestMessagesAreDocumented(t *testing.T) {
	db := dashboard.Vehicle()
	var nodes []string
	for _, n := range db.Nodes {
		nodes = append(nodes, n.Name)
	}
	for _, m := range db.Messages {
		if m.Comment == "" {
			t.Errorf("%s has no comment", m.Name)
		}
		if len(m.Senders) != 1 || !slices.Contains(nodes, m.Senders[0]) {
			t.Errorf("%s is sent by %q", m.Name, m.Senders)
		}
		for _, s := range m.Signals {
			if problem := undocumented(m, s); problem != "" {
				t.Errorf("%s.%s %s", m.Name, s.Name, problem)
			}
			if len(s.Receivers) == 0 || !slices.Contains(nodes, s.Receivers[0]) {
				t.Errorf("%s.%s is for %q", m.Name, s.Name, s.Receivers)
			}
		}
	}
}

// undocumented says what a reader of the file would not know of a signal.
func undocumented(m *signal.Message, s *signal.Signal) string {
	told := s.Comment != "" || s.Unit != "" || len(s.Labels) > 0 || strings.Contains(m.Comment, s.Name)
	switch {
	case strings.HasPrefix(s.Name, "Off") && strings.Contains(m.Comment, "begin with Off"):
		told = true
	case m.Name == "OTA_Text" && strings.HasPrefix(s.Name, "C"):
		told = strings.Contains(m.Comment, "bytes a frame")
	case s.Name == "Counter":
		told = true
	}
	if !told {
		return "has no comment, unit or value table, and its message does not speak of it"
	}
	if largest := (math.Exp2(float64(s.Length))-1)*s.Factor + s.Offset; s.Max <= s.Min || s.Max > largest {
		return "has limits that its bits do not"
	}
	return ""
}

// Kinds of texts are numbered without a gap, and each text in the file is one that a view has a place for.
func TestEveryTextHasAPlaceInTheView(t *testing.T) {
	for i, label := range find(t, "OTA_Text", "Text").Labels {
		if int(label.Raw) != i {
			t.Errorf("%q is %d, want %d", label.Text, label.Raw, i)
		}
		if label.Text == "none" {
			continue
		}
		r, sample := reader(t), "7"
		frames := segments(t, "version", "1.1.0") // without which there is no offer
		frames = append(frames, segments(t, label.Text, sample)...)
		count := 2
		if label.Text == "version" {
			count = 1
		}
		empty, _ := feed(r, join(segments(t, "version", "1.1.0"), status(t, "offered", 1, 1))...)
		v, _ := feed(r, join(frames, status(t, "offered", 2, count))...)
		if label.Text != "version" && same(v, empty) {
			t.Errorf("a view with %q %q is as one without: %+v", label.Text, sample, v)
		}
	}
}
