package uds

import (
	"fmt"
	"strings"
)

// DTCStatus is the status byte of a trouble code (annex D), and the mask that selects by it.
type DTCStatus byte

// Bits of DTCStatus.
const (
	TestFailed                         DTCStatus = 1 << 0
	TestFailedThisOperationCycle       DTCStatus = 1 << 1
	PendingDTC                         DTCStatus = 1 << 2
	ConfirmedDTC                       DTCStatus = 1 << 3
	TestNotCompletedSinceLastClear     DTCStatus = 1 << 4
	TestFailedSinceLastClear           DTCStatus = 1 << 5
	TestNotCompletedThisOperationCycle DTCStatus = 1 << 6
	WarningIndicatorRequested          DTCStatus = 1 << 7
)

// Has says whether all bits of the other status are set.
func (s DTCStatus) Has(bits DTCStatus) bool { return s&bits == bits }

func (s DTCStatus) String() string {
	return bits(byte(s), []string{
		"testFailed", "testFailedThisOperationCycle", "pendingDTC", "confirmedDTC", "testNotCompletedSinceLastClear",
		"testFailedSinceLastClear", "testNotCompletedThisOperationCycle", "warningIndicatorRequested",
	})
}

// DTCSeverity is how urgent a trouble code is, in bits 7 to 5, and its class of WWH-OBD, in bits 4 to 0 (annex D).
type DTCSeverity byte

// Bits of DTCSeverity.
const (
	DTCClass0        DTCSeverity = 1 << 0
	DTCClass1        DTCSeverity = 1 << 1
	DTCClass2        DTCSeverity = 1 << 2
	DTCClass3        DTCSeverity = 1 << 3
	DTCClass4        DTCSeverity = 1 << 4
	MaintenanceOnly  DTCSeverity = 1 << 5
	CheckAtNextHalt  DTCSeverity = 1 << 6
	CheckImmediately DTCSeverity = 1 << 7
)

// Has says whether all bits of the other severity are set.
func (s DTCSeverity) Has(bits DTCSeverity) bool { return s&bits == bits }

func (s DTCSeverity) String() string {
	return bits(byte(s), []string{
		"class 0", "class 1", "class 2", "class 3", "class 4", "maintenanceOnly", "checkAtNextHalt", "checkImmediately",
	})
}

// bits names those that are set.
func bits(b byte, names []string) string {
	var set []string
	for i, name := range names {
		if b&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	if len(set) == 0 {
		set = []string{"none"}
	}
	return fmt.Sprintf("%s (0x%02X)", strings.Join(set, "|"), b)
}

// DTCFormat is the format of trouble codes (DTCFormatIdentifier, annex D).
type DTCFormat byte

// Formats of trouble codes.
const (
	FormatJ2012DA00 DTCFormat = 0x00
	FormatISO14229  DTCFormat = 0x01
	FormatJ1939     DTCFormat = 0x02
	FormatISO11992  DTCFormat = 0x03
	FormatJ2012DA04 DTCFormat = 0x04
)

func (f DTCFormat) String() string {
	names := []string{"SAE J2012-DA 00", "ISO 14229-1", "SAE J1939-73", "ISO 11992-4", "SAE J2012-DA 04"}
	if int(f) < len(names) {
		return names[f]
	}
	return fmt.Sprintf("reserved (0x%02X)", byte(f))
}
