package sweep

import (
	"fmt"
	"strings"
	"time"
)

// Point is a procedure, an offset in it and a fault that happens there.
type Point struct {
	Procedure Procedure
	Phase     string // of the update, as the survey saw it; empty where no survey was made
	Offset    Offset
	Fault     string
	// At is when the offset was in the survey, since the procedure's beginning; 0 where no survey was made.
	At time.Duration
}

// String names the point as ParsePoint reads it: update/3605#1+23/cut.
func (p Point) String() string {
	if p.Fault == Undisturbed {
		return string(p.Procedure)
	}
	return fmt.Sprintf("%s/%s/%s", p.Procedure, p.Offset, p.Fault)
}

// ParsePoint reads what String writes.
func ParsePoint(text string) (Point, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return Point{}, fmt.Errorf("point %.80q: want PROCEDURE/OFFSET/FAULT such as update/3605#1+23/cut", text)
	}
	o, err := ParseOffset(parts[1])
	if err != nil {
		return Point{}, fmt.Errorf("point %.80q: %w", text, err)
	}
	p := Point{Procedure: Procedure(parts[0]), Offset: o, Fault: parts[2]}
	switch p.Procedure {
	case Update, Revert, Lapse:
	default:
		return Point{}, fmt.Errorf("point %.80q: there is no procedure %q; there are update, revert and lapse", text, parts[0])
	}
	if _, ok := faults[p.Fault]; !ok {
		return Point{}, fmt.Errorf("point %.80q: there is no fault %q; there are %s", text, p.Fault, strings.Join(FaultNames(), ", "))
	}
	return p, nil
}
