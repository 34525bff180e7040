package console_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/console"
)

// boots are logs as ECUs print them; @ waits for a tenth of a second.
const (
	linux = "U-Boot 2023.10 (Oct 02 2023)\r\nDRAM:  1 GiB\r\n@Starting kernel ...\r\n\r\n@@" +
		"[    0.000000] Linux version 6.1.0\r\n" +
		"@@@[  OK  ] Reached target Basic System.\r\n\r\nbcm login: "
	panics = "boot: slot B\n@app: exception at 0x0800\n@assertion \"p != NULL\" failed: file \"main.c\"\nHardFault\n" +
		"@[ 1.0] Kernel panic - not syncing: VFS\n@boot: slot A\napp: version 1.0.0 started\n"
)

func boot(t *testing.T, text string, b console.Boot) (log console.BootLog, err error) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, "before\n")
		synctest.Wait()
		b.From = c.Mark()
		go func() {
			for part := range strings.SplitAfterSeq(text, "@") {
				say(t, unit, strings.TrimSuffix(part, "@"))
				time.Sleep(100 * ms)
			}
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		log, err = c.BootLog(ctx, b)
		time.Sleep(time.Second) // until all is printed
	})
	return log, err
}

// at shows lines with their times.
func at(lines ...console.BootLine) (all []string) {
	for _, l := range lines {
		all = append(all, fmt.Sprintf("%v %v", l.At, l.Line))
	}
	return all
}

func stages(log console.BootLog) (all []string) {
	for _, s := range log.Stages {
		all = append(all, s.Name+" "+at(s.BootLine)[0])
	}
	return all
}

func TestBootLogOfLinux(t *testing.T) {
	log, err := boot(t, linux, console.Boot{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"bootloader 0s U-Boot 2023.10 (Oct 02 2023)", "kernel 100ms Starting kernel ...", "application 600ms bcm login: ",
	}
	if got := stages(log); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("stages %q, want %q", got, want)
	}
	n := len(log.Lines)
	if n != 8 || log.Lines[n-1].Line.Text != "bcm login: " || log.Lines[5].At != 600*ms || log.Dropped != 0 {
		t.Errorf("%d lines: %q", n, at(log.Lines...))
	}
	if log.Panics != nil {
		t.Errorf("panics %q", at(log.Panics...))
	}
}

func TestBootLogWithPanics(t *testing.T) {
	b := console.Boot{Until: regexp.MustCompile("started$"), Stages: []console.Stage{
		{Name: "bootloader", Pattern: regexp.MustCompile("^boot:")},
		{Name: "application", Pattern: regexp.MustCompile("^app: version")},
	}}
	log, err := boot(t, panics, b)
	if err != nil {
		t.Fatal(err)
	}
	if got := stages(log); fmt.Sprint(got) != "[bootloader 0s boot: slot B application 400ms app: version 1.0.0 started]" {
		t.Errorf("stages %q", got)
	}
	want := []string{
		"100ms app: exception at 0x0800", `200ms assertion "p != NULL" failed: file "main.c"`, "200ms HardFault",
		"300ms [ 1.0] Kernel panic - not syncing: VFS",
	}
	if got := at(log.Panics...); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("panics %q, want %q", got, want)
	}
}

func TestBootThatDoesNotEnd(t *testing.T) {
	log, err := boot(t, "U-Boot 2023.10\r\n@resetting ...\r\n", console.Boot{})
	if !errors.Is(err, context.DeadlineExceeded) || len(log.Lines) != 2 ||
		!strings.Contains(err.Error(), "(not reached: kernel, application)") {
		t.Errorf("%q, %v", at(log.Lines...), err)
	}
	_, err = boot(t, "", console.Boot{Stages: []console.Stage{}})
	if err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a boot log without end: %v", err)
	}
}

func TestStagesOfOtherLoaders(t *testing.T) {
	for line, want := range map[string]string{
		"*** Booting MCUboot v2.0.0 ***":            "bootloader",
		"barebox 2024.01.0 #1":                      "bootloader",
		"[    0.000] boot: reset by power-on":       "bootloader",
		"[    0.064] app: version 1.0.0 started":    "application",
		"[  OK  ] Reached target Multi-User System": "application",
		"Booting Linux on physical CPU 0x0":         "kernel",
		"the boot: tree of this app: nothing":       "",
	} {
		got := ""
		for _, s := range console.LinuxStages() {
			if s.Pattern.MatchString(line) {
				got += s.Name
			}
		}
		if got != want {
			t.Errorf("%q is of stage %q, want %q", line, got, want)
		}
	}
}

func TestBootLogIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		go func() {
			for n := range 5000 {
				say(t, unit, fmt.Sprintf("line %d: panic: again\n", n))
				time.Sleep(ms)
			}
			say(t, unit, "login: ")
		}()
		log, err := c.BootLog(t.Context(), console.Boot{})
		if err != nil || len(log.Lines) != 2000 || log.Dropped != 3001 || len(log.Panics) != 100 {
			t.Fatalf("%d lines, %d dropped, %d panics, %v", len(log.Lines), log.Dropped, len(log.Panics), err)
		}
		for i, want := range map[int]string{
			0: "0s line 0: panic: again", 999: "999ms line 999: panic: again", 1000: "4.001s line 4001: panic: again",
			1999: "5s login: ",
		} {
			if got := at(log.Lines[i])[0]; got != want {
				t.Errorf("line %d is %q, want %q", i, got, want)
			}
		}
	})
}

func TestBootLogTellsWhatCameTooFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, strings.Repeat("x\n", 1500)+"login: ")
		synctest.Wait()
		log, err := c.BootLog(t.Context(), console.Boot{})
		if err != nil || len(log.Lines) != 1001 || log.Dropped != 500 {
			t.Errorf("%d lines, %d dropped, %v", len(log.Lines), log.Dropped, err)
		}
	})
}
