package signal

import (
	"go.einride.tech/can/pkg/dbc"
)

// maxNesting is how deep multiplexers may stand in one another.
const maxNesting = 8

// multiplex ties multiplexed signals to their multiplexers.
func (b *builder) multiplex() error {
	for _, m := range b.drafts {
		b.selectByIndicator(m)
	}
	for _, r := range b.src.ranges {
		if err := b.selectByRanges(r); err != nil {
			return err
		}
	}
	for _, m := range b.drafts {
		if err := b.checkSelections(m); err != nil {
			return err
		}
	}
	return nil
}

// selectByIndicator reads the marks at the signals: m3 is a signal that the signal with M selects by the value 3. If
// there are several multiplexers, SG_MUL_VAL_ has to say which.
func (b *builder) selectByIndicator(m *messageDraft) {
	var by *Signal
	count := 0
	for _, s := range m.Signals {
		if s.Multiplexer {
			by = s
			count++
		}
	}
	if count > 1 {
		by = nil
	}
	for i, s := range m.Signals {
		if def := &m.def.Signals[i]; def.IsMultiplexed {
			s.Selection = &Selection{By: by, Ranges: []Range{{def.MultiplexerSwitch, def.MultiplexerSwitch}}}
		}
	}
}

func (b *builder) selectByRanges(r rangeStatement) error {
	m := b.messages[dbc.MessageID(r.id)]
	if m == nil {
		return b.src.errorAtOffset(r.at, "no message with identifier %s", identifierText(dbc.MessageID(r.id)))
	}
	s, by := m.signals[dbc.Identifier(r.signal)], m.signals[dbc.Identifier(r.switcher)]
	switch {
	case s == nil || by == nil:
		return b.src.errorAtOffset(r.at, "message %s has no signals %s and %s", m.Name, r.signal, r.switcher)
	case !by.Multiplexer:
		return b.src.errorAtOffset(r.at, "signal %s of message %s has no mark M", by.Name, m.Name)
	case s.Selection == nil:
		return b.src.errorAtOffset(r.at, "signal %s of message %s has no mark m", s.Name, m.Name)
	}
	s.Selection = &Selection{By: by.Signal, Ranges: r.ranges}
	return nil
}

// checkSelections sees that each multiplexed signal has a multiplexer, and that they do not go in a circle.
func (b *builder) checkSelections(m *messageDraft) error {
	for i, s := range m.Signals {
		def := &m.def.Signals[i]
		depth := 0
		for sel := s.Selection; sel != nil; sel = sel.By.Selection {
			if sel.By == nil {
				return b.src.errorAt(def.Pos, "signal %s of message %s has no multiplexer; accepted: a single signal with M, "+
					"or SG_MUL_VAL_ for it", s.Name, m.Name)
			}
			if sel.By.Type == Float {
				return b.src.errorAt(def.Pos, "multiplexer %s of message %s is a float", sel.By.Name, m.Name)
			}
			if depth++; depth > maxNesting {
				return b.src.errorAt(def.Pos, "signal %s of message %s depends on more than %d multiplexers", s.Name, m.Name,
					maxNesting)
			}
		}
	}
	return nil
}
