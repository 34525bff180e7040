package bench

import (
	"otabench/bench/record"
	"otabench/bench/trigger"
)

// Arm waits for a condition and then acts, once. It must be called before the stimulus that leads to the condition.
func (b *Bench) Arm(c trigger.Condition, a trigger.Action) *trigger.Armed {
	return b.triggers.Arm(c, a)
}

// DisarmAll ends all triggers that have not fired.
func (b *Bench) DisarmAll() { b.triggers.DisarmAll() }

func (b *Bench) recordTriggers() {
	b.triggers.OnArmed = func(t *trigger.Armed) {
		b.opts.Record.Add(record.TriggerArmed{ID: t.ID, Condition: t.Condition, Action: t.Action})
	}
	b.triggers.OnFired = func(t *trigger.Armed, f trigger.Firing) {
		e := record.TriggerFired{ID: t.ID, Event: f.Event, At: b.opts.Record.Since(f.At), Latency: f.Latency}
		if f.Err != nil {
			e.Error = f.Err.Error()
		}
		b.opts.Record.Add(e)
		if f.Err != nil {
			b.Fault("trigger", f.Err)
		}
	}
	b.triggers.OnIdle = func(t *trigger.Armed) { b.opts.Record.Add(record.TriggerIdle{ID: t.ID}) }
}
