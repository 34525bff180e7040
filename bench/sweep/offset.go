package sweep

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"otabench/bench"
	"otabench/bench/trigger"
	"otabench/ecu/uds"
)

// Offset is a moment of a procedure: frames after the n-th message that begins with certain bytes, or the n-th operation
// of the flash, each with a time after it. Messages rather than times count, so that an offset means the same in every
// run, however long the unit takes.
type Offset struct {
	// Message is how the request or response begins, Nth which one of those it is in the procedure, from 1 on.
	Message []byte
	Nth     int
	// Frame counts frames of the unit's connection in both directions behind the first one of the message, which is 0.
	Frame int
	// Flash is the operation of the flash in the procedure, from 1 on; 0 for an offset in frames.
	Flash int
	// After is the time behind the frame or behind the beginning of the operation.
	After time.Duration
}

// String writes an offset as ParseOffset reads it: 3605#1+23, flash132, either with a time as in 3101FF00#1+0@3ms.
func (o Offset) String() string {
	var text string
	if o.Flash > 0 {
		text = fmt.Sprintf("flash%d", o.Flash)
	} else {
		text = fmt.Sprintf("%X#%d+%d", o.Message, o.Nth, o.Frame)
	}
	if o.After > 0 {
		text += "@" + o.After.String()
	}
	return text
}

// Words is an offset in words.
func (o Offset) Words() string {
	var text string
	switch {
	case o.Flash == 0 && o.Nth == 0:
		return "undisturbed"
	case o.Flash > 0:
		text = fmt.Sprintf("flash operation %d", o.Flash)
	case o.Frame == 0:
		text = fmt.Sprintf("first frame of %s", o.message())
	default:
		text = fmt.Sprintf("frame %d after %s began", o.Frame, o.message())
	}
	if o.After > 0 {
		text += fmt.Sprintf(", %v later", o.After)
	}
	return text
}

func (o Offset) message() string {
	what := "request"
	if isResponse(o.Message[0]) {
		what = "response"
	}
	text := fmt.Sprintf("%s % X", what, o.Message)
	if o.Nth > 1 {
		text += fmt.Sprintf(" no. %d", o.Nth)
	}
	return text
}

var offsetForm = regexp.MustCompile(`^(?:flash(\d{1,9})|([0-9A-Fa-f]{2,16})#(\d{1,9})\+(\d{1,9}))(?:@(\S{1,20}))?$`)

// ParseOffset reads what String writes.
func ParseOffset(text string) (Offset, error) {
	m := offsetForm.FindStringSubmatch(text)
	if m == nil {
		return Offset{}, fmt.Errorf("offset %.60q: want MESSAGE#N+FRAMES such as 3605#1+23, or flashN, each perhaps with @TIME", text)
	}
	var o Offset
	var err error
	if o.Message, err = hex.DecodeString(m[2]); err != nil {
		return Offset{}, fmt.Errorf("offset %.60q: its message is no whole number of bytes", text)
	}
	for _, n := range []struct {
		to   *int
		text string
	}{{&o.Flash, m[1]}, {&o.Nth, m[3]}, {&o.Frame, m[4]}} {
		*n.to, _ = strconv.Atoi(strings.TrimSpace(n.text)) // digits, or nothing
	}
	if m[5] != "" {
		if o.After, err = time.ParseDuration(m[5]); err != nil || o.After < 0 {
			return Offset{}, fmt.Errorf("offset %.60q: %q is no time such as 3ms", text, m[5])
		}
	}
	if o.Flash == 0 && o.Nth == 0 {
		return Offset{}, fmt.Errorf("offset %.60q: it counts from 1", text)
	}
	return o, nil
}

// condition is met at the offset, without its time, counted from when it is armed.
func (o Offset) condition(u *bench.ECU) trigger.Condition {
	if o.Flash > 0 {
		return trigger.Custom(o.Words(), func() func(trigger.Observation) bool { return o.operation(u) })
	}
	return trigger.Custom(o.Words(), func() func(trigger.Observation) bool { return o.frames(u) })
}

func (o Offset) operation(u *bench.ECU) func(trigger.Observation) bool {
	seen := 0
	return func(at trigger.Observation) bool {
		if at.Kind != trigger.FlashOperation || at.Source != u.Name() {
			return false
		}
		seen++
		return seen == o.Flash
	}
}

func (o Offset) frames(u *bench.ECU) func(trigger.Observation) bool {
	line := newLine(u)
	seen, frames, begun := 0, 0, false
	var all messages
	wanted := trigger.RequestBegun
	if isResponse(o.Message[0]) {
		wanted = trigger.ResponseBegun
	}
	return func(at trigger.Observation) bool {
		switch {
		case begun && line.carries(at):
			frames++
			return frames == o.Frame
		case begun || !begins(at, u.Name()) || !all.counts(at) || at.Kind != wanted || !bytes.HasPrefix(at.Data, o.Message):
			return false
		}
		seen++
		begun = seen == o.Nth
		return begun && o.Frame == 0
	}
}

// begins says whether something seen is the beginning of a message to or from a unit.
func begins(at trigger.Observation, ecu string) bool {
	return at.Source == ecu && (at.Kind == trigger.RequestBegun || at.Kind == trigger.ResponseBegun)
}

// isResponse says whether a message with this service identifier comes from the unit.
func isResponse(sid byte) bool { return sid&0x40 != 0 }

// beginning is as much of a message as tells it from others of its kind, without data.
func beginning(message []byte) []byte {
	n := 2
	switch message[0] &^ 0x40 {
	case uds.SIDRoutineControl:
		n = 4
	case uds.SIDReadDataByIdentifier, uds.SIDWriteDataByIdentifier, negative &^ 0x40:
		n = 3
	case uds.SIDRequestDownload, uds.SIDRequestTransferExit:
		n = 1
	}
	return bytes.Clone(message[:min(n, len(message))])
}

// negative begins every negative response.
const negative = 0x7F
