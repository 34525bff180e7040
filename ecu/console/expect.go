package console

import (
	"context"
	"fmt"
	"regexp"
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

// Since returns the finished lines behind a mark, as far as they are kept: the last 1000 are.
func (c *Console) Since(m Mark) []Line { return c.view(m).lines }

// Match is what Expect found: the line, and the expression's submatches as regexp.FindStringSubmatch gives them.
type Match struct {
	Line   Line
	Groups []string
}

// Expect waits for a line behind the mark that matches. An unfinished line, such as a prompt, counts once nothing more of
// it came for 100 ms. The error wraps ErrClosed or that of ctx, and repeats the last lines.
func (c *Console) Expect(ctx context.Context, m Mark, re *regexp.Regexp) (Match, error) {
	for next := m; ; {
		v := c.view(next)
		next = v.next
		candidates := v.lines
		unsettled := settle - time.Since(v.touched)
		if v.partial.Text != "" && unsettled <= 0 {
			candidates = append(candidates, v.partial)
		}
		for _, line := range candidates {
			if groups := re.FindStringSubmatch(line.Text); groups != nil {
				return Match{Line: line, Groups: groups}, nil
			}
		}
		if v.ended != nil {
			return Match{}, c.failed(m, re, v.ended)
		}
		if err := v.wait(ctx, unsettled); err != nil {
			return Match{}, c.failed(m, re, err)
		}
	}
}

// view is what Expect sees of a console at one moment.
type view struct {
	lines   []Line
	next    Mark // behind lines
	lost    int  // lines behind the mark that are no longer kept
	partial Line
	touched time.Time
	changed <-chan struct{}
	ended   error
}

func (c *Console) view(m Mark) view {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := min(max(int(m)-c.dropped, 0), len(c.lines))
	return view{
		lines: slices.Clone(c.lines[first:]), next: Mark(c.dropped + len(c.lines)), lost: max(c.dropped-int(m), 0),
		partial: c.partial, touched: c.touched, changed: c.changed, ended: c.ended,
	}
}

// wait returns when something has changed, or the unfinished line has settled.
func (v view) wait(ctx context.Context, unsettled time.Duration) error {
	var settled <-chan time.Time
	if v.partial.Text != "" && unsettled > 0 {
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

func (c *Console) failed(m Mark, re *regexp.Regexp, err error) error {
	v := c.view(m)
	if v.partial.Text != "" {
		v.lines = append(v.lines, v.partial)
	}
	return fmt.Errorf("%v: wait for /%s/: %w; %s", c, re, err, v.last())
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
