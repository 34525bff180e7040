// Package config reads bench files: YAML that names the buses, supplies, rails, switches, sensors and ECUs of a bench.
//
// Decoding is strict. Everything wrong with a file is reported at once, each [Problem] with its line and column and the
// values that would be accepted there. The same types make the JSON Schema in bench.schema.json, for editors.
//
//	name: bench-3
//	buses:
//	  body: {address: "socketcan:can0", bitrate: 500000}
//	supplies:
//	  psu: {model: rigol-dp832, address: "tcp:192.168.10.21:5555"}
//	rails:
//	  kl30:
//	    supply: psu
//	    channel: 1
//	    nominal: 13.5V
//	    limits: {voltage: 16V, current: 3A, ovp: 17V, ocp: 3.2A}
//
// The package knows no hardware; package bench opens what a file describes.
package config
