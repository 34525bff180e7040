package backend

import "time"

// FailWith answers the next n requests with an HTTP status from 200 to 599, such as 503, before anything else looks at
// them. A negative n means all until Heal, and 0 none.
func (b *Backend) FailWith(status, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults.status, b.faults.failures = status, n
}

// Down ends all connections and those that come, until Down(false) or Heal.
func (b *Backend) Down(down bool) { b.gate.set(down) }

// Delay lets each request wait before anything else looks at it, until Delay(0) or Heal.
func (b *Backend) Delay(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults.delay = d
}

// Heal ends all attacks and failures. What was told falsely is told right in newer versions, so that vehicles which
// believed it follow.
func (b *Backend) Heal() error {
	err := b.deceive("heal", nil, (*repository).heal)
	b.mu.Lock()
	b.faults = faults{}
	b.mu.Unlock()
	b.gate.set(false)
	return err
}
