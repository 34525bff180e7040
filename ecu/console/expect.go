package console

import (
	"context"
	"regexp"
	"strings"
)

// Match is what Expect found.
type Match struct {
	Line   Line
	Groups []string // the expression's submatches, as regexp.FindStringSubmatch gives them
	Index  int      // which of the expressions matched
	Next   Mark     // behind the line, also if it is unfinished: where to look for what follows
}

// Expect waits for a line behind the mark that matches. An unfinished line, such as a prompt, counts once nothing more
// of it came for 100 ms. The error wraps ErrClosed, ErrGap or that of ctx, and repeats the last lines.
func (c *Console) Expect(ctx context.Context, m Mark, re *regexp.Regexp) (Match, error) {
	return c.ExpectAny(ctx, m, re)
}

// ExpectAny is Expect for the first line that matches any of the expressions. If one line matches several of them, the
// first of those counts.
func (c *Console) ExpectAny(ctx context.Context, m Mark, all ...*regexp.Regexp) (Match, error) {
	var found Match
	err := c.follow(ctx, m, func(h heard) bool {
		for i, re := range all {
			if groups := h.match(re); groups != nil {
				found = Match{Line: h.Line, Groups: groups, Index: i, Next: h.at + 1}
				return true
			}
		}
		return false
	})
	if err != nil {
		return Match{}, c.failed(m, "wait for "+alternatives(all), err)
	}
	return found, nil
}

// ExpectPrompt waits for an unfinished line behind the mark that matches and stays as it is for 100 ms. Control
// sequences of terminals, such as colours, are taken out before. A prompt that stands already counts.
func (c *Console) ExpectPrompt(ctx context.Context, m Mark, prompt *regexp.Regexp) (Match, error) {
	var found Match
	err := c.follow(ctx, m, func(h heard) bool {
		if !h.unfinished {
			return false
		}
		found = Match{Line: h.Line, Groups: h.plain().match(prompt), Next: h.at + 1}
		return found.Groups != nil
	})
	if err != nil {
		return Match{}, c.failed(m, "wait for the prompt "+alternatives([]*regexp.Regexp{prompt}), err)
	}
	return found, nil
}

// match matches all that came of a line, but returns no part of it that is to be hidden.
func (p printed) match(re *regexp.Regexp) []string {
	if p.Lost > 0 {
		return nil
	}
	found := re.FindStringSubmatchIndex(p.Text + p.hidden)
	if found == nil {
		return nil
	}
	groups := make([]string, len(found)/2)
	for i := range groups {
		if first, end := found[2*i], found[2*i+1]; first >= 0 {
			groups[i] = p.Text[min(first, len(p.Text)):min(end, len(p.Text))]
		}
	}
	return groups
}

func alternatives(all []*regexp.Regexp) string {
	var quoted []string
	for _, re := range all {
		quoted = append(quoted, "/"+re.String()+"/")
	}
	return strings.Join(quoted, " or ")
}
