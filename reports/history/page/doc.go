// Package page shows a history as one HTML file that needs no network: a strip of verdicts for each spec over the runs, with
// its durations and measurements as curves between their limits.
//
//	err := page.Write(f, overview)
package page
