package master

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"otabench/ecu/ota"
)

// wish takes what a user has done, on whatever display. A master that is behind forgets it.
func (l *life) wish(a ota.Action) {
	if !slices.Contains(ota.Deeds, a.Do) || len(a.User) > maxName {
		return
	}
	select {
	case l.actions <- a:
	default:
	}
}

// hear takes what users do in the app, until ctx ends.
func (l *life) hear(ctx context.Context) {
	after, _ := strconv.Atoi(string(l.storage.read(commandFile))) // none is 0
	for ctx.Err() == nil {
		list, err := l.cloud.commands(ctx, l.cfg.Credentials.VIN, after)
		if err != nil {
			select {
			case <-time.After(l.cfg.Timing.Poll):
			case <-ctx.Done():
			}
			continue
		}
		for _, c := range list {
			after = max(after, c.Seq)
			if !l.cfg.has(CommandsRepeated) {
				l.storage.replace(commandFile, []byte(strconv.Itoa(after)))
			}
			l.wish(c.Action)
		}
	}
}

// readConsole reads lines for as long as the console is there.
func (m *Master) readConsole() {
	lines := bufio.NewScanner(m.around.Console)
	lines.Buffer(make([]byte, 1024), 1024)
	for lines.Scan() {
		select {
		case m.typed <- strings.TrimSpace(lines.Text()):
		default: // nobody is there who reads it
		}
	}
}

// typing takes what users type on the service console: "ota DEED USER [TIME]".
func (l *life) typing(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-l.typed:
			words := append(strings.Fields(line), "", "", "", "")
			a := ota.Action{Do: ota.Deed(words[1]), User: words[2]}
			a.At, _ = time.Parse(time.RFC3339, words[3]) // without a time it is at once
			if words[0] == "ota" {
				l.wish(a)
			}
		}
	}
}

// printed bounds the lines that wait for the console's reader.
const printed = 64

// print shows a view on the console. Nobody may be there to read it.
func (l *life) print(v ota.View) {
	if l.around.Console == nil {
		return
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return // it holds nothing that JSON does not
	}
	select {
	case l.lines <- fmt.Sprintf("ota: %s\r\n", raw):
	default:
	}
}

// write prints lines until ctx ends. A console that fails is a plug that is out.
func (l *life) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-l.lines:
			_, _ = io.WriteString(l.around.Console, line)
		}
	}
}
