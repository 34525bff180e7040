package slcan

import (
	"bufio"
	"fmt"
	"io"
	"time"
)

// maxGarbage is how many bytes without the end of a line are put up with.
const maxGarbage = 4096

// read takes the adapter's bytes apart into lines, until it is gone.
func (b *Bus) read() {
	defer close(b.lines)
	r := bufio.NewReader(b.port)
	var line []byte
	for dropped := 0; ; {
		c, err := r.ReadByte()
		switch {
		case err != nil:
			b.fail(fmt.Errorf("read: %w", err))
			return
		case c == end && dropped > 0:
			line, dropped = line[:0], 0
			continue
		case c != end && c != bell && len(line) == maxLine:
			if dropped++; dropped > maxGarbage {
				b.fail(errGarbage)
				return
			}
			continue
		}
		if c == bell {
			line = line[:0] // an answer of its own; what it interrupts is broken
		}
		line = append(line, c)
		if c != end && c != bell {
			continue
		}
		select {
		case b.lines <- line:
		case <-b.done:
			return
		}
		line, dropped = nil, 0
	}
}

// write hands commands to the adapter. When the bus ends it closes the channel and then the port, which ends read as well.
func (b *Bus) write() {
	for {
		select {
		case text := <-b.out:
			if _, err := b.port.Write(text); err != nil {
				b.fail(fmt.Errorf("write: %w", err))
			}
			select {
			case b.written <- struct{}{}:
			case <-b.done:
			}
		case <-b.done:
			b.hangUp()
			return
		}
	}
}

// hangUp closes the adapter's channel, so that it is quiet for the next program, unless it takes too long.
func (b *Bus) hangUp() {
	late := time.AfterFunc(b.timeout, func() { _ = b.port.Close() })
	_, _ = io.WriteString(b.port, "C\r")
	if late.Stop() {
		_ = b.port.Close() // whatever it reports, the adapter is let go
	}
}
