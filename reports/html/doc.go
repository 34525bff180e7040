// Package html shows a run as one HTML file that needs no network.
//
// Everything a unit, a console or a bench file said goes through html/template and package visible: it is shown, never obeyed.
// A spec in which a user was shown anything has its story, with pictures of the displays by package dashboard.
//
//	err := html.Write(f, run, time.Now())
package html
