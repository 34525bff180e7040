package bench_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/example"
	"otabench/bench/record"
	"otabench/ecu/flash"
)

// threeMakers is the example bench with the packages that it wants.
func threeMakers(t *testing.T) func(*config.File, *bench.Options) {
	t.Helper()
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS("examples")))
	for _, maker := range example.Makers() {
		packages := filepath.Join(dir, "packages", maker)
		must(t, os.MkdirAll(packages, 0o755))
		_, err := example.WriteReleases(packages, maker)
		must(t, err)
	}
	f, _, err := config.Load(filepath.Join(dir, "three-makers.yaml"))
	must(t, err)
	return func(to *config.File, o *bench.Options) { *to, o.Dir = *f, dir }
}

func versions(t *testing.T, b *bench.Bench) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, role := range []string{"bcm", "inverter", "cluster"} {
		id, err := b.ECU(role).WhoAmI(t.Context())
		must(t, err)
		all[role] = id.Software
	}
	return all
}

func same(version string) map[string]string {
	return map[string]string{"bcm": version, "inverter": version, "cluster": version}
}

// Three ECUs of three makers are updated by their descriptions alone.
func TestThreeMakers(t *testing.T) {
	onBench(t, threeMakers(t), func(t *testing.T, b *bench.Bench, j *journal) {
		must(t, b.Rail("kl30").On(t.Context()))
		if diff := cmp.Diff(same("1.0.0"), versions(t, b)); diff != "" {
			t.Errorf("at first (-want +got):\n%s", diff)
		}
		for role := range same("") {
			must(t, b.ECU(role).Update(t.Context(), b.ECU(role).Package("next")))
		}
		must(t, b.ECU("bcm").PowerCycle(t.Context()))
		if diff := cmp.Diff(same("1.1.0"), versions(t, b)); diff != "" {
			t.Errorf("after the updates (-want +got):\n%s", diff)
		}
		simulated := 0
		for _, d := range said[record.Device](j) {
			if d.Class == "ecu" && d.Simulated {
				simulated++
			}
		}
		if simulated != 3 {
			t.Errorf("%d ECUs are said to be simulated", simulated)
		}
	})
}

// The power of all of them is cut in the middle of each one's update. None is lost, and the cluster goes on where it was.
func TestThreeMakersWithoutPower(t *testing.T) {
	onBench(t, threeMakers(t), func(t *testing.T, b *bench.Bench, _ *journal) {
		must(t, b.Rail("kl30").On(t.Context()))
		versions(t, b)
		for _, role := range []string{"bcm", "inverter", "cluster"} {
			e := b.ECU(role)
			interrupt(t, b, e)
			resumed := int64(-1)
			p := e.NewProgrammer(flash.Options{Resume: true, Progress: func(p flash.Progress) {
				if p.Phase == flash.PhaseTransfer && resumed < 0 {
					resumed = p.Done
				}
			}})
			must(t, p.Program(t.Context(), e.Package("next")))
			must(t, p.Reset(t.Context()))
			must(t, p.AwaitBoot(t.Context()))
			must(t, p.Confirm(t.Context()))
			p.Close()
			if (resumed > 0) != (role == "cluster") {
				t.Errorf("%s goes on at byte %d", role, resumed)
			}
		}
		if diff := cmp.Diff(same("1.1.0"), versions(t, b)); diff != "" {
			t.Errorf("after the updates (-want +got):\n%s", diff)
		}
	})
}

// interrupt cuts the power when a third of an update is transferred.
func interrupt(t *testing.T, b *bench.Bench, e *bench.ECU) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := e.OnProgress(func(p flash.Progress) {
		if p.Phase == flash.PhaseTransfer && p.Done > p.Total/3 {
			cancel()
		}
	})
	defer stop()
	if err := e.Update(ctx, e.Package("next")); err == nil {
		t.Fatalf("%s: the update is not interrupted", e.Name())
	}
	must(t, b.Rail("kl30").Off(t.Context()))
	time.Sleep(time.Second)
	must(t, b.Rail("kl30").On(t.Context()))
	must(t, e.AwaitBoot(t.Context()))
}
