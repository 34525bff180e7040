package console

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"
)

// maxSecret bounds a user's name and a password, in bytes.
const maxSecret = 256

// Credentials are what a console is logged in with. They name a user and a password by reference, env:NAME or
// file:PATH, so that a bench file holds no secret. A reference is resolved when Login is called; of a file, line ends
// at its end do not count.
type Credentials struct {
	User     string // by reference, or the name itself, which is not kept secret
	Password string // by reference; empty if the console asks for none
	Prompts  Prompts
	// Quiet is how long a console prints nothing before Login presses return to see whether somebody is there; 3 s if it
	// is 0. It must be longer than any silence of a boot loader that a key press would stop.
	Quiet time.Duration
}

// Prompts are how a console's dialogue is recognised. Expressions that are nil have a default, which suits the getty
// and shell of most Linux systems. Control sequences of terminals are taken out before.
type Prompts struct {
	User     *regexp.Regexp // asks for a user's name
	Password *regexp.Regexp // asks for a password
	Shell    *regexp.Regexp // is logged in; a boot loader that prints # for progress must not match
	Refused  *regexp.Regexp // a line that says that name or password were wrong
}

// withDefaults puts defaults in place of what is nil.
func (p Prompts) withDefaults() Prompts {
	for _, x := range []struct {
		re       **regexp.Regexp
		standard string
	}{
		{&p.User, `(?i)(?:login|user(?: ?name)?):\s*$`},
		{&p.Password, `(?i)(?:password|passphrase|passcode)[^:]*:\s*$`},
		{&p.Shell, `(?:^|[^#])[$#] $`},
		{&p.Refused, `(?i)incorrect|authentication fail|access denied|permission denied|invalid (?:login|password)|too many`},
	} {
		if *x.re == nil {
			*x.re = regexp.MustCompile(x.standard)
		}
	}
	return p
}

// resolved are credentials as they are typed.
type resolved struct{ user, password string }

// resolve reads what the references refer to. Its errors show the reference and never what was found there.
func (c Credentials) resolve() (resolved, error) {
	user := c.User
	if strings.Contains(user, ":") { // which no name of a user does
		var err error
		if user, err = read(c.User); err != nil {
			return resolved{}, fmt.Errorf("the user: %w", err)
		}
	}
	if user == "" {
		return resolved{}, errors.New("the credentials name no user")
	}
	if c.Password == "" {
		return resolved{user: user}, nil
	}
	password, err := read(c.Password)
	if err != nil {
		return resolved{}, fmt.Errorf("the password: %w", err)
	}
	return resolved{user, password}, nil
}

var errReference = errors.New("the reference is not env:NAME or file:PATH; a secret itself has no place there")

// read reads what a reference refers to.
func read(reference string) (text string, err error) {
	kind, rest, _ := strings.Cut(reference, ":")
	switch {
	case rest == "":
		return "", errReference
	case kind == "env":
		text = os.Getenv(rest)
	case kind == "file":
		if text, err = readFile(rest); err != nil {
			return "", err
		}
	default:
		return "", errReference
	}
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return "", fmt.Errorf("%s is empty or not set", reference)
	}
	if len(text) > maxSecret || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fmt.Errorf("%s is no line of up to %d bytes that could be typed", reference, maxSecret)
	}
	return text, nil
}

func readFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 2*maxSecret))
	return string(text), err
}
