// Package tracetest is for tests of trace formats: frames of every kind, and python-can and other tools as peers.
package tracetest
