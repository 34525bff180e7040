package console

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// place is a place within a line.
type place struct {
	line Mark   // before the line
	seen string // of the line
}

// here returns the place behind all that came.
func (c *Console) here() place {
	v := c.view(0)
	return place{v.end, v.partial.Text + v.partial.hidden}
}

// new returns what came of an unfinished line behind the place.
func (p place) new(h heard) printed {
	if rest, grown := strings.CutPrefix(h.Text+h.hidden, p.seen); grown && h.at == p.line {
		h.hidden = rest[max(0, len(rest)-len(h.hidden)):]
		h.Text = rest[:len(rest)-len(h.hidden)]
	}
	return h.plain()
}

// Command sends a line, waits for the prompt and returns what was printed before it, without the command's echo. The
// prompt is found as by ExpectPrompt; it should end as the prompt does, as in `[$#] $`. Output of which the first lines
// are no longer kept is an error, with the rest. One dialogue at a time: commands do not queue.
func (c *Console) Command(ctx context.Context, text string, prompt *regexp.Regexp) ([]Line, error) {
	from, shown := c.here(), redact(text, c.known())
	if err := c.SendLine(ctx, text); err != nil {
		return nil, err
	}
	var end Mark
	err := c.follow(ctx, from.line, func(h heard) bool {
		end = h.at
		return h.unfinished && from.new(h).match(prompt) != nil
	})
	if err != nil {
		doing := fmt.Sprintf("wait for the prompt /%v/ behind the command %q", prompt, shown)
		return nil, c.failed(from.line, doing, err)
	}
	v := c.view(from.line)
	lines := output(v.lines[:max(0, len(v.lines)-int(v.end-end))], from.seen, shown)
	if v.lost > 0 {
		return lines, fmt.Errorf("%v: the first %d lines of the output of %q are no longer kept", c, v.lost, shown)
	}
	return lines, nil
}

// output takes the prompt that stood before and the command's echo out of what was printed behind a command.
func output(lines []Line, standing, command string) []Line {
	if len(lines) > 0 && standing != "" {
		rest, _ := strings.CutPrefix(lines[0].Text, standing)
		if lines[0].Text = rest; rest == "" {
			lines = lines[1:]
		}
	}
	echo, got := squeeze(command), ""
	for i, l := range lines {
		got += squeeze(l.Text)
		if got == echo {
			return lines[i+1:]
		}
		if !strings.HasPrefix(echo, got) {
			break
		}
	}
	return lines
}
