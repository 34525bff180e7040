// Package dashboard draws a notice of an update master as a picture of a small display in SVG: a screen in the vehicle,
// or a telephone for the app. It shows what the master said over its interface; it is no photograph of a display.
//
//	svg := dashboard.Card(notice, "card-1")
//
// A picture needs [Style] on its page, and neither scripts nor fonts nor a network. The texts in it are not trusted: they
// are made visible, cut, wrapped and escaped.
package dashboard
