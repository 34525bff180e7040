package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// settle is how long an unfinished line is silent before Expect takes it for a prompt. Serial ports deliver lines
	// in pieces, some 20 ms apart; the first piece of "version 1.2.15" must not pass for version 1.2.1.
	settle = 100 * time.Millisecond
	// shown is how many lines the error of Expect repeats.
	shown = 10
)

// Mark is a place between two lines.
type Mark int

// Mark returns the place behind the last finished line.
func (c *Console) Mark() Mark {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Mark(c.dropped + len(c.lines))
}

// Since returns the finished lines behind a mark, as far as they are kept: the last 1000 are. A gap counts as a line.
func (c *Console) Since(m Mark) []Line { return c.view(m).lines }

// Follow hands f each finished line behind the mark, each that comes, and the unfinished one whenever it has settled;
// that one comes again when it has grown or is finished. It ends with ctx or the console; its error is that of ctx, or
// wraps ErrClosed or ErrGap. Lines that come faster than f takes them can be lost: the last 1000 are kept.
func (c *Console) Follow(ctx context.Context, m Mark, f func(l Line, finished bool)) error {
	return c.follow(ctx, m, func(h heard) bool {
		f(h.Line, !h.unfinished)
		return false
	})
}

// heard is a line as Expect hears it.
type heard struct {
	printed
	at         Mark // the place before it
	unfinished bool // it is settled, but has no end
}

// follow hands f the lines behind a mark, those that come, and the unfinished one whenever it has settled, until f
// returns true, ctx or the console ends, or a gap is found that the options do not tolerate.
func (c *Console) follow(ctx context.Context, m Mark, f func(heard) bool) error {
	for next := m; ; {
		v := c.view(next)
		for i, l := range v.lines {
			if l.Lost > 0 && c.opt.Reconnect.FailOnGap {
				return fmt.Errorf("%w for %v", ErrGap, l.Lost)
			}
			if f(heard{printed: printed{Line: l}, at: v.end - Mark(len(v.lines)-i)}) {
				return nil
			}
		}
		next = max(next, v.end)
		unsettled := settle - time.Since(v.partial.touched)
		if v.hasPrompt() && v.end >= next && unsettled <= 0 && f(heard{v.partial, v.end, true}) {
			return nil
		}
		switch {
		case v.ended != nil:
			return v.ended
		case v.away && c.opt.Reconnect.FailOnGap:
			return ErrGap
		}
		if err := v.wait(ctx, unsettled); err != nil {
			return err
		}
	}
}

// view is what is known of a console at one moment.
type view struct {
	lines   []Line
	end     Mark // behind lines
	lost    int  // lines behind the mark that are no longer kept
	partial printed
	changed <-chan struct{}
	away    bool
	ended   error
}

func (c *Console) view(m Mark) view {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := min(max(int(m)-c.dropped, 0), len(c.lines))
	return view{
		lines: slices.Clone(c.lines[first:]), end: Mark(c.dropped + len(c.lines)), lost: max(c.dropped-int(m), 0),
		partial: c.partial, changed: c.changed, away: c.away, ended: c.ended,
	}
}

func (v view) hasPrompt() bool { return v.partial.Text+v.partial.hidden != "" }

// wait returns when something has changed, or the unfinished line has settled.
func (v view) wait(ctx context.Context, unsettled time.Duration) error {
	var settled <-chan time.Time
	if v.hasPrompt() && unsettled > 0 {
		timer := time.NewTimer(unsettled)
		defer timer.Stop()
		settled = timer.C
	}
	select {
	case <-v.changed:
		return nil
	case <-settled:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// failed adds to an error what was being done, and what was printed behind the mark.
func (c *Console) failed(m Mark, doing string, err error) error {
	v := c.view(m)
	if v.partial.Text != "" {
		v.lines = append(v.lines, v.partial.Line)
	}
	return fmt.Errorf("%v: %s: %w; %s", c, doing, err, v.last())
}

// last tells what was printed last.
func (v view) last() string {
	n := len(v.lines)
	if n == 0 {
		return "it printed nothing; is it powered, and the console connected at the right baud rate?"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "of %d lines the last were:", v.lost+n)
	for _, line := range v.lines[max(0, n-shown):] {
		fmt.Fprintf(&b, "\n\t%v", line)
	}
	if v.lost > 0 {
		fmt.Fprintf(&b, "\nthe first %d are no longer kept", v.lost)
	}
	return b.String()
}
