// Package security makes the keys with which a tester answers the seeds of an ECU (ISO 14229-1:2020, 10.4
// SecurityAccess).
//
// Which algorithm an ECU wants and where its secret lies is in the ECU's description. The description names the secret
// and never holds it; no error and no printed value of this package shows it.
//
// An [Access] holds what one ECU needs for all its levels. The built-in algorithms are generic ones; what only a maker
// knows is left to a program of the maker's, see package plugin, which may ask a vault or a hardware module.
package security
