package bench

import (
	"encoding/json"

	"otabench/bench/record"
	"otabench/bench/trigger"
)

// Arm waits for a condition and then acts, once. It must be called before the stimulus that leads to the condition.
func (b *Bench) Arm(c trigger.Condition, a trigger.Action) *trigger.Armed {
	return b.triggers.Arm(c, a)
}

// DisarmAll ends all triggers that have not fired, and what those that have still do: dips, silences, frames that are to
// be lost. One of these that had no effect makes the spec void.
func (b *Bench) DisarmAll() {
	b.triggers.DisarmAll()
	b.disturbances.end(false)
}

func (b *Bench) recordTriggers() {
	b.triggers.OnArmed = func(t *trigger.Armed) {
		b.opts.Record.Add(record.TriggerArmed{ID: t.ID, Condition: t.Condition, Action: t.Action})
	}
	b.triggers.OnFired = func(t *trigger.Armed, f trigger.Firing) {
		e := record.TriggerFired{
			ID: t.ID, Event: f.Event, At: b.opts.Record.Since(f.At), Wished: f.Wished, Latency: f.Latency,
		}
		for _, s := range f.Steps {
			e.Steps = append(e.Steps, record.TriggerStep{Action: s.Action, Wished: s.Wished, Latency: s.Latency})
		}
		if f.Err != nil {
			e.Error = f.Err.Error()
		}
		b.opts.Record.Add(e)
		if f.Err != nil {
			b.Fault("trigger", f.Err)
		}
	}
	b.triggers.OnIdle = func(t *trigger.Armed) { b.opts.Record.Add(record.TriggerIdle{ID: t.ID}) }
	b.opts.Record.Watch(b.recorded)
}

// recorded shows an event of the record to the triggers, beside the goroutine that wrote it.
func (b *Bench) recorded(e record.Event) {
	if !b.triggers.Wants(trigger.Recorded) {
		return
	}
	body, err := json.Marshal(e.Body)
	if err != nil {
		return // the record has the same error, and a run whose record has one proves nothing
	}
	b.triggers.ObserveLater(trigger.Observation{
		Kind: trigger.Recorded, Time: b.opts.Record.Time(e.T), Source: e.Body.Kind(), Text: string(body),
	})
}
