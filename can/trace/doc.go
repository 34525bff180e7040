// Package trace writes and reads CAN traces in pcapng, the format that Wireshark, tshark and libpcap share.
//
// Each bus is one interface of the file, named after the bus's role on the bench, with link type CAN_SOCKETCAN and time
// stamps in nanoseconds. A packet says whether its frame came from the bench itself (outbound) or from another node
// (inbound), carries the steps of the test procedure that began just before it as comments, and counts the frames of its
// bus that a recorder lost before it. Wireshark decodes the diagnostic traffic in it:
//
//	tshark -r trace.pcapng -d can.subdissector,iso15765 -d iso15765.subdissector,uds
//
// A [Writer] is for one goroutine. A [Recorder] stands between the receive paths of buses and a Writer: it never blocks
// them. What it wrote is readable up to the last whole packet, however the process ended, and a [Reader] says where a
// file breaks off.
package trace
