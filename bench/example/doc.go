// Package example makes firmware packages for simulated ECUs: releases, and packages that an ECU has to refuse or to
// recover from. The embedded bench uses them, and "otabench flash example" writes them to files.
//
// Their key is made from a fixed text and protects nothing.
package example
