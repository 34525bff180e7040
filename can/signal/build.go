package signal

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"text/scanner"

	"go.einride.tech/can/pkg/dbc"

	"otabench/can"
)

// MaxSize is the largest message, in bytes: what the transport protocol of SAE J1939-21 carries.
const MaxSize = 1785

// builder makes a database of the definitions of a DBC file.
type builder struct {
	src      *source
	db       *Database
	drafts   []*messageDraft // of db.Messages
	messages map[dbc.MessageID]*messageDraft
}

// messageDraft is a message together with what is not known of it at first.
type messageDraft struct {
	*Message
	def      *dbc.MessageDef
	signals  map[dbc.Identifier]*signalDraft
	longName string
	format   string // VFrameFormat
}

type signalDraft struct {
	*Signal
	def      *dbc.SignalDef
	longName string
}

func build(src *source, layout, attributes []dbc.Def) (*Database, error) {
	b := &builder{src: src, db: &Database{Name: src.name}, messages: map[dbc.MessageID]*messageDraft{}}
	for _, step := range []func() error{
		func() error { return each(layout, b.addMessage) },
		func() error { return each(layout, b.addValueType) },
		b.multiplex,
		b.place,
		func() error { return each(layout, b.describe) },
		func() error { return b.applyAttributes(attributes) },
		b.finish,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.db, nil
}

// each calls f for the definitions of one kind.
func each[D dbc.Def](defs []dbc.Def, f func(D) error) error {
	for _, def := range defs {
		if d, ok := def.(D); ok {
			if err := f(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxWarnings bounds what a hostile file can make of them.
const maxWarnings = 1000

// warn notes a fault that does not change where signals are.
func (b *builder) warn(at scanner.Position, format string, args ...any) {
	if len(b.db.Warnings) == maxWarnings {
		return
	}
	b.db.Warnings = append(b.db.Warnings, b.src.errorAt(at, format, args...))
}

func (b *builder) addMessage(def *dbc.MessageDef) error {
	if def.MessageID == independentSignals {
		return nil
	}
	if b.messages[def.MessageID] != nil {
		return b.src.errorAt(def.Pos, "message %s has the identifier of message %s", def.Name, b.messages[def.MessageID].Name)
	}
	if def.Size > MaxSize {
		return b.src.errorAt(def.Pos, "message %s has %d bytes; accepted: 0 to %d", def.Name, def.Size, MaxSize)
	}
	m := &messageDraft{
		Message: &Message{
			Name: string(def.Name), ID: def.MessageID.ToCAN(), Extended: def.MessageID.IsExtended(), Size: int(def.Size),
			Senders: nodes(def.Transmitter), BRS: true,
		},
		def:     def,
		signals: map[dbc.Identifier]*signalDraft{},
	}
	for i := range def.Signals {
		if err := b.addSignal(m, &def.Signals[i]); err != nil {
			return err
		}
	}
	b.messages[def.MessageID] = m
	b.drafts = append(b.drafts, m)
	b.db.Messages = append(b.db.Messages, m.Message)
	return nil
}

func (b *builder) addSignal(m *messageDraft, def *dbc.SignalDef) error {
	switch {
	case m.signals[def.Name] != nil:
		return b.src.errorAt(def.Pos, "message %s has two signals %s", m.Name, def.Name)
	case def.Size < 1 || def.Size > 64:
		return b.src.errorAt(def.Pos, "signal %s has %d bits; accepted: 1 to 64", def.Name, def.Size)
	case def.StartBit >= uint64(8*m.Size):
		return b.doesNotFit(m, def)
	case def.Factor == 0:
		return b.src.errorAt(def.Pos, "signal %s has the factor 0; accepted: any other", def.Name)
	}
	s := &Signal{
		Name: string(def.Name), Start: int(def.StartBit), Length: int(def.Size), Factor: def.Factor, Offset: def.Offset,
		Min: def.Minimum, Max: def.Maximum, Unit: def.Unit, Receivers: nodes(def.Receivers...),
	}
	if def.IsBigEndian {
		s.Order = Motorola
	}
	if def.IsSigned {
		s.Type = Signed
	}
	if s.Min > s.Max {
		b.warn(def.Pos, "signal %s has the limits %g to %g, which are ignored", s.Name, s.Min, s.Max)
		s.Min, s.Max = 0, 0
	}
	s.Multiplexer = def.IsMultiplexerSwitch || b.src.nested[def.Pos.Offset]
	m.signals[def.Name] = &signalDraft{Signal: s, def: def}
	m.Signals = append(m.Signals, s)
	return nil
}

func (b *builder) doesNotFit(m *messageDraft, def *dbc.SignalDef) error {
	return b.src.errorAt(def.Pos, "signal %s does not fit in the %d bytes of message %s", def.Name, m.Size, m.Name)
}

// nodes returns the names but that of nobody.
func nodes(names ...dbc.Identifier) (all []string) {
	for _, name := range names {
		if name != dbc.NodePlaceholder {
			all = append(all, string(name))
		}
	}
	return all
}

// find returns a signal, nil if there is none.
func (b *builder) find(id dbc.MessageID, name dbc.Identifier) *signalDraft {
	if m := b.messages[id]; m != nil {
		return m.signals[name]
	}
	return nil
}

var floatBits = map[dbc.SignalValueType]int{dbc.SignalValueTypeFloat32: 32, dbc.SignalValueTypeFloat64: 64}

func (b *builder) addValueType(def *dbc.SignalValueTypeDef) error {
	s := b.find(def.MessageID, def.SignalName)
	bits := floatBits[def.SignalValueType]
	switch {
	case s == nil:
		return b.src.errorAt(def.Pos, "no signal %s in a message with identifier %s", def.SignalName,
			identifierText(def.MessageID))
	case bits == 0:
		return nil // an integer, as it is
	case s.Length != bits:
		return b.src.errorAt(def.Pos, "signal %s is a float of %d bits but has %d", def.SignalName, bits, s.Length)
	}
	s.Type = Float
	return nil
}

// place finds the bytes of each signal.
func (b *builder) place() error {
	for _, m := range b.drafts {
		var taken [MaxSize]byte
		for i, s := range m.Signals {
			def := &m.def.Signals[i]
			var fits bool
			if s.place, fits = newPlace(s, m.Size); !fits {
				return b.doesNotFit(m, def)
			}
			s.limit()
			if s.Selection == nil && s.overlaps(taken[:m.Size]) {
				b.warn(def.Pos, "signal %s shares bits with another signal of message %s", s.Name, m.Name)
			}
		}
	}
	return nil
}

// overlaps says that bits of the signal are taken already, and takes them.
func (s *Signal) overlaps(taken []byte) bool {
	p := s.place
	p.signBit = 0
	used := p.get(taken) != 0
	p.put(taken, math.MaxUint64)
	return used
}

// finish gives messages and signals their final names and makes the indexes.
func (b *builder) finish() error {
	db := b.db
	db.byName = make(map[string]*Message, len(db.Messages))
	db.byID = make(map[identifier]*Message, len(db.Messages))
	for _, m := range b.drafts {
		m.Name = cmp.Or(m.longName, m.Name)
		if db.byName[m.Name] != nil {
			return b.src.errorAt(m.def.Pos, "two messages %s", m.Name)
		}
		db.byName[m.Name] = m.Message
		db.byID[identifier{m.ID, m.Extended}] = m.Message
		m.FD = m.isFD()
		m.BRS = m.BRS && m.FD
		if err := b.finishSignals(m); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) finishSignals(m *messageDraft) error {
	m.byName = make(map[string]int, len(m.Signals))
	for i, s := range m.Signals {
		def := &m.def.Signals[i]
		s.Name = cmp.Or(m.signals[def.Name].longName, s.Name)
		if _, double := m.byName[s.Name]; double {
			return b.src.errorAt(def.Pos, "message %s has two signals %s", m.Name, s.Name)
		}
		m.byName[s.Name] = i
		slices.SortFunc(s.Labels, func(a, b Label) int { return cmp.Compare(a.Raw, b.Raw) })
	}
	return nil
}

func (m *messageDraft) isFD() bool {
	switch m.format {
	case "":
		return m.Size > can.MaxData && m.Size <= can.MaxDataFD
	case formatStandardFD, formatExtendedFD:
		return true
	}
	return false
}

// identifierText names a message of the file that is not there.
func identifierText(id dbc.MessageID) string {
	if id.IsExtended() {
		return fmt.Sprintf("%#x (extended)", id.ToCAN())
	}
	return fmt.Sprintf("%#x", id.ToCAN())
}
