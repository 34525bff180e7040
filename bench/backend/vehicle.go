package backend

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// What a vehicle may send and leave, at most.
const (
	viewBytes   = 256 << 10
	reportBytes = 16 << 10
	maxReports  = 10000
)

func (b *Backend) serveUser(w http.ResponseWriter, r *http.Request, v *vehicle) {
	account, ok := b.account(v, r.PathValue("user"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	give(w, account)
}

func (b *Backend) serveCommands(w http.ResponseWriter, r *http.Request, v *vehicle) {
	n, err := after(r)
	if err != nil {
		b.refuse(w, r, http.StatusBadRequest, "after is no number")
		return
	}
	answer := cloud.Commands{Commands: []cloud.Command{}}
	b.await(r, v, func() bool {
		for _, c := range v.commands {
			if c.Seq > n {
				answer.Commands = append(answer.Commands, c)
			}
		}
		return len(answer.Commands) > 0
	})
	give(w, answer)
}

func (b *Backend) takeView(w http.ResponseWriter, r *http.Request, v *vehicle) {
	var view ota.View
	if !b.take(w, r, viewBytes, &view) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.seen.Seq == 0 || !reflect.DeepEqual(v.seen.View, view) {
		v.seen = cloud.Seen{Seq: v.seen.Seq + 1, View: view}
		v.wake()
	}
}

func (b *Backend) takeReport(w http.ResponseWriter, r *http.Request, v *vehicle) {
	var report cloud.Report
	if !b.take(w, r, reportBytes, &report) {
		return
	}
	if !b.keep(v, report) {
		b.refuse(w, r, http.StatusInsufficientStorage, fmt.Sprintf("%d reports are enough", maxReports))
		return
	}
	b.tell(Event{Kind: Reported, VIN: v.vin, Text: clip(fmt.Sprintf("%s %s %s", report.Event, report.Cause, report.Text)), Report: &report})
}

func (b *Backend) keep(v *vehicle, report cloud.Report) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(v.reports) >= maxReports {
		return false
	}
	v.reports = append(v.reports, report)
	return true
}

// Reports are those of a vehicle, oldest first; none if it is unknown. Nothing in them is to be trusted.
func (b *Backend) Reports(vin string) []cloud.Report {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v, ok := b.vehicles[vin]; ok {
		return slices.Clone(v.reports)
	}
	return nil
}
