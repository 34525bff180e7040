package html

import (
	"encoding/base64"
	"regexp"
	"strconv"

	"otabench/reports"
	"otabench/reports/frames"
	"otabench/reports/visible"
)

// traceIndex is the index of the traces, as the script takes it. Times are in nanoseconds since the run's start.
type traceIndex struct {
	Started string               `json:"started"` // nanoseconds since 1970, more than a number of the script can hold
	Units   map[string][2]string `json:"units"`   // ECU and direction by diagnostic identifier
	Files   []traceEntry         `json:"files"`
}

type traceEntry struct {
	Name     string         `json:"name"`
	Size     int64          `json:"size"`
	End      int64          `json:"end"`
	Frames   uint64         `json:"frames"`
	Sections []traceSection `json:"sections"`
	// Chunks by column; digests in one, 16 bytes each.
	Offset  []int64  `json:"offset"`
	Count   []uint32 `json:"count"`
	From    []int64  `json:"from"`
	To      []int64  `json:"to"`
	Digests string   `json:"digests"`
}

type traceSection struct {
	Offset int64      `json:"offset"`
	Big    bool       `json:"big"`
	Buses  []traceBus `json:"buses"`
}

type traceBus struct {
	Name      string `json:"name"`
	CAN       bool   `json:"can"`
	PerSecond string `json:"per"`
	Offset    string `json:"plus"`
}

func traceData(r *reports.Run, files []traceView) traceIndex {
	start := r.Header.Started.UnixNano()
	x := traceIndex{Started: strconv.FormatInt(start, 10), Units: units(r), Files: []traceEntry{}}
	for _, f := range files {
		if f.Error == "" {
			x.Files = append(x.Files, entryOf(f, start))
		}
	}
	return x
}

func entryOf(f traceView, start int64) traceEntry {
	e := traceEntry{Name: f.Name, Size: f.Size, End: f.End, Frames: f.Frames, Sections: []traceSection{}, Offset: []int64{}}
	for _, s := range f.Sections {
		e.Sections = append(e.Sections, traceSection{s.Offset, s.BigEndian, busesOf(s)})
	}
	var digests []byte
	for _, c := range f.Chunks {
		e.Offset, e.Count = append(e.Offset, c.Offset), append(e.Count, c.Frames)
		e.From, e.To = append(e.From, c.From-start), append(e.To, c.To-start)
		digests = append(digests, c.Digest[:]...)
	}
	e.Digests = base64.StdEncoding.EncodeToString(digests)
	return e
}

func busesOf(s frames.Section) []traceBus {
	all := []traceBus{}
	for _, i := range s.Interfaces {
		all = append(all, traceBus{visible.Line(i.Name, 60), i.CAN, strconv.FormatUint(i.PerSecond, 10), strconv.FormatInt(i.Offset, 10)})
	}
	return all
}

// isoTP is how a bench writes the address of an ECU: request, response.
var isoTP = regexp.MustCompile(`ISO-TP ([0-9A-F]{3,8})/([0-9A-F]{3,8})\b`)

// units names the identifiers on which the record says that ECUs are asked and answer. What other identifiers carry is not
// known, and is not interpreted therefore.
func units(r *reports.Run) map[string][2]string {
	all := map[string][2]string{}
	for _, d := range r.Devices {
		if m := isoTP.FindStringSubmatch(d.Address); m != nil && d.Class == "ecu" {
			all[m[1]] = [2]string{visible.Line(d.Role, 40), "request"}
			all[m[2]] = [2]string{visible.Line(d.Role, 40), "response"}
		}
	}
	return all
}
