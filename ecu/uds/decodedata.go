package uds

import (
	"fmt"
)

func describeGroup(rest []byte, _ bool) (string, bool) {
	if len(rest) < 3 {
		return "", false
	}
	return fmt.Sprintf("%06X", rest[:3]), true
}

// describeReport names a report of trouble codes with the parameters of its request, or how much its response brings.
func describeReport(rest []byte, response bool) (string, bool) {
	report := rest[0] &^ suppressPositive
	text := reportName(report)
	const shown = 5
	counts := report == reportNumberOfDTCByStatusMask || report == reportNumberOfDTCBySeverityMaskRecord
	switch {
	case !response && len(rest) > 1:
		text += fmt.Sprintf(" % X", rest[1:min(len(rest), 1+shown)])
	case response && counts && len(rest) == 5:
		text += fmt.Sprintf(", trouble codes: %d", readUint(rest[3:]))
	case response && report == reportDTCByStatusMask && len(rest)%4 == 2:
		text += fmt.Sprintf(", trouble codes: %d", (len(rest)-2)/4)
	}
	return text, true
}

// describeMemory tells the region that begins the parameters. The response to ReadMemoryByAddress has none.
func describeMemory(rest []byte, response bool) (string, bool) {
	if n := 1 + int(rest[0]&0xF) + int(rest[0]>>4); n <= len(rest) {
		if m, ok := decodeMemory(rest[:n]); ok && (!response || n == len(rest)) {
			return region(m), true
		}
	}
	return "", true
}

func region(m Memory) string { return fmt.Sprintf(", %d bytes at %#x", m.Size, m.Address) }

// describeTransfer tells the region of a request, or the block length of its response; nothing of malformed ones.
func describeTransfer(rest []byte, response bool) (string, bool) {
	if response {
		if n, ok := blockLength(rest); ok {
			return blocks(n), true
		}
		return "", true
	}
	if m, ok := decodeMemory(rest[1:]); ok {
		return region(m), true
	}
	return "", true
}

func blocks(n uint64) string { return fmt.Sprintf(", blocks of %d bytes", n) }

func describeBlock(rest []byte, _ bool) (string, bool) {
	return fmt.Sprintf("#%d, %d bytes", rest[0], len(rest)-1), true
}

// describeFile tells the path of a request, or the block length of its response.
func describeFile(rest []byte, response bool) (string, bool) {
	o := FileOperation(rest[0])
	text := numbered(fileNames, rest[0])
	r := reader{rest: rest[1:]}
	if !response {
		const shown = 200
		if path := r.field(); r.fault == "" {
			text += fmt.Sprintf(" %q", path[:min(len(path), shown)])
		}
		return text, true
	}
	if f := r.file(o); r.fault == "" && o != DeleteFile {
		text += blocks(f.BlockLength)
	}
	return text, true
}

func describeAuthentication(rest []byte, response bool) (string, bool) {
	text := numbered(taskNames, rest[0]&^suppressPositive)
	if response && len(rest) > 1 {
		text += fmt.Sprintf(": %v", AuthenticationReturn(rest[1]))
	}
	return text, true
}

// describeSecured describes the message within, unless it is encrypted or secured again.
func describeSecured(rest []byte) (string, bool) {
	m, ok := DecodeSecured(rest)
	switch {
	case !ok:
		return "", false
	case m.Administrative&Encrypted != 0:
		return fmt.Sprintf("%d, encrypted", m.Counter), true
	case m.Message[0]&^positive == SIDSecuredDataTransmission:
		return fmt.Sprintf("%d: %s", m.Counter, ServiceName(SIDSecuredDataTransmission)), true
	}
	return fmt.Sprintf("%d: %s", m.Counter, Describe(m.Message)), true
}

// describeEvent names the event, and the service that responds to it.
func describeEvent(rest []byte, response bool) (string, bool) {
	event := EventType(rest[0] &^ (suppressPositive | storeEvent))
	text := event.String()
	if rest[0]&storeEvent != 0 {
		text += ", stored"
	}
	head := 2
	if response {
		head = 3
	}
	if n := recordLengths[event]; event.responds() && n > 0 && len(rest) > head+n {
		text += ": " + ServiceName(rest[head+n])
	}
	return text, true
}
