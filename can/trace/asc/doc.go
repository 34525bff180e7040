// Package asc reads and writes Vector's ASCII logs, the format of CANoe and CANalyzer that python-can and can-utils
// (asc2log, log2asc) also have. A header tells the date, each event is a line with the seconds since then:
//
//	date Sun Mar 1 12:00:00.123 pm 2026
//	base hex  timestamps absolute
//	no internal events logged
//	//otabench:start 2026-03-01T12:00:00.123Z
//	//otabench:bus 1 powertrain
//	Begin Triggerblock Sun Mar 1 12:00:00.123 pm 2026
//	   0.000000 Start of measurement
//	// open an extended session
//	   0.000456 1  7E0             Tx   d 3 02 10 03
//	   0.001956 CANFD   1 Rx   18DA10F1x                                  1 0 9 12 00 01 ... 0B  0 0 3000 0 0 0 0 0
//	End TriggerBlock
//
// The format has channels, counted from 1, in place of buses, and a date without its time zone. So a [Writer] puts both
// into comments that begin with //otabench: and that other tools pass over. Without them channel 1 is the bus can0,
// channel 2 is can1 and so on, as asc2log and python-can have it, and the date is one of the zone that the caller
// names.
//
// Stamps have microseconds. Error frames have no details. What a trace loses in it, [Writer.Losses] counts.
package asc
