package terminal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"otabench/ecu/ota"
)

// Config says how a master talks. The zero value is that of the embedded vehicle.
type Config struct {
	Prefix string `yaml:"prefix,omitempty" jsonschema:"description=that lines with a view begin with; 'ota: ' if left out"`
	// Command has the words {deed}, {user} and {at} for what a user does; {at} is empty or the time in RFC 3339.
	Command string `yaml:"command,omitempty" jsonschema:"description=line for what a user does with {deed} and {user} and {at}; 'ota {deed} {user} {at}' if left out"`
}

// Console is what a master reads from; *console.Console is one.
type Console interface {
	SendLine(ctx context.Context, text string) error
}

// Display is the console. It is an [ota.Display].
type Display struct {
	ota.Screen
	prefix, command string
	console         Console
}

// Open returns a display whose lines come through [Display.Printed].
func Open(c Console, cfg Config) *Display {
	return &Display{
		console: c, prefix: cmp.Or(cfg.Prefix, "ota: "), command: cmp.Or(cfg.Command, "ota {deed} {user} {at}"),
	}
}

func (d *Display) String() string { return "console" }

// maxLine bounds a line with a view, in bytes.
const maxLine = 1 << 16

// Printed takes a line that the master has printed. A line without the prefix is of no interest. One with it that is no view
// is an error and changes nothing: it is not the JSON of a view, has no state, or has more than 64 KiB.
func (d *Display) Printed(text string) error {
	raw, ok := strings.CutPrefix(text, d.prefix)
	if !ok {
		return nil
	}
	v, err := parse(raw)
	if err != nil {
		return fmt.Errorf("console: a line of the update master is no view: %w: %.200q", err, raw)
	}
	d.Show(v)
	return nil
}

var (
	errLong    = fmt.Errorf("longer than %d bytes", maxLine)
	errNoState = errors.New("it has no state")
)

func parse(raw string) (v ota.View, err error) {
	if len(raw) > maxLine {
		return v, errLong
	}
	err = json.Unmarshal([]byte(raw), &v)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		wrong.Value = fmt.Sprintf("%.40s", wrong.Value) // which has a number as it came, of any length
	}
	if err != nil {
		return v, err
	}
	if v.State == "" {
		return v, errNoState
	}
	return v, nil
}

// Act types a line. It fails without typing if what the user does would be more than one line, or had control characters that
// the console might take for keys.
func (d *Display) Act(ctx context.Context, a ota.Action) error {
	line := d.line(a)
	if strings.ContainsFunc(line, unicode.IsControl) {
		return fmt.Errorf("console: %.200q is not typed: it has control characters", line)
	}
	if err := d.console.SendLine(ctx, line); err != nil {
		return fmt.Errorf("console: %v: %w", a, err)
	}
	return nil
}

// line is the command with the action's words in their places, which are not looked for in the words themselves.
func (d *Display) line(a ota.Action) string {
	at := ""
	if !a.At.IsZero() {
		at = a.At.UTC().Format(time.RFC3339)
	}
	return strings.TrimSpace(strings.NewReplacer("{deed}", string(a.Do), "{user}", a.User, "{at}", at).Replace(d.command))
}

// Close implements [ota.Display]. The console is its owner's.
func (d *Display) Close() error { return nil }
