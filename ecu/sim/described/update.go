package described

import "otabench/ecu/description"

// accepted makes what was checked part of the software: that of a block, or all of it.
func (m *memory) accepted(s subject) {
	for name, p := range m.target() {
		if p.fresh && m.concerns(s, name) {
			p.valid = true
		}
	}
	m.brought = nil
	if m.slots() && !m.has(description.Activate) {
		m.activated = m.next.complete() // nothing else would activate it
	}
}

// refused takes back that a partition was good, or all of them.
func (m *memory) refused(s subject) {
	for name, p := range m.target() {
		if p.fresh && m.concerns(s, name) {
			p.valid = false
		}
	}
	m.brought, m.activated = nil, false
}

// unchecked says that nothing checks a block, so that it is good once it is there.
func (m *memory) unchecked(b description.Block) bool {
	return b.Check == "" && !m.has(description.Verify)
}

// activate has new software run after the next reset, if all of it is there.
func (m *memory) activate() bool {
	m.activated = m.next != nil && m.next.complete()
	return m.activated
}

// confirm makes a trial permanent.
func (m *memory) confirm() bool {
	if m.previous == nil || m.abandoned {
		return false
	}
	m.previous = nil
	m.confirmed()
	return true
}

// rollback abandons a trial with the next reset, or an update that was activated.
func (m *memory) rollback() bool {
	if m.previous == nil && !m.activated {
		return false
	}
	m.activated, m.abandoned = false, true
	return true // boot goes back, since nobody confirmed
}

// subject is what a check is about.
type subject struct {
	data  []byte
	plain bool              // data is as the ECU has it
	block description.Block // that it is, if it is one
	one   bool
}

// checked is what a routine is about: the block that its options name, the one that was transferred last and that it
// checks, or all of them.
func (m *memory) checked(routine string, fields map[string][]byte) subject {
	var s subject
	s.block, _, _, s.one = m.about(fields)
	for _, other := range m.desc.Programming.Blocks {
		if !s.one && other.Check == routine && partitionOf(m.desc.Programming, other) == m.last {
			s.block, s.one = other, true
		}
	}
	switch {
	case !s.one:
		s.data, s.plain = m.everything()
	case open(s.block): // it shares its partition
		s.data, s.plain = m.partition(s.block).within(m.brought).bytes()
	default:
		s.data, s.plain = m.partition(s.block).software()
	}
	return s
}

// concerns says that a check is about a partition.
func (m *memory) concerns(s subject, partition string) bool {
	return !s.one || partition == partitionOf(m.desc.Programming, s.block)
}

// everything is what an update has brought, block after block.
func (m *memory) everything() (all []byte, plain bool) {
	plain = true
	done := map[string]bool{}
	for _, b := range m.desc.Programming.Blocks {
		name := partitionOf(m.desc.Programming, b)
		p := m.target()[name]
		if b.Keep {
			p = m.ram[name]
		}
		if done[name] || p == nil || !p.fresh {
			continue
		}
		done[name] = true
		data, known := p.software()
		all, plain = append(all, data...), plain && known
	}
	return all, plain
}
