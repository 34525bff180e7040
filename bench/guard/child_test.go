package guard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/guard"
	"otabench/bench/record"
	"otabench/power"
)

// The test binary is also the suite that is guarded: with childEnv set it does what that says and nothing else.
const (
	childEnv  = "OTABENCH_GUARD_TEST"
	folderEnv = "OTABENCH_GUARD_FOLDER"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(childEnv); role != "" {
		if err := child(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// suite makes the command that runs this binary as a suite.
func suite(role, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+role, folderEnv+"="+dir)
	return cmd
}

// child is the suite's process.
func child(role string) error {
	dir := os.Getenv(folderEnv)
	switch role {
	case "orphan":
		return orphan()
	case "guard":
		return middle(dir)
	case "matrix suite":
		return matrixSuite(dir)
	case "matrix guard":
		return matrixGuard(dir)
	case "no record":
		return nil
	}
	if err := writePID(dir); err != nil {
		return err
	}
	f, err := readFile(dir)
	if err != nil {
		return err
	}
	w, err := record.Create(filepath.Join(dir, "record.jsonl"), record.Header{Run: "child"})
	if err != nil {
		return err
	}
	p, err := energise(f)
	if err != nil {
		return err
	}
	ctx := context.Background()
	w.Add(record.Note{Text: "energised"})
	events := guard.Events()
	switch role {
	case "well":
		w.Add(p.MakeSafe(ctx, "suite", "done"))
		w.Add(record.End{Status: "passed"})
		fmt.Fprintln(events, "ended well")
		return nil
	case "careless":
		return nil
	case "fails":
		w.Add(p.MakeSafe(ctx, "suite", "done"))
		w.Add(record.End{Status: "failed"})
		os.Exit(1)
	case "stays":
		fmt.Fprintln(events, "energised")
		<-guard.Alive()
	case "polite":
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		fmt.Fprintln(events, "energised")
		<-interrupted
		w.Add(p.MakeSafe(ctx, "suite", "interrupted"))
		w.Add(record.End{Status: "interrupted"})
	case "deaf":
		signal.Ignore(syscall.SIGINT)
		fmt.Fprintln(events, "energised")
		<-guard.Alive()
	case "leaves a process":
		// It inherits the suite's output and events and outlives it.
		fmt.Fprintln(events, "energised")
		survivor := exec.Command("sleep", "30")
		survivor.Stdout, survivor.Stderr = os.Stdout, os.Stderr
		if err := survivor.Start(); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "pid"), fmt.Append(nil, survivor.Process.Pid), 0o600)
	default:
		return fmt.Errorf("no such child: %q", role)
	}
	return nil
}

func writePID(dir string) error {
	return os.WriteFile(filepath.Join(dir, "suite.pid"), fmt.Append(nil, os.Getpid()), 0o600)
}

// orphan says when it lives and when its guard is gone.
func orphan() error {
	gone := guard.Alive()
	fmt.Fprintln(os.Stdout, "alive", os.Getpid())
	<-gone
	fmt.Fprintln(os.Stdout, "guard is gone")
	return nil
}

// middle is a guard that the test kills.
func middle(dir string) error {
	_, err := guard.Run(context.Background(), suite("orphan", dir), guard.Options{
		File: &config.File{}, Record: filepath.Join(dir, "record.jsonl"), Output: os.Stdout,
	})
	return err
}

func energise(f *config.File) (*equipment.Power, error) {
	ctx := context.Background()
	p, err := equipment.Open(ctx, f, nil)
	if err != nil {
		return nil, err
	}
	r := f.Rails["kl30"]
	out, err := power.Limit(ctx, p.Channels["kl30"], power.Limits{
		Voltage: r.Limits.Voltage, Current: r.Limits.Current, OVP: r.Limits.OVP, OCP: r.Limits.OCP,
	})
	if err != nil {
		return nil, err
	}
	return p, out.On(ctx, r.Nominal)
}

func readFile(dir string) (*config.File, error) {
	text, err := os.ReadFile(filepath.Join(dir, "file.json"))
	if err != nil {
		return nil, err
	}
	f := new(config.File)
	return f, json.NewDecoder(strings.NewReader(string(text))).Decode(f)
}
