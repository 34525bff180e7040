package main

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"time"

	"otabench/can"
	"otabench/can/trace"
	"otabench/ecu/transcript"
	"otabench/ecu/uds"
)

// frameRow is a frame as scripts see it.
type frameRow struct {
	Time     time.Time   `json:"time"`
	Bus      string      `json:"bus"`
	Own      bool        `json:"own"`
	ID       uint32      `json:"id"`
	Extended bool        `json:"extended,omitempty"`
	FD       bool        `json:"fd,omitempty"`
	Remote   bool        `json:"remote,omitempty"`
	Error    string      `json:"error,omitempty"`
	Data     string      `json:"data"`
	Lost     uint64      `json:"lost,omitempty"`
	Steps    []string    `json:"steps,omitempty"`
	ISOTP    string      `json:"isotp,omitempty"`
	Message  *messageRow `json:"message,omitempty"`
	Name     string      `json:"name,omitempty"`
	Signals  []signalRow `json:"signals,omitempty"`
}

// messageRow is a diagnostic message that a frame completes.
type messageRow struct {
	ECU     string `json:"ecu"`
	Request bool   `json:"request"`
	Data    string `json:"data"`
	Text    string `json:"text"`
}

type signalRow struct {
	Name       string   `json:"name"`
	Value      *float64 `json:"value"`
	Unit       string   `json:"unit,omitempty"`
	Label      string   `json:"label,omitempty"`
	OutOfRange bool     `json:"out_of_range,omitempty"`
}

func (v *viewer) json(r trace.Record, e transcript.Explanation) error {
	line := frameRow{
		Time: r.Time, Bus: r.Bus, Own: r.Own, ID: r.ID, Extended: r.Is(can.Extended), FD: r.Is(can.FD), Remote: r.Is(can.Remote),
		Error: r.Problem(), Data: hex.EncodeToString(r.Payload()), Lost: r.Lost,
	}
	if r.Comment != "" {
		line.Steps = strings.Split(r.Comment, "\n")
	}
	if e.PDU != nil {
		line.ISOTP = e.PDU.Kind.String()
	}
	if e.Message != nil {
		line.Message = &messageRow{e.ECU, e.PDU.Tx, hex.EncodeToString(e.Message), uds.Describe(e.Message)}
	}
	if e.Named != nil {
		line.Name = e.Named.Name
	}
	for _, s := range e.Values {
		line.Signals = append(line.Signals, signalRow{s.Name, finite(s.Physical), s.Unit, s.Label, s.OutOfRange})
	}
	return json.NewEncoder(v.out).Encode(line)
}

// finite is nil for what JSON has no number for.
func finite(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}
