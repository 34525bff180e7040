package uds

import (
	"context"
	"fmt"
)

// EventType is what causes responses on an event, or controls them (10.9, table 140).
type EventType byte

// Types of events, and controls.
const (
	StopResponseOnEvent                         EventType = 0x00
	OnDTCStatusChange                           EventType = 0x01
	OnTimerInterrupt                            EventType = 0x02 // up to the edition of 2013
	OnChangeOfDataIdentifier                    EventType = 0x03
	ReportActivatedEvents                       EventType = 0x04
	StartResponseOnEvent                        EventType = 0x05
	ClearResponseOnEvent                        EventType = 0x06
	OnComparisonOfValues                        EventType = 0x07
	ReportMostRecentDTCOnStatusChange           EventType = 0x08
	ReportDTCRecordInformationOnDTCStatusChange EventType = 0x09
)

func (t EventType) String() string {
	names := []string{
		"stopResponseOnEvent", "onDTCStatusChange", "onTimerInterrupt", "onChangeOfDataIdentifier", "reportActivatedEvents",
		"startResponseOnEvent", "clearResponseOnEvent", "onComparisonOfValues", "reportMostRecentDtcOnStatusChange",
		"reportDTCRecordInformationOnDtcStatusChange",
	}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("%02X", byte(t))
}

// storeEvent in the sub-function has the event survive a power cycle (table 139).
const storeEvent byte = 0x40

// EventWindow is how long events are responded to (eventWindowTime, annex B.2).
type EventWindow byte

// Event windows. How long the ones in between last is up to the maker.
const (
	InfiniteWindow            EventWindow = 0x02
	ShortWindow               EventWindow = 0x03
	MediumWindow              EventWindow = 0x04
	LongWindow                EventWindow = 0x05
	PowerWindow               EventWindow = 0x06
	IgnitionWindow            EventWindow = 0x07
	ManufacturerTriggerWindow EventWindow = 0x08
)

// Event is something that the server responds to by itself, as if it had been asked.
type Event struct {
	Type   EventType
	Window EventWindow
	// Record is what Type needs (eventTypeRecord). The functions EventOnDTC and so on make it.
	Record []byte
	// Respond is the request that the server answers when it happens (serviceToRespondToRecord).
	Respond []byte
}

// SetUpEvent sets an event up; StartEvents makes the server watch for it (10.9). The responses come to Listen.
func (c *Client) SetUpEvent(ctx context.Context, e Event) error {
	switch n, known := recordLengths[e.Type]; {
	case !known:
		return c.invalid(SIDResponseOnEvent, "%v cannot be set up", e.Type)
	case len(e.Record) != n && e.Type != ReportDTCRecordInformationOnDTCStatusChange:
		return c.invalid(SIDResponseOnEvent, "%v with a record of %d bytes; want %d", e.Type, len(e.Record), n)
	case e.Type.responds() != (len(e.Respond) > 0):
		return c.invalid(SIDResponseOnEvent, "%v with %d bytes of a service to respond to", e.Type, len(e.Respond))
	}
	_, err := c.event(ctx, byte(e.Type), e.Window, e.Record, e.Respond)
	return err
}

// StartEvents has the server watch for all events that are set up (10.9). With store it does so after a power cycle too.
func (c *Client) StartEvents(ctx context.Context, window EventWindow, store bool) error {
	_, err := c.event(ctx, controlEvents(StartResponseOnEvent, store), window)
	return err
}

// StopEvents has the server watch for events no more (10.9), with store even after a power cycle, and returns how many
// it has responded to. They stay set up.
func (c *Client) StopEvents(ctx context.Context, store bool) (identified int, err error) {
	return c.event(ctx, controlEvents(StopResponseOnEvent, store), InfiniteWindow)
}

// ClearEvents stops the server and has it forget all events that are set up (10.9).
func (c *Client) ClearEvents(ctx context.Context) error {
	_, err := c.event(ctx, byte(ClearResponseOnEvent), InfiniteWindow)
	return err
}

