package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/ecu/console"
)

// consoleOptions are the flags of console.
type consoleOptions struct {
	until   string
	timeout time.Duration
	boot    bool
}

func (a *app) console() *cobra.Command {
	var o consoleOptions
	c := &cobra.Command{
		Use:   "console ECU",
		Short: "Show the serial console of an ECU, and type on it",
		Long: `Power an ECU of the bench, show its serial console from its start on and send it the lines of standard input,
until the input ends. With --until, that ends at a line or prompt instead. With --boot, it sends nothing and shows a boot log
with times, stages and panics, until the application has started or --until matches.

It ends with status 1 if --timeout ends first, or a boot log has a panic.`,
		Example: `  otabench console bcm
  echo version | otabench console bcm --until '^[0-9.]+$' --timeout 10s
  otabench console bcm --boot --json`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return a.completeECUs(args), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			return a.runConsole(c.Context(), c.InOrStdin(), args[0], o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.until, "until", "", "regular expression of the line or prompt to end at")
	f.DurationVar(&o.timeout, "timeout", 0, "how long to wait, once the ECU has power; without end if it is 0")
	f.BoolVar(&o.boot, "boot", false, "show a boot log")
	return c
}

func (a *app) runConsole(ctx context.Context, in io.Reader, role string, o consoleOptions) error {
	var until *regexp.Regexp
	if o.until != "" {
		var err error
		if until, err = regexp.Compile(o.until); err != nil {
			return usage("--until: %w", err)
		}
	}
	return a.withECU(ctx, role, func(ctx context.Context, e *bench.ECU) error {
		if e.Console() == nil {
			return usage("the bench file names no console of %s", role)
		}
		if o.timeout > 0 {
			limited, cancel := context.WithTimeoutCause(ctx, o.timeout, errWaited)
			defer cancel()
			ctx = limited
		}
		var err error
		if o.boot {
			err = a.showBoot(ctx, e.Console(), until)
		} else {
			err = a.talk(ctx, in, e.Console(), until)
		}
		if errors.Is(context.Cause(ctx), errWaited) && errors.Is(err, context.DeadlineExceeded) {
			return &status{exitFailed, err}
		}
		return err
	})
}

// Why a console's display ends.
var (
	errWaited     = errors.New("the time is over")
	errFound      = errors.New("found")
	errInputEnded = errors.New("the input has ended")
)

// talk shows a console and sends it what is typed.
func (a *app) talk(ctx context.Context, in io.Reader, c *console.Console, until *regexp.Regexp) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() { // ends with the input, at the latest with the process
		err := forward(ctx, in, c)
		if err != nil {
			end(err)
		} else if until == nil {
			end(errInputEnded)
		}
	}()
	s := screen{out: a.out}
	err := c.Follow(ctx, 0, func(l console.Line, finished bool) {
		s.show(l, finished)
		if until != nil && until.MatchString(l.Plain()) {
			end(errFound)
		}
	})
	s.newline()
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errFound), errors.Is(cause, errInputEnded):
		return nil
	case errors.Is(cause, errWaited):
		return fmt.Errorf("%v: %w: %w", c, errWaited, err)
	case cause != nil:
		return cause
	}
	return err
}

// forward sends lines to a console.
func forward(ctx context.Context, in io.Reader, c *console.Console) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if err := c.SendLine(ctx, lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// screen shows lines and prompts.
type screen struct {
	out  io.Writer
	open string // what is shown of the unfinished line
}

func (s *screen) show(l console.Line, finished bool) {
	text := l.String()
	rest, grown := strings.CutPrefix(text, s.open)
	if !grown {
		s.newline()
		rest = text
	}
	fmt.Fprint(s.out, rest)
	if s.open = text; finished {
		fmt.Fprintln(s.out)
		s.open = ""
	}
}

func (s *screen) newline() {
	if s.open != "" {
		fmt.Fprintln(s.out)
		s.open = ""
	}
}

// bootLine is a line of a boot log as scripts see it.
type bootLine struct {
	Seconds float64 `json:"s"` // since the first line
	Stage   string  `json:"stage,omitempty"`
	Text    string  `json:"text"`
}

// bootReport is a boot log as scripts see it.
type bootReport struct {
	Lines   []bootLine `json:"lines"`
	Dropped int        `json:"dropped"`
	Stages  []bootLine `json:"stages"`
	Panics  []bootLine `json:"panics"`
}

func bootLines(lines []console.BootLine) []bootLine {
	rows := []bootLine{}
	for _, l := range lines {
		rows = append(rows, bootLine{Seconds: l.At.Seconds(), Text: l.Line.String()})
	}
	return rows
}

// showBoot shows a boot log, as far as it goes.
func (a *app) showBoot(ctx context.Context, c *console.Console, until *regexp.Regexp) error {
	log, ended := c.BootLog(ctx, console.Boot{Until: until})
	r := bootReport{bootLines(log.Lines), log.Dropped, []bootLine{}, bootLines(log.Panics)}
	for _, s := range log.Stages {
		r.Stages = append(r.Stages, bootLine{s.At.Seconds(), s.Name, s.Line.String()})
	}
	if err := a.print(r, r.write); err != nil || ended != nil {
		return errors.Join(err, ended)
	}
	if n := len(r.Panics); n > 0 {
		return &status{exitFailed, fmt.Errorf("%v: its boot log has %d lines that tell of a panic", c, n)}
	}
	return nil
}

func (r bootReport) write(w io.Writer) {
	for _, l := range r.Lines {
		fmt.Fprintf(w, "%9.3f  %s\n", l.Seconds, l.Text)
	}
	if r.Dropped > 0 {
		fmt.Fprintf(w, "%d lines are not kept\n", r.Dropped)
	}
	for _, s := range r.Stages {
		fmt.Fprintf(w, "%s after %.3f s\n", s.Stage, s.Seconds)
	}
	for _, p := range r.Panics {
		fmt.Fprintf(w, "panic after %.3f s: %s\n", p.Seconds, p.Text)
	}
}
