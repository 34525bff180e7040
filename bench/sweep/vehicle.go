package sweep

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"otabench/bench"
	"otabench/bench/trigger"
	"otabench/can"
)

// Rollout is the procedure of a vehicle that updates itself: from the offer to the end, with a user who wants it.
const Rollout Procedure = "rollout"

// Faults of a rollout: whose supply line opens for a second.
const (
	CutMaster = "cut-master" // that of the update master, and of what else is on its rail
	CutECU    = "cut-ecu"    // that of the last ECU behind it
	CutAll    = "cut-all"    // all of them
)

// VehicleFaults returns the faults of a rollout.
func VehicleFaults() []string { return []string{CutMaster, CutECU, CutAll} }

// darkness is how long the power is away in a rollout.
const darkness = time.Second

// settling bounds a rollout with all that goes wrong in it.
const settling = 10 * time.Minute

// Vehicle sweeps the rollout of a release in a vehicle, on benches of their own.
type Vehicle struct {
	// Open, Run and Workers are as in Exhaustive.
	Open    func(context.Context) (*bench.Bench, error)
	Run     func(func(context.Context))
	Workers int
	// Package is the role of what is installed in every ECU, next if it is empty.
	Package string
}

// VehicleFrame is a frame between the update master and the ECUs behind it, in a rollout that nothing disturbs.
type VehicleFrame struct {
	N      int           // from 1
	At     time.Duration // since the offer was published
	Phase  string        // what the dashboard showed
	Words  string
	Begins bool // a message; other frames continue one or control its flow
}

// VehiclePoint is a frame of a rollout and what happens there.
type VehiclePoint struct {
	VehicleFrame
	Fault string
}

func (p VehiclePoint) String() string { return fmt.Sprintf("%s/frame%d/%s", Rollout, p.N, p.Fault) }

var vehiclePoint = regexp.MustCompile(`^rollout/frame([0-9]{1,7})/([a-z-]+)$`)

// ParseVehiclePoint reads what String writes.
func ParseVehiclePoint(text string) (VehiclePoint, error) {
	m := vehiclePoint.FindStringSubmatch(text)
	if m == nil {
		return VehiclePoint{}, fmt.Errorf("point %.80q: want rollout/frameN/FAULT such as rollout/frame120/cut-all", text)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 1 || !slices.Contains(VehicleFaults(), m[2]) {
		return VehiclePoint{}, fmt.Errorf("point %.80q: frames count from 1, and the faults are %s", text, strings.Join(VehicleFaults(), ", "))
	}
	return VehiclePoint{VehicleFrame{N: n, Words: fmt.Sprintf("frame %d", n)}, m[2]}, nil
}

// VehicleResult is what became of a point.
type VehicleResult struct {
	VehiclePoint
	// Outcome is that of the first end which the user was shown: Recoverable is a vehicle that runs both releases, cannot be
	// driven and says so.
	Outcome Outcome
	// Recovered says that the update has succeeded in the end.
	Recovered bool
	Wrong     string
	Software  string // what runs in the ECUs in the end
	Shown     string // what the user was shown in the end
}

// alone runs f on a vehicle of its own.
func (s *Vehicle) alone(f func(context.Context, *rollout) error) (err error) {
	s.Run(func(ctx context.Context) {
		b, opened := s.Open(ctx)
		if opened != nil {
			err = opened
			return
		}
		err = errors.Join(play(ctx, b, s.Package, f), b.Close(ctx, "the trial is over"))
	})
	return err
}

func play(ctx context.Context, b *bench.Bench, release string, f func(context.Context, *rollout) error) error {
	if b.Vehicle() == nil {
		return errors.New("the bench file has no vehicle with an update master")
	}
	r, err := newRollout(ctx, b, release)
	if err != nil {
		return err
	}
	return f(ctx, r)
}

// Survey goes through a rollout that nothing disturbs and returns its frames. failed says why it did not succeed.
func (s *Vehicle) Survey() (frames []VehicleFrame, length time.Duration, failed string, err error) {
	err = s.alone(func(ctx context.Context, r *rollout) error {
		stop := r.listen(func(f VehicleFrame) { frames = append(frames, f) })
		res, err := r.run(ctx, nil)
		stop()
		length, failed = time.Since(r.began), res.Wrong
		return err
	})
	return frames, length, failed, err
}

// Sweep tries points until all are done or ctx ends, and calls each with every result, one at a time.
func (s *Vehicle) Sweep(ctx context.Context, points []VehiclePoint, each func(VehicleResult)) error {
	var results sync.Mutex
	return pool(ctx, s.Workers, points, func(p VehiclePoint) error {
		return s.alone(func(ctx context.Context, r *rollout) error {
			res, err := r.run(ctx, &p)
			if err != nil {
				return fmt.Errorf("%v: %w", p, err)
			}
			results.Lock()
			defer results.Unlock()
			each(res)
			return nil
		})
	})
}

// TryVehicle plays a point on an open bench.
func TryVehicle(ctx context.Context, b *bench.Bench, release string, p VehiclePoint) (res VehicleResult, err error) {
	err = play(ctx, b, release, func(ctx context.Context, r *rollout) error {
		res, err = r.run(ctx, &p)
		return err
	})
	return res, err
}

// frame is the condition of the n-th frame between the master and the ECUs behind it.
func (r *rollout) frame(n int) trigger.Condition {
	var all []trigger.Condition
	for _, e := range r.ecus {
		a := e.Description().Address
		for _, id := range []uint32{a.Request, a.Response} {
			all = append(all, trigger.FrameOn(r.v.Config().Bus, can.Exactly(id, a.Extended)))
		}
	}
	return trigger.Any(all...).Nth(n)
}

// cut takes the power of a fault away.
func (r *rollout) cut(fault string) (trigger.Action, error) {
	master, last := r.v.Rail(), r.ecus[len(r.ecus)-1].Rail()
	switch fault {
	case CutMaster:
		return master.Cut(darkness), nil
	case CutECU:
		return last.Cut(darkness), nil
	}
	rails := []*bench.Rail{master}
	for _, e := range r.ecus {
		if !slices.Contains(rails, e.Rail()) {
			rails = append(rails, e.Rail())
		}
	}
	var all []trigger.Action
	for _, rail := range rails {
		all = append(all, rail.Cut(darkness))
	}
	return trigger.Both(all...), nil
}
