package record

import "time"

// The samples of a rail in a record are those of all readings that draw the same curve: the first one, each whose voltage
// differs from the last sample by CurveStep, with the reading just before it, and one after CurveStill without any.
const (
	CurveStep  = 0.02 // V
	CurveStill = time.Second
)
