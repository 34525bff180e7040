package traffic_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"otabench/bench/config"
	"otabench/bench/traffic"
)

// onBody is a bench file with a rest bus.
func onBody(r *config.RestBus) *config.File {
	return &config.File{Buses: map[string]config.Bus{"body": {DBC: "body.dbc", RestBus: r}}}
}

func TestEntries(t *testing.T) {
	file := onBody(&config.RestBus{
		Present: []string{"BCM"},
		Messages: map[string]config.RestMessage{
			"Speed": {
				Cycle: 10 * time.Millisecond, Values: map[string]string{"Velocity": "87.5"},
				E2E: &config.E2E{Profile: "1A", DataID: 0x123},
			},
			"Ignition": {Values: map[string]string{"Terminal": "KL15"}},
			"Odometer": {Cycle: time.Second},
		},
	})
	entries, err := traffic.Entries(file, "body", "../examples")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		f, err := e.Message.Encode(e.Values)
		if err != nil {
			t.Fatal(err)
		}
		if e.Protection != nil {
			if err := e.Protection.Protect(f.Payload()); err != nil {
				t.Fatal(err)
			}
		}
		got = append(got, fmt.Sprintf("%s %v %s", e.Message.Name, e.Cycle, f))
	}
	// The checksum of the first: E2E profile 1A over data ID 0x123, counter 0 and 0x222E, which is 87.5 / 0.01.
	want := []string{"Speed 10ms 100#C5002E22", "Ignition 0s 200#0F00", "Odometer 1s 400#00000000"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestSilentMessagesAreLeftOut(t *testing.T) {
	file := onBody(&config.RestBus{
		Present: []string{"BCM"}, Messages: map[string]config.RestMessage{"Speed": {Silent: true}, "Odometer": {Silent: true}},
	})
	entries, err := traffic.Entries(file, "body", "../examples")
	if err != nil || len(entries) != 1 || entries[0].Message.Name != "Ignition" {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestProtections(t *testing.T) {
	list := "00112233445566778899aabbccddeeff"
	for _, m := range []config.RestMessage{
		{E2E: &config.E2E{Profile: "1B", DataID: 0x123}},
		{E2E: &config.E2E{Profile: "1C", DataID: 0x123}},
		{E2E: &config.E2E{Profile: "2", DataIDList: list}},
		{E2E: &config.E2E{Profile: "5", DataID: 0x123, Offset: 0}},
		{Counter: "Alive", Checksum: &config.Checksum{Signal: "CRC", Algorithm: "crc8-h2f"}},
		{Checksum: &config.Checksum{Signal: "CRC", Algorithm: "crc8-j1850"}},
	} {
		file := onBody(&config.RestBus{Messages: map[string]config.RestMessage{"Speed": m}})
		entries, err := traffic.Entries(file, "body", "../examples")
		if err != nil {
			t.Fatal(err)
		}
		data := []byte{0, 0, 1, 2}
		switch e := entries[0]; {
		case e.Protection != nil:
			if err := e.Protection.Protect(data); err != nil || data[0] == 0 {
				t.Errorf("%+v: % X, %v", m.E2E, data, err)
			}
		case e.Checksum.Sum(data) == 0:
			t.Errorf("%+v: no checksum", m.Checksum)
		}
	}
}

func TestNothingToSend(t *testing.T) {
	file := &config.File{Buses: map[string]config.Bus{"body": {}}}
	db, err := traffic.Database(file, "body", ".")
	if db != nil || err != nil {
		t.Errorf("%v, %v", db, err)
	}
	if entries, err := traffic.Entries(file, "body", "."); entries != nil || err != nil {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestWrong(t *testing.T) {
	message := func(name string, m config.RestMessage) *config.RestBus {
		return &config.RestBus{Messages: map[string]config.RestMessage{name: m}}
	}
	tests := []struct {
		path, says string
		file       *config.File
	}{
		{"buses.body.dbc", "missing.dbc", &config.File{Buses: map[string]config.Bus{"body": {DBC: "missing.dbc", RestBus: &config.RestBus{}}}}},
		{"buses.body.dbc", "traffic_test.go:1:1", &config.File{Buses: map[string]config.Bus{"body": {DBC: "../traffic/traffic_test.go", RestBus: &config.RestBus{}}}}},
		{"buses.body.restbus.present", "XYZ", onBody(&config.RestBus{Present: []string{"XYZ"}})},
		{"buses.body.restbus.messages.Odd", "Odd", onBody(message("Odd", config.RestMessage{}))},
		{"buses.body.restbus.messages.Odometer", "no cycle", onBody(message("Odometer", config.RestMessage{}))},
		{"buses.body.restbus.messages.Speed", "Odd", onBody(message("Speed", config.RestMessage{Values: map[string]string{"Odd": "1"}}))},
		{"buses.body.restbus.messages.Speed", "300", onBody(message("Speed", config.RestMessage{Values: map[string]string{"Velocity": "400"}}))},
		{"buses.body.restbus.messages.Speed", "16 bytes", onBody(message("Speed", config.RestMessage{E2E: &config.E2E{Profile: "2", DataIDList: "00"}}))},
	}
	for _, tt := range tests {
		_, err := traffic.Entries(tt.file, "body", "../examples")
		var wrong *config.Error
		if !errors.As(err, &wrong) || wrong.Problems[0].Path != tt.path || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("got %v; want one about %s with %q", err, tt.path, tt.says)
		}
	}
}

func ExampleEntries() {
	file := onBody(&config.RestBus{Present: []string{"BCM"}})
	entries, _ := traffic.Entries(file, "body", "../examples")
	for _, e := range entries {
		fmt.Println(e.Message.Name, e.Message.Cycle)
	}
	// Output:
	// Speed 20ms
	// Ignition 100ms
}
