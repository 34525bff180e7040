// Package tracefile opens CAN traces whatever their format, and converts them.
//
// The format of a file that is read is found out from what it begins with; the format of one that is written, from the
// end of its name. Traces in gzip are read and written too; BLF, which is compressed by itself, is only read so.
//
//	src, err := tracefile.Open("trace.pcapng")
//	...
//	dst, err := tracefile.Create("trace.asc")
//	...
//	report, err := tracefile.Copy(dst, src)
//
// Formats differ in what they can say. [Copy] reports what was lost on the way.
package tracefile
