package uds

import (
	"encoding/binary"
	"fmt"
	"strings"
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
	if len(rest) == 0 {
		return name
	}
	text, ok := "", false
	if sid == SIDSecuredDataTransmission {
		text, ok = describeSecured(rest)
	} else if f := descriptions[sid]; f != nil {
		text, ok = f(rest, response)
	}
	switch {
	case !ok:
		return fmt.Sprintf("%s %02X", name, rest[0])
	case text == "":
		return name
	case strings.HasPrefix(text, ","):
		return name + text
	}
	return name + " " + text
}

// description tells the parameters of a message, and false if it does not understand them. An empty text stands for
// parameters that tell nothing.
type description func(rest []byte, response bool) (text string, ok bool)

// descriptions leaves out DiagnosticSessionControl and TesterPresent, whose first byte tells all, and
// SecuredDataTransmission, which holds a message of any service.
var descriptions = map[byte]description{
	SIDECUReset:                        either(resetNames),
	SIDClearDiagnosticInformation:      describeGroup,
	SIDReadDTCInformation:              describeReport,
	SIDReadDataByIdentifier:            describeIdentifiers,
	SIDReadMemoryByAddress:             describeMemory,
	SIDReadScalingDataByIdentifier:     describeIdentifier,
	SIDSecurityAccess:                  describeSecurity,
	SIDCommunicationControl:            describeCommunication,
	SIDAuthentication:                  describeAuthentication,
	SIDReadDataByPeriodicIdentifier:    describePeriodic,
	SIDDynamicallyDefineDataIdentifier: describeDefinition,
	SIDWriteDataByIdentifier:           describeIdentifier,
	SIDInputOutputControlByIdentifier:  describeIOControl,
	SIDRoutineControl:                  describeRoutine,
	SIDRequestDownload:                 describeTransfer,
	SIDRequestUpload:                   describeTransfer,
	SIDTransferData:                    describeBlock,
	SIDRequestTransferExit:             nothing,
	SIDRequestFileTransfer:             describeFile,
	SIDWriteMemoryByAddress:            describeMemory,
	SIDAccessTimingParameter:           either(timingNames),
	SIDControlDTCSetting:               either(settingNames),
	SIDResponseOnEvent:                 describeEvent,
	SIDLinkControl:                     describeLink,
}

// either names a sub-function, in both directions.
func either(names map[byte]string) description {
	return func(rest []byte, _ bool) (string, bool) {
		return names[rest[0]&^suppressPositive], named(names, rest[0])
	}
}

func named(names map[byte]string, sub byte) bool { return names[sub&^suppressPositive] != "" }

func nothing([]byte, bool) (string, bool) { return "", true }

// hex2 writes a number of two bytes at the beginning.
func hex2(b []byte) string { return fmt.Sprintf("%04X", binary.BigEndian.Uint16(b)) }

func describeIdentifier(rest []byte, _ bool) (string, bool) {
	if len(rest) < 2 {
		return "", false
	}
	return hex2(rest), true
}

// describeIdentifiers lists what is asked for; where one ends and the next one begins in a response is not to be seen.
func describeIdentifiers(rest []byte, response bool) (string, bool) {
	if response || len(rest) < 2 {
		return describeIdentifier(rest, response)
	}
	const shown = 8
	var all []string
	for ; len(rest) >= 2; rest = rest[2:] {
		if len(all) == shown {
			all = append(all, "…")
			break
		}
		all = append(all, hex2(rest))
	}
	return strings.Join(all, " "), true
}

func describeSecurity(rest []byte, _ bool) (string, bool) {
	if level := rest[0] &^ suppressPositive; level%2 == 0 {
		return fmt.Sprintf("key of level %02X", max(level, 1)-1), true
	}
	return fmt.Sprintf("seed of level %02X", rest[0]&^suppressPositive), true
}

func describeRoutine(rest []byte, _ bool) (string, bool) {
	if len(rest) < 3 {
		return "", false
	}
	action, ok := routineNames[rest[0]&^suppressPositive]
	if !ok {
		action = fmt.Sprintf("%02X", rest[0])
	}
	return action + " " + hex2(rest[1:]), true
}

func describeDefinition(rest []byte, _ bool) (string, bool) {
	name := definitionNames[rest[0]&^suppressPositive]
	if len(rest) >= 3 && name != "" {
		name += " " + hex2(rest[1:])
	}
	return name, name != ""
}

func describeIOControl(rest []byte, _ bool) (string, bool) {
	if len(rest) < 3 {
		return describeIdentifier(rest, false)
	}
	return hex2(rest) + " " + numbered(controlNames, rest[2]), true
}

// numbered names a value, or writes it.
func numbered(names map[byte]string, v byte) string {
	if name, ok := names[v]; ok {
		return name
	}
	return fmt.Sprintf("%02X", v)
}

func describePeriodic(rest []byte, response bool) (string, bool) {
	if response {
		return fmt.Sprintf("data of F2%02X", rest[0]), true
	}
	const shown = 8
	text := fmt.Sprintf("%s % X", numbered(rateNames, rest[0]), rest[1:min(len(rest), 1+shown)])
	return strings.TrimSpace(text), true
}

func describeCommunication(rest []byte, response bool) (string, bool) {
	control := numbered(communicationNames, rest[0]&^suppressPositive)
	if response || len(rest) < 2 {
		return control, true
	}
	text := control + " " + numbered(messageNames, rest[1]&3)
	if subnet := rest[1] >> 4; subnet != AllSubnets {
		text += fmt.Sprintf(" of subnet %X", subnet)
	}
	if len(rest) >= 4 {
		text += " of node " + hex2(rest[2:])
	}
	return text, true
}

func describeLink(rest []byte, response bool) (string, bool) {
	kind := rest[0] &^ suppressPositive
	text := linkNames[kind]
	switch {
	case response:
	case kind == verifyFixedMode && len(rest) >= 2:
		text += fmt.Sprintf(" %02X", rest[1])
	case kind == verifySpecificMode && len(rest) >= 4:
		text += fmt.Sprintf(" %d", readUint(rest[1:4]))
	}
	return text, linkNames[kind] != ""
}
