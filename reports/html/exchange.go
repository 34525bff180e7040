package html

import (
	"fmt"

	"otabench/bench/record"
	"otabench/reports"
)

// shortRun is the number of equal exchanges in a row up to which each is shown.
const shortRun = 3

// row is an exchange, or the note that stands for several.
type row struct {
	record.Exchange
	Note  string
	Fired bool // a trigger fired during it
}

// exchanges returns the rows around the disturbance, and how many exchanges stand only in the record.
func exchanges(s *reports.Spec, n int) ([]row, int) {
	rows := collapse(s)
	index, at := len(rows), s.Disturbance()
	for i, r := range rows {
		if r.Note == "" && r.Sent+r.Took >= at {
			index = i
			break
		}
	}
	shown, left := around(rows, n, index)
	return shown, left
}

// collapse replaces the inner part of a long run of TransferData that went well by a note.
func collapse(s *reports.Spec) []row {
	var rows []row
	for i := 0; i < len(s.Exchanges); {
		end := i
		for end < len(s.Exchanges) && plain(s, s.Exchanges[end]) {
			end++
		}
		if n := end - i; n > shortRun {
			rows = append(rows, row{Exchange: s.Exchanges[i]}, row{Note: fmt.Sprintf("… %d more TransferData, all positive", n-2)}, row{Exchange: s.Exchanges[end-1]})
			i = end
			continue
		}
		rows = append(rows, row{Exchange: s.Exchanges[i], Fired: firedDuring(s, s.Exchanges[i])})
		i++
	}
	return rows
}

func plain(s *reports.Spec, e record.Exchange) bool {
	return e.Service == "TransferData" && e.NRC == "" && e.Error == "" && e.RespLen > 0 && !firedDuring(s, e)
}

func firedDuring(s *reports.Spec, e record.Exchange) bool {
	for _, t := range s.Triggers {
		if t.Fired != nil && t.Fired.At >= e.Sent && t.Fired.At <= e.Sent+e.Took {
			return true
		}
	}
	return false
}