func controlEvents(t EventType, store bool) byte {
	if store {
		return byte(t) | storeEvent
	}
	return byte(t)
}

// event sends a request and returns numberOfIdentifiedEvents.
func (c *Client) event(ctx context.Context, sub byte, window EventWindow, records ...[]byte) (int, error) {
	req := join([]byte{SIDResponseOnEvent, sub, byte(window)}, join(records...))
	return parsed(ctx, c, req, []byte{sub}, func(r *reader) int {
		n := int(r.byte())
		r.want("eventWindowTime and what follows", req[2:]...)
		return n
	})
}

// ActivatedEvents reads the events that are set up (10.9, reportActivatedEvents). Responses do not tell where one event
// ends and the next one begins: respond says how many of the given bytes are the service to respond to. nil stands for
// RespondLength.
func (c *Client) ActivatedEvents(ctx context.Context, respond func([]byte) int) ([]Event, error) {
	if respond == nil {
		respond = RespondLength
	}
	sub := byte(ReportActivatedEvents)
	return parsed(ctx, c, []byte{SIDResponseOnEvent, sub, byte(InfiniteWindow)}, []byte{sub}, func(r *reader) []Event {
		var all []Event
		for range r.byte() {
			e := r.event(respond)
			if r.fault != "" {
				return nil
			}
			all = append(all, e)
		}
		return all
	})
}

// RespondLength is how long a request is at the beginning of b: ReadDataByIdentifier with one identifier, a report of
// ReadDTCInformation, or an action of RoutineControl without options; 0 for others.
func RespondLength(b []byte) int {
	switch {
	case len(b) == 0:
	case b[0] == SIDReadDataByIdentifier:
		return 3
	case b[0] == SIDRoutineControl:
		return 4
	case b[0] == SIDReadDTCInformation && len(b) > 1:
		return 2 + reportParameters[b[1]&^suppressPositive]
	}
	return 0
}

// reportParameters is how many bytes follow the sub-function of the reports that may respond to an event.
var reportParameters = map[byte]int{
	reportNumberOfDTCByStatusMask: 1, reportDTCByStatusMask: 1, reportDTCSnapshotRecordByDTCNumber: 4,
	reportDTCStoredDataByRecordNumber: 1, reportDTCExtDataRecordByDTCNumber: 4,
}

func (r *reader) event(respond func([]byte) int) Event {
	e := Event{Type: EventType(r.byte() &^ storeEvent), Window: EventWindow(r.byte())}
	n, known := recordLengths[e.Type]
	if !known {
		r.fail("an event of type %v", e.Type)
	}
	if e.Type == ReportDTCRecordInformationOnDTCStatusChange && len(r.rest) > 1 && isUserMemory(r.rest[1]) {
		n++
	}
	e.Record = r.bytes(n)
	if e.Type.responds() && r.fault == "" {
		n := respond(r.rest)
		if n < 1 {
			r.stop(ErrLength, "the length of the service to respond to was not told")
		}
		e.Respond = r.bytes(n)
	}
	return e
}

// recordLengths is how long eventTypeRecord is, of the events that can be set up.
var recordLengths = map[EventType]int{
	OnDTCStatusChange: 1, OnTimerInterrupt: 1, OnChangeOfDataIdentifier: 2, OnComparisonOfValues: 10,
	ReportMostRecentDTCOnStatusChange: 1, ReportDTCRecordInformationOnDTCStatusChange: 3,
}

// responds says whether an event needs a service to respond to; the others are such a service themselves.
func (t EventType) responds() bool { return t <= OnChangeOfDataIdentifier || t == OnComparisonOfValues }

// isUserMemory says whether a report is of a memory that the maker defines.
func isUserMemory(report byte) bool {
	return report == reportUserDefMemoryDTCSnapshotRecordByDTCNumber ||
		report == reportUserDefMemoryDTCExtDataRecordByDTCNumber
}
