package cloud_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// The JSON is the interface: update masters and apps that this module does not have speak it too, so that a name may not
// change.
func TestJSON(t *testing.T) {
	at := time.Date(2026, 5, 1, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		value any // a pointer
		want  string
	}{
		"account": {
			&cloud.Account{User: "owner", Permissions: []string{cloud.MayUpdate}},
			`{"user":"owner","permissions":["update"]}`,
		},
		"commands": {
			&cloud.Commands{Commands: []cloud.Command{
				{Seq: 1, Action: ota.Action{Do: ota.Download, User: "owner"}},
				{Seq: 2, Action: ota.Action{Do: ota.Schedule, User: "owner", At: at}},
			}},
			`{"commands":[{"seq":1,"action":{"do":"download","user":"owner"}},` +
				`{"seq":2,"action":{"do":"schedule","user":"owner","at":"2026-05-01T03:00:00Z"}}]}`,
		},
		"no commands": {&cloud.Commands{}, `{"commands":null}`},
		"seen": {
			&cloud.Seen{Seq: 7, View: ota.View{State: ota.Paused, Cause: ota.LowBattery, Advice: []ota.Advice{ota.ConnectCharger}, Next: at}},
			`{"seq":7,"view":{"state":"paused","cause":"low battery","percent":0,"advice":["connect a charger"],` +
				`"next":"2026-05-01T03:00:00Z","drivable":false}}`,
		},
		"report": {
			&cloud.Report{
				Campaign: "c1", Event: "failed", Cause: ota.BadPackage, Text: "no", User: "owner", Reference: "E1",
				Software: []ota.Running{{ECU: "bcm", Version: "1.0.0"}}, At: at,
			},
			`{"campaign":"c1","event":"failed","cause":"bad package","text":"no","user":"owner","reference":"E1",` +
				`"software":[{"ecu":"bcm","version":"1.0.0"}],"at":"2026-05-01T03:00:00Z"}`,
		},
		"campaign": {
			&cloud.Campaign{
				Offer: ota.Offer{
					Campaign: "c1", Version: "1.1.0", Purpose: "safety", Changes: []string{"a"}, Size: 5, Download: time.Second,
					Installation: time.Minute, Unavailable: []string{"climate"}, Instructions: []string{"park"},
				},
				Members: []cloud.Member{{
					ECU: "bcm", Target: "bcm.bin", Version: "1.1.0", RXSWIN: "R1", Hardware: "H1", Requires: []string{"gw 2.0.0"},
				}},
			},
			`{"campaign":"c1","version":"1.1.0","purpose":"safety","changes":["a"],"size_bytes":5,"download_ns":1000000000,` +
				`"installation_ns":60000000000,"unavailable":["climate"],"instructions":["park"],"members":[{"ecu":"bcm",` +
				`"target":"bcm.bin","version":"1.1.0","rxswin":"R1","hardware":"H1","requires":["gw 2.0.0"]}]}`,
		},
		"custom": {&cloud.Custom{ECU: "bcm", Hardware: "H1", Counter: 1 << 31}, `{"ecu":"bcm","hardware":"H1","counter":2147483648}`},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(c.value)
			if err != nil {
				t.Fatal(err)
			}
			if string(raw) != c.want {
				t.Errorf("got\n%s\nwant\n%s", raw, c.want)
			}
			back := reflect.New(reflect.TypeOf(c.value).Elem()).Interface()
			if err := json.Unmarshal(raw, back); err != nil || !reflect.DeepEqual(back, c.value) {
				t.Errorf("it comes back as %+v, %v", back, err)
			}
		})
	}
}
