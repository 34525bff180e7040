// Package security makes the keys with which a tester answers the seeds of an ECU (ISO 14229-1:2020, 10.4
// SecurityAccess).
//
// Which algorithm an ECU wants and where its secret lies is in the ECU's description. The description names the secret
// and never holds it; no error and no printed value of this package shows it.
//
// The algorithms are plain ones, as development samples and the embedded bench use them. Where production ECUs want a
// key from a vault or a hardware module, that takes the place of a [Key].
package security
