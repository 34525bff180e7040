package master

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"otabench/ecu/firmware"
	"otabench/ecu/ota"
)

// chunk is how much is read at once, and syncEvery how much may be lost with the power, in bytes.
const (
	chunk     = 4 << 10
	syncEvery = 16 << 10
)

// window is the time over which the rate of a download is judged.
const window = time.Second

// Reasons for which a download stops.
var (
	errSlow   = errors.New("the connection is too slow")
	errEnergy = errors.New("there is not enough energy")
)

// download gets what is still missing of all packages.
func (l *life) download() ota.Cause {
	l.count()
	for _, t := range l.rec.Targets {
		for l.storage.length(t.Path) < t.Length {
			before := l.storage.length(t.Path)
			err := l.part(t)
			l.storage.sync(t.Path)
			switch {
			case err == nil:
			case l.ctx.Err() != nil:
				return ota.PoorConnection // of no meaning any more
			case errors.Is(err, errFull):
				return ota.StorageFull
			case errors.Is(err, errEnergy):
				return l.energy()
			case errors.Is(err, errDistrust):
				return ota.BadPackage
			case errors.Is(err, errSlow) || errors.Is(err, errStalled) || l.storage.length(t.Path) < before+chunk:
				return causeOf(err)
			}
			// The connection broke and had brought a good piece: it is made anew at once.
		}
	}
	return ""
}

// count says how much of the download is there.
func (l *life) count() {
	l.done, l.total = 0, 0
	for _, t := range l.rec.Targets {
		l.done += l.storage.length(t.Path)
		l.total += t.Length
	}
	if l.total > 0 {
		l.percent = int(100 * l.done / l.total)
	}
}

// part gets a package from where it was left until the connection ends.
func (l *life) part(t target) error {
	from := l.storage.length(t.Path)
	if l.cfg.has(DownloadsAllAgain) && from > 0 {
		l.storage.remove(t.Path)
		from = 0
	}
	ctx, cancel := context.WithCancelCause(l.ctx)
	defer cancel(nil)
	watch := time.AfterFunc(connecting*l.cfg.Timing.Stall, func() { cancel(errStalled) }) // it may have to be connected first
	defer watch.Stop()
	path := "/v1/images/targets/" + t.SHA256 + "." + t.Path
	r, err := l.cloud.do(ctx, http.MethodGet, path, nil, http.Header{"Range": {fmt.Sprintf("bytes=%d-", l.resumeAt(from))}})
	if err != nil {
		return ended(ctx, err)
	}
	defer r.Body.Close()
	want := fmt.Sprintf("bytes %d-%d/%d", l.resumeAt(from), t.Length-1, t.Length)
	switch {
	case r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return doubt(&statusError{path, r.StatusCode})
	case r.StatusCode == http.StatusOK:
		l.storage.remove(t.Path) // somebody on the way knows no ranges: all of it comes
	case r.StatusCode != http.StatusPartialContent:
		return &statusError{path, r.StatusCode}
	case r.Header.Get("Content-Range") != want:
		return doubt(fmt.Errorf("%s: the answer is %.80q; wanted %s", path, r.Header.Get("Content-Range"), want))
	}
	return l.receive(ctx, t, r, watch)
}

// resumeAt is the offset at which a package goes on.
func (l *life) resumeAt(from int64) int64 {
	if l.cfg.has(ResumesOneOff) && from > 0 {
		return from - 1
	}
	return from
}

// receive stores what comes.
func (l *life) receive(ctx context.Context, t target, r *http.Response, watch *time.Timer) error {
	buffer := make([]byte, chunk)
	unsynced := 0
	rate := newRate()
	for l.storage.length(t.Path) < t.Length {
		n, err := r.Body.Read(buffer[:min(chunk, t.Length-l.storage.length(t.Path))])
		if n > 0 {
			watch.Reset(l.cfg.Timing.Stall)
			if err := l.storage.add(t.Path, buffer[:n]); err != nil {
				return err
			}
			if unsynced += n; unsynced >= syncEvery {
				l.storage.sync(t.Path)
				unsynced = 0
			}
			l.progressed(t)
		}
		switch {
		case err != nil && l.storage.length(t.Path) < t.Length:
			return ended(ctx, err)
		case !l.cfg.has(SlowGoesOn) && rate.add(n) < float64(l.cfg.Gates.MinRate):
			return errSlow
		case !l.cfg.has(DrainsBattery) && l.energy() != "":
			return errEnergy
		}
	}
	return nil
}

// progressed shows the download's progress.
func (l *life) progressed(t target) {
	before := l.percent
	l.count()
	if l.cfg.has(ProgressGoesBack) {
		l.percent = int(100 * l.storage.length(t.Path) / t.Length)
	}
	if l.percent != before {
		l.show()
	}
}

// rate judges the speed of a download over the last moments.
type rate struct {
	began time.Time
	bytes int
	last  float64 // bit/s of the last window; 0 before the first is over
}

func newRate() *rate { return &rate{began: time.Now()} }

// fast is what a rate counts as that nobody knows yet, in bit/s.
const fast = 1e12

// add counts bytes and returns the rate.
func (r *rate) add(n int) float64 {
	r.bytes += n
	if took := time.Since(r.began); took >= window {
		r.last = float64(8*r.bytes) / took.Seconds()
		r.began, r.bytes = time.Now(), 0
	}
	if r.last == 0 {
		return fast
	}
	return r.last
}

// verify checks all packages against the metadata, and what they say of themselves against the campaign.
func (l *life) verify() ota.Cause {
	for i, t := range l.rec.Targets {
		data := l.storage.read(t.Path)
		sum := sha256.Sum256(data)
		if l.cfg.has(HashNotChecked) {
			continue
		}
		if hex.EncodeToString(sum[:]) != t.SHA256 {
			return ota.BadPackage
		}
		m := l.rec.Campaign.Members[i]
		p, err := firmware.Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return ota.BadPackage
		}
		if !l.cfg.has(ManifestNotCompared) && (p.Manifest.Version != m.Version || p.Manifest.Hardware != m.Hardware) {
			return ota.Incompatible
		}
	}
	return ""
}
