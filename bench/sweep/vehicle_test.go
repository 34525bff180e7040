package sweep_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/bench/sweep"
	"otabench/ecu/sim/master"
)

// rollouts sweeps the embedded vehicle, whose master has faults.
func rollouts(t *testing.T, faults ...master.Fault) *sweep.Vehicle {
	t.Helper()
	f, err := config.Parse(embedded.Name, embedded.YAML)
	if err != nil {
		t.Fatal(err)
	}
	f.Simulation.Master.Faults = faults
	return &sweep.Vehicle{
		Workers: 2,
		Run: func(inside func(context.Context)) {
			synctest.Test(t, func(t *testing.T) { inside(t.Context()) })
		},
		Open: func(ctx context.Context) (*bench.Bench, error) {
			rec, err := record.NewWriter(io.Discard, record.Header{})
			if err != nil {
				return nil, err
			}
			return bench.Open(ctx, f, bench.Options{Record: rec, Dir: t.TempDir()})
		},
	}
}

// spread are points of a rollout, spread over it.
func spread(frames []sweep.VehicleFrame, n int, faults ...string) (points []sweep.VehiclePoint) {
	for i := range n {
		points = append(points, sweep.VehiclePoint{VehicleFrame: frames[i*len(frames)/n], Fault: faults[i%len(faults)]})
	}
	return points
}

func TestARolloutSucceedsAfterAnyCut(t *testing.T) {
	v := rollouts(t)
	frames, length, failed, err := v.Survey()
	if err != nil || failed != "" || len(frames) < 1000 || length <= 0 {
		t.Fatalf("%d frames in %v, %q, %v", len(frames), length, failed, err)
	}
	seen := map[sweep.Outcome]int{}
	err = v.Sweep(t.Context(), spread(frames, 12, sweep.VehicleFaults()...), func(r sweep.VehicleResult) {
		seen[r.Outcome]++
		if r.Wrong != "" || !r.Recovered {
			t.Errorf("%v: %s, recovered %v: %s; %s", r, r.Outcome, r.Recovered, r.Wrong, r.Shown)
		}
	})
	if err != nil || seen[sweep.Old] == 0 || seen[sweep.Missed] != 0 {
		t.Errorf("%v, %v", seen, err)
	}
}

// What a rollout must never do is told from what it may, also where nothing disturbs it.
func TestARolloutThatIsWrong(t *testing.T) {
	for fault, want := range map[master.Fault]string{
		master.InstallsAtOnce: "has not agreed",
		master.StaysDrivable:  "can be driven",
	} {
		if _, _, failed, err := rollouts(t, fault).Survey(); err != nil || !strings.Contains(failed, want) {
			t.Errorf("%s: %q, %v; want %q", fault, failed, err, want)
		}
	}
}

func TestPointsOfARollout(t *testing.T) {
	for text, ok := range map[string]bool{
		"rollout/frame120/cut-all": true, "rollout/frame1/cut-ecu": true,
		"rollout/frame0/cut-all": false, "rollout/frame1/cut": false, "rollout/1/cut-all": false, "update/frame1/cut-all": false, "": false,
	} {
		p, err := sweep.ParseVehiclePoint(text)
		if (err == nil) != ok || ok && p.String() != text {
			t.Errorf("%q: %v, %v", text, p, err)
		}
	}
}
