package link

import "time"

// Ready profiles, each with values as they are usual at a parked vehicle.
var (
	WiFiGood  = Profile{Name: "good Wi-Fi", Down: 100 * Mbit, Up: 40 * Mbit, Latency: 5 * time.Millisecond, Jitter: 2 * time.Millisecond}
	WiFiPoor  = Profile{Name: "poor Wi-Fi", Down: 4 * Mbit, Up: 1 * Mbit, Latency: 40 * time.Millisecond, Jitter: 30 * time.Millisecond, Loss: 0.03}
	LTE       = Profile{Name: "LTE", Down: 32 * Mbit, Up: 8 * Mbit, Latency: 30 * time.Millisecond, Jitter: 10 * time.Millisecond, Loss: 0.001, Metered: true}
	Edge      = Profile{Name: "2G (EDGE)", Down: 200 * Kbit, Up: 80 * Kbit, Latency: 300 * time.Millisecond, Jitter: 100 * time.Millisecond, Loss: 0.01, Metered: true}
	Satellite = Profile{Name: "satellite", Down: 20 * Mbit, Up: 4 * Mbit, Latency: 300 * time.Millisecond, Jitter: 10 * time.Millisecond, Loss: 0.002, Metered: true}
	NoNetwork = Profile{Name: "no network", Off: true}
	Captive   = Profile{Name: "captive portal", Down: 20 * Mbit, Up: 20 * Mbit, Latency: 5 * time.Millisecond, Portal: true}
	Stalled   = Profile{Name: "stalled", Stall: true}
)
