package transcript

import (
	"fmt"
	"strings"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// String tells what is known in one line; it is empty if that is nothing. It may hold text of the trace or of a database.
func (e Explanation) String() string {
	switch {
	case e.PDU != nil && e.PDU.Complete:
		return fmt.Sprintf("%s  %s %s%s", frameText(e.PDU), e.who(), uds.Describe(e.Message), e.bytes())
	case e.PDU != nil:
		return frameText(e.PDU)
	case e.Named != nil:
		return e.signals()
	}
	return ""
}

// who says from whom to whom.
func (e Explanation) who() string {
	switch {
	case !e.PDU.Tx:
		return "from " + e.ECU + ":"
	case e.PDU.Functional:
		return "to all:"
	}
	return "to " + e.ECU + ":"
}

// bytes are those of a message that is short enough to be read.
func (e Explanation) bytes() string {
	const readable = 40
	if len(e.Message) > readable {
		return ""
	}
	return fmt.Sprintf(" [% X]", e.Message)
}

// frameText is the network layer's part.
func frameText(p *isotp.PDU) string {
	switch {
	case p.Kind == isotp.FlowControl:
		return fmt.Sprintf("FC %v BS %d STmin %v", p.Status, p.BlockSize, p.STmin)
	case p.Kind == isotp.ConsecutiveFrame && p.Length == 0:
		return fmt.Sprintf("CF %d of a message whose beginning was missed", p.Sequence)
	case p.Kind == isotp.ConsecutiveFrame:
		return fmt.Sprintf("CF %d (%d/%d)", p.Sequence, len(p.Data), p.Length)
	case p.Kind == isotp.FirstFrame:
		return fmt.Sprintf("FF (%d/%d)", len(p.Data), p.Length)
	}
	return fmt.Sprintf("%v (%d)", p.Kind, p.Length)
}

func (e Explanation) signals() string {
	var b strings.Builder
	b.WriteString(e.Named.Name + ":")
	for i, v := range e.Values {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %v", v)
	}
	if e.Short {
		b.WriteString(" (the frame is too short for the rest)")
	}
	return b.String()
}
