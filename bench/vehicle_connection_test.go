package bench_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"otabench/bench"
	"otabench/bench/backend"
	"otabench/bench/link"
	"otabench/ecu/ota"
)

// What a vehicle may get beside the bytes of a download: metadata, a probe, handshakes and headers, once and for each
// connection that is made anew.
const (
	overhead       = 160 << 10
	overheadOfEach = 24 << 10
)

// The connection is cut behind each twentieth of a download, and in one more download the vehicle comes into another
// network at each: no byte is missing, and hardly one comes twice.
func TestADownloadGoesOnWhereItWasCut(t *testing.T) {
	for twentieth := range 21 {
		t.Run(fmt.Sprintf("%d%%", 5*twentieth), func(t *testing.T) {
			onVehicle(t, seldom, func(t *testing.T, b *bench.Bench, _ *journal) {
				downloads(t, b, 1, func(size int64) {
					b.Vehicle().Link.CutAt(size * int64(twentieth) / 20)
				})
			})
		})
	}
	t.Run("roaming", func(t *testing.T) {
		onVehicle(t, seldom, func(t *testing.T, b *bench.Bench, _ *journal) {
			moves := make(chan int, 101)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go roam(ctx, t, b.Vehicle().Link, moves)
			next := 5
			stop := b.Vehicle().Displays()[0].Watch(func(v ota.View) {
				if v.State == ota.Downloading && v.Percent >= next {
					next = v.Percent + 5
					moves <- v.Percent
				}
			})
			defer stop()
			downloads(t, b, 21, func(int64) {})
			if next < 80 {
				t.Errorf("the vehicle moved last at %d %%", next-5)
			}
		})
	})
}

// roam takes the vehicle into another network each time that it is told to.
func roam(ctx context.Context, t *testing.T, l *link.Link, moves <-chan int) {
	lte := link.Profile{Name: "slow LTE", Down: 4 * link.Mbit, Up: 2 * link.Mbit, Latency: 30 * time.Millisecond}
	for i := 0; ; i++ {
		select {
		case <-moves:
		case <-ctx.Done():
			return
		}
		p := slowWiFi
		if i%2 == 0 {
			p = lte
		}
		if err := l.Roam(p); err != nil {
			t.Error(err)
		}
	}
}

// downloads has the owner download a release, disturbed as soon as that begins, and looks at what was sent for it.
func downloads(t *testing.T, b *bench.Bench, disturbances int64, disturb func(size int64)) {
	t.Helper()
	v, dash := b.Vehicle(), b.Vehicle().Displays()[0]
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must(t, v.Link.Shape(slowWiFi))
	r, err := v.Publish(bench.Campaign{Packages: map[string]string{"vcu": "large", "bcm": "next"}})
	must(t, err)
	_, err = ota.Await(ctx, dash, "an offer", func(v ota.View) bool { return v.State == ota.Offered })
	must(t, err)
	before := v.Link.Count()
	disturb(r.Size)
	must(t, newOwner(b).gets(ctx))
	for _, m := range r.Members {
		if err := tile(v.Backend.Fetched(m.Target), int64(len(r.Files[m.Target]))); err != nil {
			t.Errorf("%s: %v", m.Target, err)
		}
	}
	if down, most := v.Link.Count().Down-before.Down, r.Size+overhead+disturbances*overheadOfEach; down < r.Size || down > most {
		t.Errorf("the vehicle got %d bytes for a download of %d; %d at most were expected", down, r.Size, most)
	}
}

// tile wants each answer to go on where the vehicle lost the one before, and the last to end with the file. What was sent
// and lost on the way is sent again.
func tile(answers []backend.ByteRange, size int64) error {
	at := int64(0)
	for i, r := range answers {
		if r.Start > at || r.Start < 0 || i > 0 && r.Start < answers[i-1].Start {
			return fmt.Errorf("answer %v of %v leaves a gap or goes back", r, answers)
		}
		at = r.End
	}
	if at != size {
		return fmt.Errorf("%v do not end with the file of %d bytes", answers, size)
	}
	return nil
}
