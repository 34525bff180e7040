package reportstest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"otabench/bench/record"
)

// WriteLarge writes the record of a run of many specs as a bench leaves them, 125 events each. Each hundredth fails.
func WriteLarge(w io.Writer, specs int) error {
	out := bufio.NewWriter(w)
	l := large{e: json.NewEncoder(out)}
	l.encode(Header)
	plan := record.Planned{Specs: make([]record.SpecStart, specs)}
	for i := range plan.Specs {
		plan.Specs[i] = record.SpecStart{
			ID: fmt.Sprintf("%010x", i), Text: fmt.Sprintf("boots the previous software when power is cut at block %d", i),
			Path: []string{"Interrupted update", fmt.Sprintf("of block %d", i%97)}, Labels: []string{"OTA-POST-4", "UN-R156/7.2.2.1.1"},
			File: "scenarios/power.go", Line: 10 + i%300,
		}
	}
	l.add(record.Device{Role: "bcm", Class: "ecu", Model: "BCM-4", Serial: "77", Firmware: "1.4.0", Simulated: true}, plan)
	for i, s := range plan.Specs {
		l.spec(i, s)
	}
	l.add(record.End{Status: "failed"})
	if l.err != nil {
		return l.err
	}
	return out.Flush()
}

// large writes events; its clock goes on by 1 ms with each.
type large struct {
	e    *json.Encoder
	n    uint64
	name string // of the spec that runs
	err  error
}

func (l *large) encode(v any) {
	if l.err == nil {
		l.err = l.e.Encode(v)
	}
}

func (l *large) now() time.Duration { return time.Duration(l.n) * time.Millisecond }

func (l *large) add(bodies ...record.Body) {
	for _, b := range bodies {
		l.n++
		l.encode(record.Event{Seq: l.n, T: l.now(), Spec: l.name, Body: b})
	}
}

func (l *large) spec(i int, s record.SpecStart) {
	l.name = s.ID
	l.add(s)
	for k := range 10 {
		l.add(record.Step{Text: fmt.Sprintf("step %d of the procedure of spec %d", k, i)})
	}
	for k := range 40 {
		l.add(record.Exchange{
			ECU: "bcm", Service: "TransferData", Meaning: fmt.Sprintf("block %d, 256 bytes", k), Request: fmt.Sprintf("36%02x%060x", k, i), RequestLen: 258,
			Response: fmt.Sprintf("76%02x", k), RespLen: 2, Sent: l.now(), Took: 8 * time.Millisecond, Left: 5 * time.Millisecond, First: 7 * time.Millisecond,
		}, record.Sample{Rail: "kl30", Volts: 13.5 - float64(k)/100, Amps: 0.25, Source: "terminals"})
	}
	l.add(record.TriggerArmed{ID: i, Condition: "TransferData 40 sent", Action: "cut kl30 for 2 s"},
		record.TriggerFired{ID: i, Event: "36 28", At: l.now(), Latency: 412 * time.Microsecond})
	for k := range 20 {
		l.add(record.Sample{Rail: "kl30", Volts: max(0, 13.5-float64(k)), Source: "terminals"})
	}
	for k := range 6 {
		l.add(record.ConsoleLine{ECU: "bcm", Text: fmt.Sprintf("boot: slot A, attempt %d of spec %d", k, i)})
	}
	most, uncertainty := 5.0, 0.05
	l.add(record.Setting{Device: "kl30", Action: "off"}, record.Setting{Device: "kl30", Action: "on"})
	l.add(record.Measurement{Name: "latency from the frame to the open switch", Value: 0.4 + float64(i%100)/1000, Unit: "ms", Max: &most, Source: "terminals", Uncertainty: &uncertainty},
		record.Measurement{Name: "update without confirmation", Value: 1.2, Unit: "s", Source: "bench clock"})
	end := record.SpecEnd{ID: s.ID, Outcome: record.Passed, Duration: 125 * time.Millisecond}
	if i%100 == 99 {
		end.Outcome, end.Message, end.Where = record.Failed, "the unit answers with neither software", "power.go:31"
	}
	l.add(end)
	l.name = ""
}
