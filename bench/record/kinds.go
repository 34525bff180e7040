package record

import (
	"encoding/json"
	"errors"
	"slices"
)

// decoders has one entry for each kind that this version writes.
var decoders = map[string]func(json.RawMessage) (Body, error){
	Device{}.Kind():        as[Device],
	SpecStart{}.Kind():     as[SpecStart],
	SpecEnd{}.Kind():       as[SpecEnd],
	Planned{}.Kind():       as[Planned],
	Step{}.Kind():          as[Step],
	Exchange{}.Kind():      as[Exchange],
	ConsoleLine{}.Kind():   as[ConsoleLine],
	Sample{}.Kind():        as[Sample],
	Setting{}.Kind():       as[Setting],
	Stimulus{}.Kind():      as[Stimulus],
	Progress{}.Kind():      as[Progress],
	TriggerArmed{}.Kind():  as[TriggerArmed],
	TriggerFired{}.Kind():  as[TriggerFired],
	TriggerIdle{}.Kind():   as[TriggerIdle],
	Measurement{}.Kind():   as[Measurement],
	Proof{}.Kind():         as[Proof],
	RawFile{}.Kind():       as[RawFile],
	Tester{}.Kind():        as[Tester],
	Catalogue{}.Kind():     as[Catalogue],
	Assignment{}.Kind():    as[Assignment],
	Note{}.Kind():          as[Note],
	Fault{}.Kind():         as[Fault],
	Deviation{}.Kind():     as[Deviation],
	Sampling{}.Kind():      as[Sampling],
	Latency{}.Kind():       as[Latency],
	Lost{}.Kind():          as[Lost],
	Safe{}.Kind():          as[Safe],
	SweepPlan{}.Kind():     as[SweepPlan],
	SweepEdge{}.Kind():     as[SweepEdge],
	SweepResult{}.Kind():   as[SweepResult],
	SweepEvidence{}.Kind(): as[SweepEvidence],
	Notice{}.Kind():        as[Notice],
	UserAction{}.Kind():    as[UserAction],
	Link{}.Kind():          as[Link],
	Traffic{}.Kind():       as[Traffic],
	Backend{}.Kind():       as[Backend],
	Vehicle{}.Kind():       as[Vehicle],
	End{}.Kind():           as[End],
}

func as[B Body](raw json.RawMessage) (Body, error) {
	var b B
	err := json.Unmarshal(raw, &b)
	return b, err
}

func decodeBody(kind string, raw json.RawMessage) (Body, error) {
	if kind == "" {
		return nil, errors.New("no kind")
	}
	if d, ok := decoders[kind]; ok {
		return d(raw)
	}
	return Unknown{Name: kind, Raw: slices.Clone(raw)}, nil
}
