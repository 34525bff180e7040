// Package terminal is the service console of an update master, for vehicles whose dashboard is not on the bench: the
// master prints a line for each view, and takes lines for what a user does.
//
//	ota: {"state":"offered","offer":{"version":"1.1.0",...},"choices":["download","later"]}
//	> ota download owner
//
// Prefix and command are the bench file's to choose; the view is always the JSON of an [ota.View].
package terminal

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"otabench/ecu/ota"
)

// Config says how a master talks. The zero value is that of the embedded vehicle.
type Config struct {
	Prefix string `yaml:"prefix,omitempty" jsonschema:"description=that lines with a view begin with; 'ota: ' if left out"`
	// Command has the words {deed}, {user} and {at} for what a user does; {at} is empty or the time in RFC 3339.
	Command string `yaml:"command,omitempty" jsonschema:"description=line for what a user does with {deed} and {user} and {at}; 'ota {deed} {user} {at}' if left out"`
}

// Console is what a master prints on and reads from; *console.Console is one.
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

// Printed takes a line that the master has printed. A line without the prefix is of no interest, and one with it that is
// no view is an error.
func (d *Display) Printed(text string) error {
	raw, ok := strings.CutPrefix(text, d.prefix)
	if !ok {
		return nil
	}
	var v ota.View
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return fmt.Errorf("console: a line of the update master is no view: %w: %.200q", err, raw)
	}
	d.Show(v)
	return nil
}

// Act types a line.
func (d *Display) Act(ctx context.Context, a ota.Action) error {
	at := ""
	if !a.At.IsZero() {
		at = a.At.UTC().Format(time.RFC3339)
	}
	line := strings.TrimSpace(strings.NewReplacer("{deed}", string(a.Do), "{user}", a.User, "{at}", at).Replace(d.command))
	if err := d.console.SendLine(ctx, line); err != nil {
		return fmt.Errorf("console: %v: %w", a, err)
	}
	return nil
}

// Close implements [ota.Display]. The console is its owner's.
func (d *Display) Close() error { return nil }
