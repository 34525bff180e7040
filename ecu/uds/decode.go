package uds

import (
	"encoding/binary"
	"fmt"
)

// Describe says in one line what a request or response is, for traces and reports. It understands any bytes.
func Describe(m []byte) string {
	switch {
	case len(m) == 0:
		return "empty message"
	case m[0] == negative && len(m) >= 3:
		return fmt.Sprintf("negative response to %s: %v", ServiceName(m[1]), NRC(m[2]))
	case m[0] != negative && m[0]&positive != 0:
		return "positive response to " + describe(m[0]-positive, m[1:], true)
	}
	return describe(m[0], m[1:], false)
}

// describe names a service and those of its parameters that tell one message from another.
func describe(sid byte, rest []byte, response bool) string {
	name := ServiceName(sid)
	switch {
	case len(rest) == 0:
		return name
	case sid == SIDTransferData:
		return fmt.Sprintf("%s #%d, %d bytes", name, rest[0], len(rest)-1)
	case (sid == SIDReadDataByIdentifier || sid == SIDWriteDataByIdentifier) && len(rest) >= 2:
		return fmt.Sprintf("%s %04X", name, binary.BigEndian.Uint16(rest))
	case sid == SIDRoutineControl && len(rest) >= 3:
		return fmt.Sprintf("%s %s %04X", name, routineAction(rest[0]), binary.BigEndian.Uint16(rest[1:]))
	case sid == SIDClearDiagnosticInformation && len(rest) >= 3:
		return fmt.Sprintf("%s %06X", name, rest[:3])
	case sid == SIDRequestDownload || sid == SIDRequestUpload:
		return name + describeTransfer(rest, response)
	case sid == SIDRequestTransferExit:
		return name
	}
	return fmt.Sprintf("%s %02X", name, rest[0])
}

func routineAction(sub byte) string {
	switch sub &^ suppressPositive {
	case routineStart:
		return "start"
	case routineStop:
		return "stop"
	case routineResults:
		return "results of"
	}
	return fmt.Sprintf("%02X", sub)
}

// describeTransfer tells the region of a request, or the block length of its response; nothing of malformed ones.
func describeTransfer(rest []byte, response bool) string {
	if response {
		if n, ok := blockLength(rest); ok {
			return fmt.Sprintf(", blocks of %d bytes", n)
		}
		return ""
	}
	if m, ok := decodeMemory(rest[1:]); ok {
		return fmt.Sprintf(", %d bytes at %#x", m.Size, m.Address)
	}
	return ""
}
