package slcan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// begin finds out whether there is an adapter and what it can do, and opens its channel.
func (b *Bus) begin(ctx context.Context, o Options) error {
	commands, err := o.commands()
	if err != nil {
		return err
	}
	// What was half typed before ends with the first of these; the channel may still be open from another program.
	b.ask(ctx, "\r\rC")
	for b.answer(ctx, quiet) != nil { // whatever it is, it belongs to the past
	}
	b.ask(ctx, "V")
	if b.answer(ctx, o.Timeout) == nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errors.New("no answer to V (version): is it an SLCAN adapter, and nobody else's? " +
			"one that is in boot mode, or has other firmware, does not answer")
	}
	for b.answer(ctx, quiet) != nil {
	}
	for _, c := range commands {
		b.ask(ctx, c)
		switch a := b.answer(ctx, quiet); {
		case ctx.Err() != nil:
			return ctx.Err()
		case a == nil:
			b.silent = true
		case a[0] == bell:
			return fmt.Errorf("the adapter refuses %s; does it have that bit rate?", c)
		}
	}
	b.ask(ctx, "F")
	if a := b.answer(ctx, quiet); len(a) > 0 && a[0] == 'F' {
		b.hasFlags = true
	}
	return ctx.Err()
}

// quiet is how long an adapter takes to answer a command, if it does at all.
const quiet = 100 * time.Millisecond

// commands set up and open the channel.
func (o Options) commands() ([]string, error) {
	nominal, err := rateCommand(rates, o.Bitrate)
	if err != nil {
		return nil, err
	}
	commands := []string{nominal}
	if o.DataBitrate > 0 {
		data, err := rateCommand(dataRates, o.DataBitrate)
		if err != nil {
			return nil, err
		}
		commands = append(commands, data)
	}
	if o.ListenOnly {
		return append(commands, "L"), nil
	}
	return append(commands, "O"), nil
}

// ask writes a command.
func (b *Bus) ask(ctx context.Context, command string) {
	select {
	case b.out <- append([]byte(command), end):
	case <-ctx.Done():
		return
	case <-b.done:
		return
	}
	select {
	case <-b.written:
	case <-ctx.Done():
	case <-b.done:
	}
}

// answer waits for the answer to a command: text, "\r" for none, or "\a". It is nil if nothing came in time. Frames of a
// channel that was just opened are not answers.
func (b *Bus) answer(ctx context.Context, within time.Duration) []byte {
	timer := time.NewTimer(within)
	defer timer.Stop()
	for {
		select {
		case line, ok := <-b.lines:
			if !ok {
				return nil
			}
			if _, frame := Parse(bytes.TrimSuffix(line, []byte{end})); !frame {
				return line
			}
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}
