package master

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

func TestRecordSurvives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLife(t, nil)
		l.rec = record{
			Campaign: &cloud.Campaign{Offer: ota.Offer{Campaign: "c"}, Members: []cloud.Member{{ECU: "vcu"}}},
			Targets:  []target{{Path: "vcu.ota", Length: 1}}, Attempt: 2, Confirmed: true, By: "owner", Begun: true, Mixed: true, Committing: true,
			Good: []ota.Running{{ECU: "vcu", Version: "1.0"}}, Done: []string{"b"}, Director: trusted{Root: []byte{1}},
		}
		l.clock.confirm(began)
		l.enter(ota.Activating)
		l.report("error", ota.HealthError, "text")
		want, err := json.Marshal(l.rec)
		must(t, err)
		l.storage.cut()
		got, err := json.Marshal(l.load())
		must(t, err)
		if string(got) != string(want) {
			t.Errorf("it is\n%s, and was\n%s", got, want)
		}
		if l.load().Latest.IsZero() {
			t.Error("it does not know the time")
		}
	})
}

// A record that another version has written, or that has rotted, is no reason to stop; trust is kept as far as it can be.
func TestRecordOfAnotherVersion(t *testing.T) {
	campaign := `"campaign":{"campaign":"c","members":[{"ecu":"vcu"}]},"targets":[{"path":"p","length":3}]`
	for text, want := range map[string]record{
		``:                                {State: ota.Idle},
		`no JSON`:                         {State: ota.Idle},
		`{"state":"idle","more":{"x":1}}`: {State: ota.Idle},
		`{"state":"teleporting"}`:         {State: ota.Idle},
		`{"state":7}`:                     {State: ota.Idle},
		`{"state":"offered"}`:             {State: ota.Idle},
		`{"state":"failed","done":["a"]}`: {State: ota.Idle, Done: []string{"a"}},
		`{"state":"withdrawn"}`:           {State: ota.Withdrawn},
		`{"state":"installing","begun":true,"committing":true,"mixed":true}`:                {State: ota.Idle, Mixed: true},
		`{"state":"offered","director":{"root":"AQ=="}}`:                                    {State: ota.Idle, Director: trusted{Root: []byte{1}}},
		`{"state":"ready","campaign":{"campaign":"c","members":[{"ecu":"a"},{"ecu":"b"}]}}`: {State: ota.Idle},
		`{"state":"failed","attempt":-3,` + campaign + `}`:                                  {State: ota.Failed},
		`{"state":"failed","attempt":300,` + campaign + `}`:                                 {State: ota.Failed, Attempt: maxAttempts},
		`{"state":"paused","resume":"paused",` + campaign + `}`:                             {State: ota.Paused, Resume: ota.Downloading},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLife(t, nil)
			l.storage.replace(recordFile, []byte(text))
			got := l.load()
			l.rec = got
			if l.show(); (got.Campaign == nil) != (got.Targets == nil) {
				t.Errorf("%s: %+v", text, got)
			}
			got.Campaign, got.Targets = nil, nil
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\n%+v, want\n%+v", text, got, want)
			}
		})
	}
}

func TestCampaignsThatEndedAreBounded(t *testing.T) {
	var r record
	for i := range 3 * maxDone {
		r.close(fmt.Sprint(i))
	}
	if len(r.Done) != maxDone || r.Done[maxDone-1] != fmt.Sprint(3*maxDone-1) {
		t.Errorf("%d, the last is %s", len(r.Done), r.Done[len(r.Done)-1])
	}
}

func TestReportsThatWaitAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLife(t, nil)
		for i := range maxReports + 7 {
			l.report("error", "", fmt.Sprint(i))
		}
		if len(l.rec.Reports) != maxReports || l.rec.Reports[0].Text != "7" {
			t.Errorf("%d, the oldest is %q", len(l.rec.Reports), l.rec.Reports[0].Text)
		}
	})
}
