package socketcand

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// handshake is the part of a client's connection before frames.
type handshake struct {
	conn net.Conn
	in   elements
}

// run joins the bus of that name until the deadline, and finds out which forms of frames the server knows.
func (h handshake) run(name string, deadline time.Time) (fs forms, err error) {
	if err := h.conn.SetDeadline(deadline); err != nil {
		return fs, err
	}
	if _, err := h.await(reportHi); err != nil {
		return fs, fmt.Errorf("no greeting: %w", err)
	}
	for _, command := range []string{"< open " + name + " >", "< rawmode >"} {
		if err := h.do(command); err != nil {
			return fs, fmt.Errorf("%s: %w", command, err)
		}
	}
	if fs, err = h.learn(); err != nil {
		return fs, fmt.Errorf("ask for forms of frames: %w", err)
	}
	return fs, h.conn.SetDeadline(time.Time{})
}

// do gives a command that the server has to accept.
func (h handshake) do(command string) error {
	if _, err := h.conn.Write([]byte(command)); err != nil {
		return err
	}
	complaint, err := h.await(reportOK)
	if err == nil && complaint != "" {
		err = fmt.Errorf("%w: %s", ErrRefused, complaint)
	}
	return err
}

// await skips what comes before an element of that kind, or before the server's complaint.
func (h handshake) await(kind reportKind) (complaint string, err error) {
	for {
		r, err := h.next()
		if err != nil || r.kind == kind || r.kind == reportComplaint {
			return r.text, err
		}
	}
}

func (h handshake) next() (report, error) {
	element, err := h.in.next()
	if err != nil {
		return report{}, err
	}
	r, err := parseReport(element)
	if err != nil {
		return report{}, nil // a frame, which nobody can have subscribed to yet
	}
	return r, nil
}

// learn asks for each form of frames. Servers that know a command keep silent if its arguments are missing, the others
// say that it is unknown to them. One that says neither yes nor no to the first question does not tell.
func (h handshake) learn() (fs forms, err error) {
	if accepted, refused, err := h.ask("otabench 1"); err != nil || accepted || !refused {
		if accepted {
			fs = ours
		}
		return fs, err
	}
	for _, q := range []struct {
		verb   string
		form   fdForm
		remote bool
	}{{verb: "fdsend", form: fdFlagged}, {verb: "sendfd", form: fdBare}, {verb: "sendrtr", remote: true}} {
		_, refused, err := h.ask(q.verb)
		if err != nil {
			return fs, err
		}
		if refused {
			continue
		}
		fs.remote = fs.remote || q.remote
		if fs.fd == fdNone {
			fs.fd = q.form
		}
	}
	return fs, nil
}

// unknownCommand is how servers refuse a command that they do not know.
const unknownCommand = "unknown command"

// ask gives a command and waits for the answer to an echo behind it.
func (h handshake) ask(command string) (accepted, refused bool, err error) {
	if _, err := h.conn.Write([]byte("< " + command + " >< echo >")); err != nil {
		return false, false, err
	}
	for {
		r, err := h.next()
		switch {
		case err != nil || r.kind == reportEcho:
			return accepted, refused, err
		case r.kind == reportOK:
			accepted = true
		case r.kind == reportComplaint && strings.Contains(r.text, unknownCommand):
			refused = true
		}
	}
}
