package guard

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/record"
)

const (
	// grace is how long a suite may take to clean up after an interrupt.
	grace = 20 * time.Second
	// safety is how long switching off may take, and confirmation how much longer than its line's discharge a sensor may
	// take to confirm it after that.
	safety       = 5 * time.Second
	confirmation = 2 * time.Second
	// linger is how long the guard listens on after the suite has ended. Only a process that the suite left behind, with
	// its output or its events, keeps these open.
	linger = time.Second
)

// Options of a guarded run.
type Options struct {
	File   *config.File
	Record string // path of the record that the suite writes
	// Header starts the record if the suite died before it could.
	Header record.Header
	// Output receives what the suite prints.
	Output io.Writer
	// Event is called for each line that the suite sends to Events; nil ignores them.
	Event func(line []byte)

	grace time.Duration // other than the usual one, for tests
}

// Result is how a guarded suite ended.
type Result struct {
	// Exit is the suite's exit status, -1 if a signal ended it.
	Exit int
	// Reason says in words how it ended.
	Reason string
	// Interrupted says that the context ended the run.
	Interrupted bool
	// Safe is the last word of the record on the outputs, by the suite or by the guard; nil if nothing was ever opened.
	Safe *record.Safe
}

// Run starts the suite's command and stays with it to its end. When ctx is done, the suite is interrupted, and killed
// if it has not ended after 20 s. The error is the guard's own; a suite that fails or is killed is a Result.
func Run(ctx context.Context, cmd *exec.Cmd, o Options) (Result, error) {
	l, err := start(cmd, o)
	if err != nil {
		return Result{}, fmt.Errorf("start the suite: %w", err)
	}
	waited := make(chan error, 1)
	go func() { waited <- cmd.Wait() }()

	var res Result
	select {
	case err = <-waited:
	case <-ctx.Done():
		res.Interrupted = true
		err = stop(cmd, waited, cmp.Or(o.grace, grace))
	}
	res.Exit, res.Reason = ending(cmd, err)
	if res.Interrupted {
		res.Reason = "interrupted; " + res.Reason
	}
	res, err = o.secure(res)
	l.close()
	return res, err
}

// lines are the guard's ends of its pipes to the suite.
type lines struct {
	lifeline, events *os.File
	forwarded        chan struct{} // closed when the last event was passed on
}

// close waits for the last events, so that none comes after Run has returned.
func (l lines) close() {
	_ = l.lifeline.Close()
	select {
	case <-l.forwarded:
	case <-time.After(linger):
	}
	_ = l.events.Close()
	<-l.forwarded
}

// start starts the child in a process group of its own, so that an interrupt from the terminal reaches the guard alone.
func start(cmd *exec.Cmd, o Options) (lines, error) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return lines{}, err
	}
	events, send, err := os.Pipe()
	if err != nil {
		return lines{}, errors.Join(err, theirs.Close(), ours.Close())
	}
	cmd.WaitDelay = linger
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, o.Output, o.Output
	cmd.ExtraFiles = []*os.File{send}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = cmd.Start()
	// The child has copies of its ends.
	err = errors.Join(err, theirs.Close(), send.Close())
	if err != nil {
		return lines{}, errors.Join(err, ours.Close(), events.Close())
	}
	l := lines{lifeline: ours, events: events, forwarded: make(chan struct{})}
	go func() {
		defer close(l.forwarded)
		forward(events, o.Event)
	}()
	return l, nil
}

func forward(events io.Reader, f func([]byte)) {
	s := bufio.NewScanner(events)
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		if f != nil {
			f(s.Bytes())
		}
	}
}

func stop(cmd *exec.Cmd, waited <-chan error, grace time.Duration) error {
	_ = cmd.Process.Signal(os.Interrupt)
	select {
	case err := <-waited:
		return err
	case <-time.After(grace):
		_ = cmd.Process.Kill()
		return <-waited
	}
}

func ending(cmd *exec.Cmd, err error) (exit int, reason string) {
	state := cmd.ProcessState
	if state == nil {
		return -1, err.Error()
	}
	if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return -1, fmt.Sprintf("the suite's process was ended by signal %d (%v)", w.Signal(), w.Signal())
	}
	return state.ExitCode(), fmt.Sprintf("the suite ended with status %d", state.ExitCode())
}

// secure reads what the suite's record says of the outputs, makes them safe if it does not say that they are, and closes
// a record that the suite could not close.
func (o Options) secure(res Result) (Result, error) {
	last, closed := o.ended()
	safe := last != nil && equipment.IsSafe(*last)
	if !safe {
		s := MakeSafe(context.Background(), o.File, res.Reason)
		last = &s
	}
	res.Safe = last
	if safe && closed {
		return res, nil
	}
	w, err := record.Append(o.Record)
	if errors.Is(err, os.ErrNotExist) {
		w, err = record.Create(o.Record, o.Header)
	}
	if err != nil {
		return res, fmt.Errorf("the outputs are dealt with (%+v), but the record could not be written: %w", last.Outputs, err)
	}
	w.Add(record.Note{Text: res.Reason})
	if !safe {
		w.Add(*last)
	}
	w.Add(record.End{Status: res.status()})
	return res, w.Close()
}

func (r Result) status() string {
	if r.Interrupted {
		return "interrupted"
	}
	return "void"
}

// ended returns the record's last word on the outputs, and whether the suite closed the record itself.
func (o Options) ended() (safe *record.Safe, closed bool) {
	_, events, _ := record.ReadFile(o.Record) // a record that is cut short is read as far as it goes
	for _, e := range events {
		switch b := e.Body.(type) {
		case record.Safe:
			safe = &b
		case record.End:
			closed = true
		}
	}
	return safe, closed
}
