package console

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// ErrLogin means that a console refused the user or the password.
var ErrLogin = errors.New("the login was refused")

// defaultQuiet is how long a console is silent before Login presses return.
const defaultQuiet = 3 * time.Second

// Login brings the console to a shell's prompt. It answers the questions for user and password as they come, and
// presses return when the console is silent, or to see whether a prompt that stands is still alive. A shell that
// answers at once is taken as it is, whoever is logged in.
//
// The password is kept out of lines, log and errors from now on, wherever it appears: a password that is a common word
// makes them hard to read. The error wraps ErrLogin if the user or the password is refused, and says what was seen.
func (c *Console) Login(ctx context.Context, with Credentials) error {
	secrets, err := with.resolve()
	if err != nil {
		return fmt.Errorf("%v: log in: %w", c, err)
	}
	if secrets.password != "" {
		c.conceal(secrets.password)
	}
	if with.Quiet == 0 {
		with.Quiet = defaultQuiet
	}
	l := login{
		console: c, secrets: secrets, prompts: with.Prompts.withDefaults(), quiet: with.Quiet,
		began: c.Mark(), behind: c.here(), pressed: time.Now(),
	}
	if err := l.run(ctx); err != nil {
		return c.failed(l.began, "log in: "+l.state.String(), err)
	}
	return nil
}

// loginState is how far a login has come.
type loginState int

const (
	unknown      loginState = iota // of what the console waits for
	userSent                       // and no answer seen
	passwordSent                   // and no answer seen
)

func (s loginState) String() string {
	return "wait for " + [...]string{"a prompt", "an answer to the user's name", "an answer to the password"}[s]
}

// sight is what a login sees.
type sight int

const (
	silence sight = iota
	asksUser
	asksPassword
	isShell
	isRefusal
)

// login is a login under way.
type login struct {
	console *Console
	secrets resolved
	prompts Prompts
	quiet   time.Duration
	state   loginState
	began   Mark
	behind  place     // what was seen before has been answered
	pressed time.Time // when a key was last pressed
}

func (l *login) run(ctx context.Context) error {
	if v := l.console.view(l.behind.line); v.hasPrompt() && l.prompt(v.partial.plain()) != silence {
		if err := l.press(ctx); err != nil { // it may be the last word of an ECU that is no longer there
			return err
		}
	}
	for {
		saw, err := l.look(ctx)
		if err != nil {
			return err
		}
		done, err := l.answer(ctx, saw)
		if done || err != nil {
			return err
		}
	}
}

// answer does what a state asks for at a sight.
func (l *login) answer(ctx context.Context, saw sight) (done bool, err error) {
	switch {
	case saw == isShell:
		return true, nil
	case saw == isRefusal:
		return false, ErrLogin
	case saw == asksUser && l.state == unknown:
		l.state = userSent
		return false, l.send(ctx, l.secrets.user, "the user's name")
	case saw == asksUser:
		return false, fmt.Errorf("%w: it asks for a user again", ErrLogin)
	case saw == asksPassword && l.state == passwordSent:
		return false, fmt.Errorf("%w: it asks for a password again", ErrLogin)
	case saw == asksPassword && l.state == userSent && l.secrets.password == "":
		return false, fmt.Errorf("%w: it asks for a password, and the credentials have none", ErrLogin)
	case saw == asksPassword && l.state == userSent:
		l.state = passwordSent
		return false, l.send(ctx, l.secrets.password, "the password")
	}
	return false, l.press(ctx) // silence, or the question for the password of a user that somebody else named
}

// press presses return.
func (l *login) press(ctx context.Context) error { return l.send(ctx, "", "return") }

func (l *login) send(ctx context.Context, text, called string) error {
	l.behind, l.pressed = l.console.here(), time.Now()
	return l.console.send(ctx, text+l.console.opt.LineEnd, called)
}

// look waits for something to answer; as long as nothing was sent, also for silence.
func (l *login) look(ctx context.Context) (sight, error) {
	saw := silence
	see := func(h heard) bool {
		saw = l.sightOf(h)
		return saw != silence
	}
	for {
		wait, cancel := l.patience(ctx)
		err := l.console.follow(wait, l.behind.line, see)
		cancel()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return saw, err
		}
		if l.silent() >= l.quiet {
			return silence, nil
		}
	}
}

// patience ends when silence would be long enough to press return.
func (l *login) patience(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.state != unknown {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, l.quiet-l.silent())
}

// silent returns for how long the console printed nothing, and no key was pressed.
func (l *login) silent() time.Duration {
	touched := l.console.view(l.behind.line).partial.touched
	return min(time.Since(touched), time.Since(l.pressed))
}

// sightOf tells what a line is.
func (l *login) sightOf(h heard) sight {
	p := l.behind.new(h)
	if h.unfinished {
		return l.prompt(p)
	}
	if l.state != unknown && p.match(l.prompts.Refused) != nil {
		return isRefusal
	}
	return silence
}

// prompt tells what an unfinished line asks for.
func (l *login) prompt(p printed) sight {
	for _, x := range []struct {
		re *regexp.Regexp
		is sight
	}{{l.prompts.User, asksUser}, {l.prompts.Password, asksPassword}, {l.prompts.Shell, isShell}} {
		if p.match(x.re) != nil {
			return x.is
		}
	}
	return silence
}
