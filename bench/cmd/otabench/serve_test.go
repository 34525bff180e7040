package main

import (
	"bufio"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// servePatience bounds the wait for a process that shares a busy computer.
const servePatience = time.Minute

// serve runs otabench in the background until the end of the script, and waits for its first line, which it puts into a
// variable. The process is interrupted in the end. What it writes to its standard error goes to a file of the variable's
// name:
//
//	serve VARIABLE ARGUMENT...
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: serve VARIABLE ARGUMENT...")
	}
	cmd := exec.Command("otabench", args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "BENCH_SECRET="+ts.Getenv("BENCH_SECRET"))
	errs, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	cmd.Stderr = errs
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	first := make(chan string, 1)
	var read sync.WaitGroup
	read.Go(func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case first <- s.Text():
			default:
			}
		}
		close(first)
	})
	ts.Defer(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		read.Wait() // all of it, before Wait closes the pipe
		if err := cmd.Wait(); err != nil {
			ts.Logf("otabench %v ended with %v", args[1:], err)
		}
		_ = errs.Close()
	})
	select {
	case line, alive := <-first:
		if !alive {
			ts.Fatalf("otabench %v ended; see its standard error:\n%s", args[1:], ts.ReadFile(args[0]))
		}
		ts.Setenv(args[0], line)
	case <-time.After(servePatience):
		ts.Fatalf("otabench %v says nothing", args[1:])
	}
}
