package tracefile

import (
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"otabench/can/trace"
	"otabench/can/trace/asc"
	"otabench/can/trace/blf"
	"otabench/can/trace/candump"
)

// Output is a trace that is written to a file.
type Output struct {
	trace.Sink
	Format Format
	under  []io.Closer // what the sink writes to, the file last
}

// Create makes a file, or empties one, and starts a trace in the format that its name tells. Dates in ASC and BLF are
// local ones. BLF cannot be compressed any further.
func Create(path string) (*Output, error) {
	format, compressed, err := FormatOf(path)
	if err != nil {
		return nil, err
	}
	if format == BLF && compressed {
		return nil, fmt.Errorf("%s: BLF is compressed already and cannot be written with .gz; leave that off", path)
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	out := &Output{Format: format, under: []io.Closer{file}}
	var w io.Writer = file
	if compressed {
		packed := gzip.NewWriter(file)
		w, out.under = packed, []io.Closer{packed, file}
	}
	if out.Sink, err = NewSink(w, format); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return out, nil
}

// Close ends the trace and closes the file. It returns the first error met.
func (o *Output) Close() error {
	err := o.Sink.Close()
	for _, under := range o.under {
		err = cmp.Or(err, under.Close())
	}
	return err
}

// NewSink starts a trace of the format. For BLF, whose head is completed at its end, w must be an io.WriteSeeker.
func NewSink(w io.Writer, format Format) (trace.Sink, error) {
	switch format {
	case PCAPNG:
		return trace.NewWriter(w), nil
	case Candump:
		return candump.NewWriter(w), nil
	case ASC:
		return asc.NewWriter(w, time.Local), nil
	case BLF:
		file, ok := w.(io.WriteSeeker)
		if !ok {
			return nil, fmt.Errorf("BLF can only be written to a file, because its head is completed at its end, not to a %T", w)
		}
		return blf.NewWriter(file), nil
	}
	return nil, fmt.Errorf("%q: %w", format, ErrFormat)
}
