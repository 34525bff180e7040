// Package blf reads and writes Vector's Binary Logging Format, that of CANoe and CANalyzer, which python-can, Wireshark
// and SavvyCAN read too.
//
// A file has a head with the date of the measurement, and then containers of 128 KiB, compressed with zlib. They hold
// objects: frames, error frames, comments and whatever else a measurement has, each with a time stamp that counts
// from that date in nanoseconds or, in old files, in tens of microseconds.
//
//	src := blf.NewReader(file)
//	for {
//		rec, err := src.Next()
//		...
//	}
//
// The format has channels, counted from 1, in place of buses. The name of a bus stands where CANoe has the network of a
// channel's database, which Wireshark shows too; without one channel 1 is the bus can0, channel 2 is can1 and so on, as
// python-can has it. Comments are those on events, which CANoe shows at the frame that follows.
//
// Dates are local ones, without their zone: python-can and Wireshark take them for those of the computer that reads. A
// [Writer] adds a marker with the zone, of the group otabench, that a [Reader] heeds and other tools show or pass over.
//
// Error frames are those of SocketCAN, as python-can has them too; what a controller of Vector's says of one is turned
// into that. Wireshark 4.0 passes over error frames, and over BRS and ESI. What a trace loses in the format,
// [Writer.Losses] counts.
package blf
