package example

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"otabench/ecu/firmware"
	"otabench/ecu/sim"
)

// Sizes of images in bytes: enough for several transfer blocks, and that of a real body controller.
const (
	small  = 40 << 10
	medium = 64 << 10
	large  = 512 << 10
)

// recipe says how a package differs from a good one.
type recipe struct {
	name, about   string
	version       string
	size          int
	counter       uint32
	behaviour     sim.Behaviour
	after         time.Duration
	ecu, hardware string // replace the right ones if set
	wrongKey      bool
}

// recipes lists all example packages. Current, next, medium and large can follow each other in any order: they share their
// security counter.
func recipes() []recipe {
	return []recipe{
		{name: "current", about: "the software that the unit has at the start", version: "1.0.0"},
		{name: "next", about: "the next release", version: "1.1.0"},
		{name: "medium", about: "a release with an image of 64 KiB", version: "1.1.9", size: medium},
		{name: "large", about: "a release with an image of 512 KiB", version: "1.2.0", size: large},
		{name: "advance", about: "a release with a higher security counter", version: "2.0.0", counter: 11},
		{name: "downgrade", about: "a release with a lower security counter", version: "0.9.0", counter: 9},
		{name: "wrong-key", about: "signed with another key", version: "1.1.1", wrongKey: true},
		{name: "wrong-hardware", about: "for other hardware", version: "1.1.2", hardware: "OTHER-HW"},
		{name: "wrong-ecu", about: "for another ECU", version: "1.1.3", ecu: "OTHER"},
		{name: "crashing", about: "crashes shortly after it starts", version: "1.3.0", behaviour: sim.Crash, after: 50 * time.Millisecond},
		{name: "hanging", about: "hangs shortly after it starts", version: "1.3.1", behaviour: sim.Hang, after: 50 * time.Millisecond},
		{name: "silent", about: "runs and never answers", version: "1.3.2", behaviour: sim.Silent},
		{name: "unhealthy", about: "its self-test refuses the confirmation", version: "1.3.3", behaviour: sim.Unhealthy},
		{name: "troubled", about: "stores a trouble code when it starts", version: "1.3.4", behaviour: sim.Troubled},
	}
}

// counter is the security counter of ordinary releases.
const counter = 10

// Names returns the names of all example packages with what they are, in order.
func Names() (names []string, about map[string]string) {
	about = map[string]string{}
	for _, r := range recipes() {
		names = append(names, r.name)
		about[r.name] = r.about
	}
	return names, about
}

// Key returns the private key of the example packages.
func Key() ed25519.PrivateKey { return keyFrom("otabench example signing key") }

func keyFrom(text string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(text))
	return ed25519.NewKeyFromSeed(seed[:])
}

// Package makes the example package of a name for an ECU and its hardware number. It is made once and must not be changed.
func Package(name, ecu, hardware string) (*firmware.Package, error) {
	for _, r := range recipes() {
		if r.name == name {
			made, _ := all.LoadOrStore([3]string{name, ecu, hardware}, sync.OnceValues(func() (*firmware.Package, error) {
				return r.build(ecu, hardware)
			}))
			return made.(func() (*firmware.Package, error))()
		}
	}
	names, _ := Names()
	return nil, fmt.Errorf("there is no example package %q; there are %v", name, names)
}

// all are the packages that were made, by name, ECU and hardware number.
var all sync.Map

func (r recipe) build(ecu, hardware string) (*firmware.Package, error) {
	key, size, count := Key(), small, uint32(counter)
	if r.wrongKey {
		key = keyFrom("another key")
	}
	if r.size != 0 {
		size = r.size
	}
	if r.counter != 0 {
		count = r.counter
	}
	if r.ecu != "" {
		ecu = r.ecu
	}
	if r.hardware != "" {
		hardware = r.hardware
	}
	app := sim.Application{Version: r.version, Behaviour: r.behaviour, After: r.after}
	return firmware.Build(firmware.Manifest{
		ECU: ecu, Hardware: hardware, Version: r.version, Counter: count, RXSWIN: "R156 EXAMPLE " + r.version,
		Notice: &firmware.Notice{
			Purpose:      "Example release " + r.version + ": " + r.about,
			Changes:      []string{"none that a driver would notice"},
			Duration:     "about 1 minute",
			Unavailable:  []string{"driving", "windows and lights by remote control"},
			Instructions: "Park the vehicle and leave it locked until the update has ended.",
		},
	}, app.Image(size), key)
}
