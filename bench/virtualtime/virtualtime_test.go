package virtualtime_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"otabench/bench/virtualtime"
)

const child = "VIRTUALTIME_CHILD"

// Main ends its process, so this test binary is also the program that it is tested with.
func TestMain(m *testing.M) {
	if os.Getenv(child) != "" {
		virtualtime.Main(func() int {
			start := time.Now()
			time.Sleep(4 * time.Hour)
			fmt.Println(time.Since(start))
			return 7
		})
	}
	os.Exit(m.Run())
}

func TestFourHoursPassAtOnce(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.Output()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != 7 {
		t.Errorf("ended with %v, want status 7", err)
	}
	if string(out) != "4h0m0s\n" {
		t.Errorf("printed %q", out)
	}
}
