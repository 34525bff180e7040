package signal

import (
	"cmp"
	"text/scanner"
	"time"

	"go.einride.tech/can/pkg/dbc"
)

// Attributes that count.
const (
	cycleAttribute       = "GenMsgCycleTime"
	formatAttribute      = "VFrameFormat"
	bitRateAttribute     = "CANFD_BRS"
	startAttribute       = "GenSigStartValue"
	longMessageAttribute = "SystemMessageLongSymbol"
	longSignalAttribute  = "SystemSignalLongSymbol"
)

var attributesThatCount = []string{
	cycleAttribute, formatAttribute, bitRateAttribute, startAttribute, longMessageAttribute, longSignalAttribute,
}

// attributeValue is a number or a text, as its definition wants it; the other one is zero.
type attributeValue struct {
	name   dbc.Identifier
	number float64
	text   string
}

// maxCycle is the longest cycle that is believed. Nothing on a vehicle bus is cyclic with a longer one.
const maxCycle = 24 * time.Hour

// applyAttributes takes the attributes of messages and signals: their defaults first, then what is theirs.
func (b *builder) applyAttributes(defs []dbc.Def) error {
	defined := map[dbc.Identifier]dbc.ObjectType{}
	_ = each(defs, func(d *dbc.AttributeDef) error { defined[d.Name] = d.ObjectType; return nil })
	defaults := map[dbc.Identifier]bool{}
	err := each(defs, func(d *dbc.AttributeDefaultValueDef) error {
		v := attributeValue{d.AttributeName, float64(d.DefaultIntValue) + d.DefaultFloatValue, d.DefaultStringValue}
		if defaults[d.AttributeName] {
			return b.src.errorAt(d.Pos, "attribute %s has two defaults", d.AttributeName)
		}
		defaults[d.AttributeName] = true
		switch defined[d.AttributeName] {
		case dbc.ObjectTypeMessage:
			b.defaultOfMessages(d.Pos, v)
		case dbc.ObjectTypeSignal:
			b.defaultOfSignals(v)
		case dbc.ObjectTypeUnspecified:
			return b.src.errorAt(d.Pos, "accepted: %s, after its BA_DEF_ BO_ or BA_DEF_ SG_", statementForms["BA_DEF_DEF_"])
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(defs, func(d *dbc.AttributeValueForObjectDef) error {
		if _, ok := defined[d.AttributeName]; !ok {
			return b.src.errorAt(d.Pos, "accepted: %s", statementForms["BA_"])
		}
		b.apply(d, attributeValue{d.AttributeName, float64(d.IntValue) + d.FloatValue, d.StringValue})
		return nil
	})
}

func (b *builder) defaultOfMessages(at scanner.Position, v attributeValue) {
	for _, m := range b.drafts {
		b.applyToMessage(at, m, v)
	}
}

// defaultOfSignals gives all signals a start value. One that cannot have it keeps zero.
func (b *builder) defaultOfSignals(v attributeValue) {
	if v.name != startAttribute {
		return
	}
	for _, m := range b.db.Messages {
		for _, s := range m.Signals {
			s.start(v.number)
		}
	}
}

func (b *builder) apply(d *dbc.AttributeValueForObjectDef, v attributeValue) {
	switch d.ObjectType {
	case dbc.ObjectTypeMessage:
		if m := b.messages[d.MessageID]; m != nil {
			b.applyToMessage(d.Pos, m, v)
		} else if d.MessageID != independentSignals {
			b.warnMessage(d.Pos, d.MessageID)
		}
	case dbc.ObjectTypeSignal:
		if s := b.find(d.MessageID, d.SignalName); s != nil {
			b.applyToSignal(d.Pos, s, v)
		} else {
			b.warnSignal(d.Pos, d.MessageID, d.SignalName)
		}
	}
}

func (b *builder) applyToMessage(at scanner.Position, m *messageDraft, v attributeValue) {
	switch v.name {
	case cycleAttribute:
		cycle := v.number * float64(time.Millisecond)
		if cycle < 0 || cycle > float64(maxCycle) {
			b.warn(at, "message %s has the cycle time %g ms, which is ignored; accepted: 0 to %d", m.Name, v.number,
				maxCycle.Milliseconds())
			return
		}
		m.Cycle = time.Duration(cycle)
	case formatAttribute:
		m.format = v.format()
	case bitRateAttribute:
		m.BRS = v.text == "1" || v.number == 1
	case longMessageAttribute:
		m.longName = v.text
	}
}

func (b *builder) applyToSignal(at scanner.Position, s *signalDraft, v attributeValue) {
	switch v.name {
	case startAttribute:
		if !s.start(v.number) {
			b.warn(at, "signal %s cannot have the raw start value %g, it starts with 0", s.Name, v.number)
		}
	case longSignalAttribute:
		s.longName = v.text
	}
}

// start sets the initial raw value. It says no if the signal cannot have it.
func (s *Signal) start(number float64) bool {
	raw, ok := s.raw(number)
	if !ok || s.Type != Float && s.number(raw) != number {
		return false
	}
	s.Initial = raw
	return true
}

// Values of VFrameFormat.
const (
	formatStandardFD = "StandardCAN_FD"
	formatExtendedFD = "ExtendedCAN_FD"
)

// format returns the text of a VFrameFormat, which some files have as a number.
func (v attributeValue) format() string {
	switch v.number {
	case 14:
		return formatStandardFD
	case 15:
		return formatExtendedFD
	}
	return cmp.Or(v.text, "StandardCAN")
}
