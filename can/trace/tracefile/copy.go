package tracefile

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"otabench/can"
	"otabench/can/trace"
)

// Report says what became of a trace that was copied.
type Report struct {
	Frames  int // written
	Refused int // frames that could not be written, see Refusal
	// Refusal is why the first of them could not be.
	Refusal error
	// Read and Written are what the source passed over, and what the sink has no place for.
	Read, Written []trace.Loss
}

// String tells the report in one line, for instance "2 frames; lost in reading: 1 CAN XL frames passed over; lost in
// writing: 2 comments dropped".
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d frames", r.Frames)
	if r.Refused > 0 {
		fmt.Fprintf(&b, "; %d frames refused, the first: %v", r.Refused, r.Refusal)
	}
	tell(&b, "reading", r.Read)
	tell(&b, "writing", r.Written)
	return b.String()
}

func tell(b *strings.Builder, where string, losses []trace.Loss) {
	for i, loss := range losses {
		if i == 0 {
			fmt.Fprintf(b, "; lost in %s: %v", where, loss)
			continue
		}
		fmt.Fprintf(b, ", %v", loss)
	}
}

// Copy writes the frames of src to dst with their comments, and closes dst. It holds one frame at a time.
//
// Frames that dst cannot hold are left out and counted. It fails with the error of src, after all frames before the
// damage were written, or with that of dst. The report is complete in any case.
func Copy(dst trace.Sink, src trace.Source) (Report, error) {
	var report Report
	reading, writing := report.copy(dst, src)
	if closing := dst.Close(); writing == nil {
		writing = closing
	}
	report.Read, report.Written = src.Losses(), dst.Losses()
	return report, errors.Join(reading, writing)
}

func (r *Report) copy(dst trace.Sink, src trace.Source) (reading, writing error) {
	for {
		rec, err := src.Next()
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return err, nil
		}
		if rec.Comment != "" {
			for line := range strings.SplitSeq(rec.Comment, "\n") {
				dst.Comment(line)
			}
		}
		err = dst.Write(rec.Bus, rec.Received)
		switch {
		case err == nil:
			r.Frames++
		case errors.Is(err, can.ErrInvalid), errors.Is(err, trace.ErrTime):
			r.refuse(err)
		default:
			return nil, err
		}
	}
}

func (r *Report) refuse(err error) {
	if r.Refused == 0 {
		r.Refusal = err
	}
	r.Refused++
}
