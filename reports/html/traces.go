package html

import (
	"html/template"
	"os"
	"regexp"
	"sync"
	"time"

	"otabench/reports"
	"otabench/reports/frames"
)

// traceFile is how a bench names the traces of a run: one more each time that the run is gone on with.
var traceFile = regexp.MustCompile(`^trace(-[0-9]{1,4})?\.pcapng$`)

// maxTraces bounds the traces that are read.
const maxTraces = 20

// traces are what lies in a run's folder of frames.
type traces struct {
	Files    []traceView
	extracts []frames.Extract // of the specs
}

// traceView is a trace as the page tells of it.
type traceView struct {
	frames.Index
	Name  string
	Error string // why it could not be read
}

// readTraces reads the traces of a run beside whatever else is done, and returns a function that waits for them.
func readTraces(r *reports.Run) func() traces {
	read := sync.OnceValue(func() traces { return scanAll(r) })
	go read()
	return read
}

func scanAll(r *reports.Run) traces {
	all := traces{extracts: make([]frames.Extract, len(r.Specs))}
	spans := spansOf(r)
	for _, name := range r.Files {
		if !traceFile.MatchString(name) || len(all.Files) == maxTraces {
			continue
		}
		x, extracts, err := scanFile(r.Dir, name, spans)
		v := traceView{Index: x, Name: name}
		if err != nil {
			v.Error = err.Error()
		}
		all.Files = append(all.Files, v)
		for i, e := range extracts {
			if all.extracts[i].Count == 0 {
				all.extracts[i] = e
			}
		}
	}
	return all
}

// scanFile reads one trace, which the folder is not left for.
func scanFile(dir, name string, spans []frames.Span) (frames.Index, []frames.Extract, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return frames.Index{}, nil, err
	}
	defer root.Close()
	f, err := reports.OpenFile(root, name)
	if err != nil {
		return frames.Index{}, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return frames.Index{}, nil, err
	}
	return frames.Scan(f, info.Size(), spans)
}

// spansOf are the times of which the page shows frames.
func spansOf(r *reports.Run) []frames.Span {
	spans := make([]frames.Span, len(r.Specs))
	start := r.Header.Started.UnixNano()
	for i, s := range r.Specs {
		if s.Begun == 0 {
			spans[i] = frames.Span{To: -1}
			continue
		}
		spans[i] = frames.Span{
			From: start + int64(s.Start), At: start + int64(s.Disturbance()), To: start + int64(endOf(r, s)),
			Frames: allot(frameBudget, len(r.Specs), 24, 400),
		}
	}
	return spans
}

// endOf is when a spec ended. One that was cut short lasted to the end of the record, and none ended before what happened in
// it.
func endOf(r *reports.Run, s *reports.Spec) time.Duration {
	if s.Begun > s.Ended {
		return r.Length
	}
	return max(s.Start+s.Duration, s.Disturbance(), lastOf(s.Steps), lastOf(s.Samples), lastOf(s.Settings), lastOf(s.Console))
}

func lastOf[B any](list []reports.At[B]) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].T
}

// Traces are the traces of the run.
func (p page) Traces() []traceView { return p.traces().Files }

// TraceData is what the script needs of the traces to find and to name frames.
func (p page) TraceData() (template.HTML, error) {
	return p.packer.element("traces", 0, traceData(p.Run, p.Traces()))
}
