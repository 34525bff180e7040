// Package link is the connection between a vehicle and its backend, as good or bad as a test wants it: slow, far away,
// lossy, stalled, absent, behind a captive portal, or cut at an exact byte.
//
//	l := link.New(link.Options{Upstream: backend.Dial, Observe: note, Seed: 1})
//	defer l.Close()
//	err := l.Shape(link.LTE)
//	...
//	cut := l.CutAt(1 << 20) // the connection that carries this byte to the vehicle is reset behind it
//	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
//		return l.Dial(ctx)
//	}}}
//
// A simulated vehicle has the in-memory ends that [Link.Dial] gives it, a real one connects by TCP to [Link.Serve].
// A [Profile] shapes each connection by itself: two connections have the rate twice. Rate and latency are those of the
// toxics of Shopify's toxiproxy, so they are rounded as these are: rates to 8 kbit/s, latencies to milliseconds.
//
// All of it runs in virtual time as well, with in-memory connections: those of [Link.Dial], and for the backend those
// of a [Listener].
package link
