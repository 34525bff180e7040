package reports_test

import (
	"reflect"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
)

func TestObservations(t *testing.T) {
	l := passing([]record.Catalogue{ofCustomer("c.yaml")}, "OTA-POST-4", "OTA-POST-4 UN-R156/7.2.2.1.1", "OTA-MAIN-2", "CUST_5 part:CUST_5", "slow")
	got := with(t, l, "c.yaml", customer).Observations()
	want := map[string][]reports.Observation{
		"a": {{"CUST_1", false}, {"OTA-POST-4", true}},
		"b": {{"CUST_1", true}, {"OTA-POST-4", true}, {"UN-R156/7.2.2.1.1", true}},
		"c": {{"CUST_4", false}, {"CUST_7", true}, {"OTA-MAIN-2", true}},
		"d": {{"CUST_5", false}},
		"z": {{"CUST_9", true}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}
