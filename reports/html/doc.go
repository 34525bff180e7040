// Package html shows a run as one HTML file that needs no network, and that its own policy keeps from using any.
//
//	err := html.Write(f, run, time.Now())
//
// Everything a unit, a console or a bench file said goes through html/template and package visible: it is shown, never obeyed.
// A spec in which a user was shown anything has its story, with pictures of the displays by package dashboard.
//
// What a reader has to have without a script stands in the page as text: each verdict, its reasons, its measurements. The
// script adds filters and the timeline of each spec, whose events lie deflated in the page and are inflated when the spec is
// opened; so a page of ten thousand specs opens at once. Package frames finds the frames around the disturbance of each spec,
// and makes the index by which the page reads all others out of the trace that its reader opens.
//
// The address of a spec is #spec-ID, that of a moment in it #spec-ID@T, with T in nanoseconds since the run's start.
package html
