package master

import (
	"context"
	"net/http"
	"slices"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// maxReports bounds how many reports wait for the backend; the oldest are lost.
const maxReports = 100

// report tells the backend what has happened, as soon as it can be reached.
func (l *life) report(event string, c ota.Cause, text string) { l.reportOf(event, c, text, l.rec.By) }

func (l *life) reportOf(event string, c ota.Cause, text, user string) {
	if l.cfg.has(NothingReported) {
		return
	}
	now, ok := l.clock.now()
	if !ok {
		now = time.Time{}
	}
	r := cloud.Report{
		Event: event, Cause: c, Text: text, User: user, Reference: l.rec.Reference, Software: slices.Clone(l.rec.Software), At: now,
	}
	if l.rec.Campaign != nil {
		r.Campaign = l.rec.Campaign.Campaign
	}
	l.waiting.Lock()
	l.rec.Reports = append(l.rec.Reports, r)
	l.rec.Reports = l.rec.Reports[max(0, len(l.rec.Reports)-maxReports):]
	l.waiting.Unlock()
	l.save()
	select {
	case l.reported <- struct{}{}:
	default:
	}
}

// sendReports sends the reports that wait, in order, and says whether all of them are gone.
func (l *life) sendReports(ctx context.Context) bool {
	for {
		l.waiting.Lock()
		if len(l.rec.Reports) == 0 {
			l.waiting.Unlock()
			return true
		}
		next := l.rec.Reports[0]
		l.waiting.Unlock()
		if l.cloud.put(ctx, http.MethodPost, "/v1/vehicles/"+l.cfg.Credentials.VIN+"/reports", next) != nil {
			return false
		}
		l.waiting.Lock()
		// The oldest may have been dropped meanwhile.
		if len(l.rec.Reports) > 0 && l.rec.Reports[0].At.Equal(next.At) && l.rec.Reports[0].Event == next.Event {
			l.rec.Reports = slices.Clone(l.rec.Reports[1:])
		}
		l.waiting.Unlock()
	}
}
