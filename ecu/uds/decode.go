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
	case m[0]&positive != 0 && m[0] != negative && m[0] < 0x80, m[0] >= 0xC0:
		return "positive response to " + describe(m[0]-positive, m[1:])
	}
	return describe(m[0], m[1:])
}

func describe(sid byte, rest []byte) string {
	name := ServiceName(sid)
	switch {
	case len(rest) == 0:
		return name
	case sid == SIDTransferData:
		return fmt.Sprintf("%s #%d, %d bytes", name, rest[0], len(rest)-1)
	case (sid == SIDReadDataByIdentifier || sid == SIDWriteDataByIdentifier) && len(rest) >= 2:
		return fmt.Sprintf("%s %04X", name, binary.BigEndian.Uint16(rest))
	case sid == SIDRoutineControl && len(rest) >= 3:
		kind := map[byte]string{routineStart: "start", routineStop: "stop", routineResults: "results of"}[rest[0]&^suppressPositive]
		return fmt.Sprintf("%s %s %04X", name, kind, binary.BigEndian.Uint16(rest[1:]))
	case sid == SIDRequestDownload, sid == SIDRequestUpload, sid == SIDRequestTransferExit:
		return name
	}
	return fmt.Sprintf("%s %02X", name, rest[0])
}
