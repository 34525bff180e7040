package master

import (
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		name         string
		before, each time.Duration // until the first quarter of the answer comes, and the next
		latency      time.Duration
		rate         float64
		cause        ota.Cause
	}{
		{"at once", 0, 0, 0, math.Inf(1), ""},
		{"as slow as may be", time.Second, 250 * time.Millisecond, time.Second, 8 * cloud.MaxProbe / 0.75, ""},
		{"too late", time.Second + time.Millisecond, 0, time.Second + time.Millisecond, math.Inf(1), ota.PoorConnection},
		{"too slow", 0, time.Second, 0, 8 * cloud.MaxProbe / 3., ota.PoorConnection},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLife(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				time.Sleep(c.before)
				for i := range 4 {
					if i > 0 {
						time.Sleep(c.each)
					}
					_, _ = w.Write(make([]byte, cloud.MaxProbe/4))
					_ = http.NewResponseController(w).Flush()
				}
			}))
			for range 3 { // with a connection made anew, and with one that there is
				if latency, rate, err := l.cloud.probe(l.ctx); latency != c.latency || math.Round(rate) != math.Round(c.rate) || err != nil {
					t.Errorf("%s: %v, %v bit/s, %v", c.name, latency, rate, err)
				}
			}
			if cause := l.linked(); cause != c.cause {
				t.Errorf("%s: %q, want %q", c.name, cause, c.cause)
			}
		})
	}
}
