package described_test

import (
	"testing"

	"otabench/ecu/description"
	"otabench/ecu/sim/described"
)

// recorded is a recording of exchanges in hexadecimal, a request and its response one after the other.
func recorded(exchanges ...string) *described.Recording {
	r := &described.Recording{}
	for i := 0; i < len(exchanges); i += 2 {
		r.Add(description.Bytes(exchanges[i]).Decode(), description.Bytes(exchanges[i+1]).Decode())
	}
	return r
}

func TestReplay(t *testing.T) {
	cfg := inPlaceConfig(t)
	cfg.Factory = nil
	cfg.Recorded = recorded(
		"22 F1 95", "62 F1 95 30 2E 39", "22 F1 95", "62 F1 95 32 2E 30", // the first one counts
		"22 F1 90 F1 8C", "62 F1 90 41 F1 8C 42 43", // of two
		"22 12 34 12 35", "62 12 34 12 35 12 35 12 35 00", // nobody can tell where the second begins
		"22 12 36", "7F 22 31",
		"2E F1 90 00", "6E F1 90",
		"31 01 02 99", "71 01 02 99 AB CD",
		"31 01 FF 01", "71 01 FF 01 00 77",
		"31 03 02 98", "71 03 02 98 01",
		"19 02 FF", "59 02 2F 00 00 01 2F 12 34 56 00",
		"27 03 01", "67 03 01 02 03 04 05 06",
		"BA 01 02", "FA 01 02 03",
		"19 06 00 00 01 FF", "59 06 00 00 01 2F 01 05",
		"10 03", "50 03 00 32 01 F4", "", "", "22", "62", "22 F1", "62 F1", "31 01", "71 01", "19 02", "59",
	)
	with(t, cfg, func(t *testing.T, r *rig) {
		r.reads("software_version", "0.9")
		r.reads("vin", "A")
		r.reads("serial", "BC")
		for _, row := range [][2]string{
			{"22 12 34", "requestOutOfRange"},
			{"22 12 36", "requestOutOfRange"},
			{"BA 01 02", "FA010203"},
			{"BA 01 03", "requestOutOfRange"},
			{"BB", "serviceNotSupported"},
			{"19 02 01", "59022F0000012F"},
			{"19 0A", "590A2F0000012F12345600"},
			{"31 01 02 99", "serviceNotSupportedInActiveSession"},
			{"10 60", "5060"},
			{"31 01 02 99 01", "71010299ABCD"},
			{"31 01 02 98", "7101029801"},
			{"27 03 01", "6703"},
		} {
			r.says(row[0], row[1])
		}
		seed, err := r.Client().RequestSeed(t.Context(), 3, 1)
		if err != nil || len(seed) != 6 {
			t.Errorf("the seed is % X, %v", seed, err)
		}
		programming(t, r)
		r.says("2E F1 90 42", "6EF190")
		r.reads("vin", "B")
		r.updates(files(t, "2.0")) // to what nobody knows
		r.reads("software_version", "2.0")
		programming(t, r)
		r.says("31 01 FF 01", "7101FF010077")
		r.says("14 FF FF FF", "54")
		r.says("19 02 01", "59022F")
	})
}
