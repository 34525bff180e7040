package described

import (
	"bytes"
	"encoding/binary"

	"otabench/ecu/uds"
)

// maxRecorded bounds what a recording holds of each kind.
const maxRecorded = 1 << 16

// Recording is what a real ECU answered. Its zero value is nothing, and so is a nil one.
type Recording struct {
	identifiers map[uint16][]byte
	written     map[uint16]bool
	routines    map[uint16][]byte // status records
	faults      map[uint32]byte
	available   byte                       // status bits of trouble codes
	seeds       map[byte]int               // lengths, by level
	others      map[byte]map[string][]byte // responses by service and request
	answers     int                        // that were heard, refusals among them
}

// Answers is how many answers the recording was made of.
func (r *Recording) Answers() int {
	if r == nil {
		return 0
	}
	return r.answers
}

// Add takes a request with its final response. Of a request that is answered again, the first answer counts: a trace of
// an update shows what ran before it. What was refused, and what a description says already, is not kept.
func (r *Recording) Add(request, response []byte) {
	if len(request) == 0 || len(response) == 0 {
		return
	}
	r.answers++
	if response[0] != request[0]+positive {
		return
	}
	switch request[0] {
	case uds.SIDReadDataByIdentifier:
		r.addIdentifiers(request[1:], response[1:])
	case uds.SIDWriteDataByIdentifier:
		if len(request) > 3 {
			first(&r.written, binary.BigEndian.Uint16(request[1:]), true)
		}
	case uds.SIDRoutineControl:
		r.addRoutine(request, response)
	case uds.SIDReadDTCInformation:
		r.addFaults(response)
	case uds.SIDSecurityAccess:
		if len(request) > 1 && request[1]%2 == 1 && len(response) > 2 {
			first(&r.seeds, request[1], len(response)-2)
		}
	default:
		if !provided(request[0]) {
			r.addOther(request, response)
		}
	}
}

// first keeps what comes first for a key.
func first[K comparable, V any](in *map[K]V, key K, value V) {
	if *in == nil {
		*in = map[K]V{}
	}
	if _, there := (*in)[key]; !there && len(*in) < maxRecorded {
		(*in)[key] = value
	}
}

// addIdentifiers takes the data of one identifier or of several. Where the number of the next one stands in more than one
// place, nobody can tell where the data before it ends, and the rest is left out.
func (r *Recording) addIdentifiers(ids, data []byte) {
	for len(ids) >= 2 && bytes.HasPrefix(data, ids[:2]) {
		end := len(data)
		if len(ids) > 2 {
			if len(ids) < 4 || len(data) < 3 || bytes.Count(data[3:], ids[2:4]) != 1 {
				return
			}
			end = 3 + bytes.Index(data[3:], ids[2:4])
		}
		first(&r.identifiers, binary.BigEndian.Uint16(ids), bytes.Clone(data[2:end]))
		ids, data = ids[2:], data[end:]
	}
}

// addRoutine takes the status record of a routine that was started or asked for its results.
func (r *Recording) addRoutine(request, response []byte) {
	if len(request) < 4 || len(response) < 4 || !bytes.Equal(request[1:4], response[1:4]) || request[1] == 0x02 {
		return
	}
	first(&r.routines, binary.BigEndian.Uint16(request[2:]), bytes.Clone(response[4:]))
}

// addFaults takes reportDTCByStatusMask and reportSupportedDTC.
func (r *Recording) addFaults(response []byte) {
	if len(response) < 3 || response[1] != 0x02 && response[1] != 0x0A {
		return
	}
	if r.available == 0 {
		r.available = response[2]
	}
	for rest := response[3:]; len(rest) >= 4; rest = rest[4:] {
		first(&r.faults, uint32(number(rest[:3])), rest[3])
	}
}

func (r *Recording) addOther(request, response []byte) {
	if r.others == nil {
		r.others = map[byte]map[string][]byte{}
	}
	one := r.others[request[0]]
	first(&one, string(request), bytes.Clone(response))
	r.others[request[0]] = one
}

// provided says that a service follows from the description.
func provided(sid byte) bool {
	switch sid {
	case uds.SIDDiagnosticSessionControl, uds.SIDECUReset, uds.SIDClearDiagnosticInformation, uds.SIDReadDTCInformation,
		uds.SIDReadDataByIdentifier, uds.SIDSecurityAccess, uds.SIDCommunicationControl, uds.SIDWriteDataByIdentifier,
		uds.SIDRoutineControl, uds.SIDRequestDownload, uds.SIDTransferData, uds.SIDRequestTransferExit, uds.SIDTesterPresent,
		uds.SIDControlDTCSetting, uds.SIDAuthentication:
		return true
	}
	return false
}
