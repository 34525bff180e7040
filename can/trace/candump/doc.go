// Package candump reads and writes the log format of Linux's can-utils, which candump -L and -l write and which
// canplayer, log2asc, python-can, Wireshark and SavvyCAN read. Each frame is a line:
//
//	(1436509052.249713) can0 7E0#021003
//	(1436509052.250106) can0 18DA10F1##1112233 R
//
// that is seconds since 1970, the bus's name, the frame in the notation of [otabench/can.Parse], and, from newer
// versions and if asked for, R for a received frame or T for one that was sent.
//
// The format has microseconds, one word for a bus, and no comments. What a trace loses in it, [Writer.Losses] counts.
package candump
