package console

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Bounds of a boot log, in lines. With lines of up to 8 KiB it takes up to 17 MB.
const (
	firstKept  = 1000 // of the lines, from the first on
	lastKept   = 1000 // of those behind
	panicsKept = 100
)

// Boot is what to look for while an ECU boots.
type Boot struct {
	From Mark // behind it the boot begins
	// Until is what the line or prompt matches that ends the capture; that of the last stage if it is nil.
	Until *regexp.Regexp
	// Stages are the stages to time; those of LinuxStages if it is nil.
	Stages []Stage
	// Panics are what lines match that tell of a panic, an assertion or the like; those of CommonPanics if it is nil.
	Panics []*regexp.Regexp
}

// Stage is a stage of booting, and what its first line or prompt matches.
type Stage struct {
	Name    string
	Pattern *regexp.Regexp
}

// BootLine is a line of a boot log.
type BootLine struct {
	At   time.Duration // since the first line
	Line Line
}

// BootStage tells when a stage was reached.
type BootStage struct {
	Name string
	BootLine
}

// BootLog is what an ECU printed while it booted.
type BootLog struct {
	Lines   []BootLine  // the first 1000 and the last 1000. Until's is the last of them, also if it is a prompt
	Dropped int         // lines that came and are not there
	Stages  []BootStage // in the order in which they were reached; each once
	Panics  []BootLine  // the first 100
}

// LinuxStages are the stages bootloader, kernel and application of U-Boot, barebox, MCUboot or GRUB, Linux, and a user
// space that ends in a login prompt or systemd's targets; and those of loaders and applications that say "boot:" and
// "app:". A time in brackets before a line does not count.
func LinuxStages() []Stage {
	const stamp = `^(?:\[ *[\d.]+\] *)?`
	return []Stage{
		{"bootloader", regexp.MustCompile(stamp + `(?:U-Boot |barebox |GRUB |boot: )|(?i:mcuboot|boot ?loader)`)},
		{"kernel", regexp.MustCompile(`Linux version |Booting Linux|Starting kernel`)},
		{"application", regexp.MustCompile(stamp + `app: .*\bstarted|login: *$|Reached target .*[Mm]ulti-[Uu]ser`)},
	}
}

// CommonPanics are lines of kernels, C libraries and embedded runtimes that tell of a crash.
func CommonPanics() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`Kernel panic|^\S*\s*(?:panic|PANIC)\b|\bpanic:|### ERROR ### Please RESET`),
		regexp.MustCompile(`(?i)assert(?:ion)?\b.*\bfail|\bassert:`),
		regexp.MustCompile(`\bOops\b|Unable to handle kernel|BUG: |Internal error:|Call [Tt]race:`),
		regexp.MustCompile(`(?i)(?:hard|bus|usage|mem ?manage|segmentation) ?fault|data abort|stack smashing`),
		regexp.MustCompile(`(?i)(?:: |unhandled )exception\b`),
	}
}

// BootLog captures what comes behind a mark until the boot is over. Its error is that of ctx, or wraps ErrClosed or
// ErrGap; the log is what was captured until then.
func (c *Console) BootLog(ctx context.Context, b Boot) (BootLog, error) {
	if b.Stages == nil {
		b.Stages = LinuxStages()
	}
	if b.Panics == nil {
		b.Panics = CommonPanics()
	}
	if b.Until == nil && len(b.Stages) > 0 {
		b.Until = b.Stages[len(b.Stages)-1].Pattern
	}
	if b.Until == nil {
		return BootLog{}, fmt.Errorf("%v: boot log: it is not said where it ends", c)
	}
	k := capture{boot: b, next: b.From}
	err := c.follow(ctx, b.From, k.hear)
	log := k.finish()
	if err != nil {
		return log, c.failed(b.From, "boot until "+alternatives([]*regexp.Regexp{b.Until})+k.missing(), err)
	}
	return log, nil
}

// capture is a boot log that is being made.
type capture struct {
	boot  Boot
	log   BootLog
	next  Mark // the place before the line that should come next
	first time.Time
	begun bool
	last  []BootLine // behind the first lines: a ring
	rung  int        // lines that went into it
}

// hear takes a line and reports whether it is the last.
func (k *capture) hear(h heard) bool {
	l := k.at(h)
	k.stages(h, l)
	over := h.match(k.boot.Until) != nil
	if h.unfinished {
		if over {
			k.keep(l)
		}
		return over
	}
	k.log.Dropped += max(0, int(h.at-k.next)) // they came faster than they were heard
	k.next = h.at + 1
	k.keep(l)
	k.panics(h, l)
	return over
}

func (k *capture) at(h heard) BootLine {
	if !k.begun {
		k.first, k.begun = h.Time, true
	}
	return BootLine{h.Time.Sub(k.first), h.Line}
}

// stages notes the stages that a line begins.
func (k *capture) stages(h heard, l BootLine) {
	for _, s := range k.boot.Stages {
		if !k.reached(s.Name) && h.match(s.Pattern) != nil {
			k.log.Stages = append(k.log.Stages, BootStage{s.Name, l})
		}
	}
}

func (k *capture) reached(stage string) bool {
	for _, s := range k.log.Stages {
		if s.Name == stage {
			return true
		}
	}
	return false
}

func (k *capture) panics(h heard, l BootLine) {
	for _, re := range k.boot.Panics {
		if len(k.log.Panics) < panicsKept && h.match(re) != nil {
			k.log.Panics = append(k.log.Panics, l)
			return
		}
	}
}

// keep keeps the first lines, and of the others the last.
func (k *capture) keep(l BootLine) {
	switch {
	case len(k.log.Lines) < firstKept:
		k.log.Lines = append(k.log.Lines, l)
		return
	case len(k.last) < lastKept:
		k.last = append(k.last, l)
	default:
		k.last[k.rung%lastKept] = l
		k.log.Dropped++
	}
	k.rung++
}

// finish puts the last lines behind the first.
func (k *capture) finish() BootLog {
	oldest := 0
	if len(k.last) == lastKept {
		oldest = k.rung % lastKept
	}
	k.log.Lines = append(append(k.log.Lines, k.last[oldest:]...), k.last[:oldest]...)
	return k.log
}

// missing names the stages that were not reached.
func (k *capture) missing() string {
	var names []string
	for _, s := range k.boot.Stages {
		if !k.reached(s.Name) {
			names = append(names, s.Name)
		}
	}
	if names == nil {
		return ""
	}
	return " (not reached: " + strings.Join(names, ", ") + ")"
}
