// Package firmware reads, builds and verifies firmware packages: an image with a manifest that names the ECU, hardware,
// version, security counter and digest, signed with Ed25519.
//
// A package is a ZIP archive of three files: manifest.json, manifest.sig (64 bytes over manifest.json) and image.bin.
package firmware
