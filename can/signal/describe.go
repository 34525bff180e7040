package signal

import (
	"strings"
	"text/scanner"

	"go.einride.tech/can/pkg/dbc"
)

// describe takes what the file says beside the layout: nodes, senders, comments and value tables.
func (b *builder) describe(def dbc.Def) error {
	switch d := def.(type) {
	case *dbc.VersionDef:
		b.db.Version = unquoted(d.Version)
	case *dbc.NodesDef:
		for _, name := range nodes(d.NodeNames...) {
			b.db.Nodes = append(b.db.Nodes, Node{Name: name})
		}
	case *dbc.MessageTransmittersDef:
		if m := b.messages[d.MessageID]; m != nil {
			m.Senders = nodes(d.Transmitters...)
			return nil
		}
		b.warnMessage(d.Pos, d.MessageID)
	case *dbc.CommentDef:
		b.comment(d)
	case *dbc.ValueDescriptionsDef:
		b.label(d)
	}
	return nil
}

func (b *builder) comment(def *dbc.CommentDef) {
	text := unquoted(def.Comment)
	switch def.ObjectType {
	case dbc.ObjectTypeUnspecified:
		b.db.Comment = text
	case dbc.ObjectTypeNetworkNode:
		for i := range b.db.Nodes {
			if b.db.Nodes[i].Name == string(def.NodeName) {
				b.db.Nodes[i].Comment = text
				return
			}
		}
		b.warn(def.Pos, "comment on node %s, which does not exist", def.NodeName)
	case dbc.ObjectTypeMessage:
		if m := b.messages[def.MessageID]; m != nil {
			m.Comment = text
			return
		}
		b.warnMessage(def.Pos, def.MessageID)
	case dbc.ObjectTypeSignal:
		if s := b.find(def.MessageID, def.SignalName); s != nil {
			s.Comment = text
			return
		}
		b.warnSignal(def.Pos, def.MessageID, def.SignalName)
	}
}

// unquoted makes a text out of what the parser leaves of it: quotes after backslashes, and half of line ends.
func unquoted(text string) string {
	return strings.NewReplacer(`\"`, `"`, "\r", "").Replace(text)
}

func (b *builder) label(def *dbc.ValueDescriptionsDef) {
	if def.ObjectType != dbc.ObjectTypeSignal {
		return // of an environment variable
	}
	s := b.find(def.MessageID, def.SignalName)
	if s == nil {
		b.warnSignal(def.Pos, def.MessageID, def.SignalName)
		return
	}
	for _, d := range def.ValueDescriptions {
		raw, ok := s.raw(d.Value)
		if !ok || s.Type != Float && d.Value != s.number(raw) {
			b.warn(d.Pos, "signal %s cannot have the value %g (%s)", s.Name, d.Value, d.Description)
			continue
		}
		s.Labels = append(s.Labels, Label{Raw: raw, Text: unquoted(d.Description)})
	}
}

func (b *builder) warnMessage(at scanner.Position, id dbc.MessageID) {
	b.warn(at, "no message with identifier %s", identifierText(id))
}

func (b *builder) warnSignal(at scanner.Position, id dbc.MessageID, name dbc.Identifier) {
	if id == independentSignals {
		return
	}
	b.warn(at, "no signal %s in a message with identifier %s", name, identifierText(id))
}

// independentSignals is the identifier under which editors keep signals that are in no message.
const independentSignals dbc.MessageID = 0xC0000000
