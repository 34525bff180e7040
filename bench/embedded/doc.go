// Package embedded builds the virtual bench that stands behind the virtual: addresses of a bench file: buses, a supply
// that speaks SCPI, contacts, rails, sensors and ECUs, wired as the file says.
//
// It is reached only where an address is dialled. Drivers, protocols, guard and specs are those of a hardware bench.
package embedded
