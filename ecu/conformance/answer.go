package conformance

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"otabench/ecu/uds"
)

const (
	positive         byte = 0x40 // added to the service in a positive response
	negative         byte = 0x7F
	suppressPositive byte = 0x80 // suppressPosRspMsgIndicationBit of a sub-function
)

// answer is a request with all that the ECU said to it.
type answer struct {
	run        *run
	session    byte
	functional bool
	request    []byte
	asked      message   // the request on the wire; zero if it was not seen
	said       []message // responses, responsePending among them
}

// pending says that a message asks for more time.
func pending(data []byte) bool {
	return len(data) == 3 && data[0] == negative && data[2] == byte(uds.ResponsePending)
}

// finals are the responses that end the request. There should be one.
func (a answer) finals() []message {
	return slices.DeleteFunc(slices.Clone(a.said), func(m message) bool { return pending(m.data) })
}

// final is the response, nil if there was none.
func (a answer) final() []byte {
	if all := a.finals(); len(all) > 0 {
		return all[0].data
	}
	return nil
}

// code is that of a negative response, 0 if it is none.
func (a answer) code() uds.NRC {
	if f := a.final(); len(f) == 3 && f[0] == negative && f[1] == a.request[0] {
		return uds.NRC(f[2])
	}
	return 0
}

// accepted says that the response is positive.
func (a answer) accepted() bool {
	f := a.final()
	return len(f) > 0 && f[0] == a.request[0]+positive
}

// is says that the response is negative with one of the codes.
func (a answer) is(codes ...uds.NRC) bool {
	c := a.code()
	return c != 0 && slices.Contains(codes, c)
}

// latency is the time from the end of the request to the beginning of the first response, false if one of them was not
// heard.
func (a answer) latency() (d time.Duration, heard bool) {
	if a.asked.ended.IsZero() || len(a.said) == 0 {
		return 0, false
	}
	return a.said[0].began.Sub(a.asked.ended), true
}

// last is when the last message ended.
func (a answer) last() time.Time {
	if len(a.said) > 0 {
		return a.said[len(a.said)-1].ended
	}
	return a.asked.ended
}

// refused wants a negative response with one of the codes.
func (a answer) refused(codes ...uds.NRC) bool {
	return a.want(a.is(codes...), "%s", oneOf(codes))
}

// refusedIfOpen wants a negative response with one of the codes, unless what is asked for is secured or is not there in
// this session, which comes before what is looked for.
func (a answer) refusedIfOpen(codes ...uds.NRC) {
	if !a.denied() && !a.absent() {
		a.refused(codes...)
	}
}

// granted wants a positive response that begins with the given bytes behind the service.
func (a answer) granted(beginning ...byte) bool {
	want := append([]byte{a.request[0] + positive}, beginning...)
	return a.want(bytes.HasPrefix(a.final(), want), "a positive response that begins with %s", show(want))
}

// echoed wants a positive response, if it is one, to be exactly the service and what the request begins with.
func (a answer) echoed(parameters ...byte) {
	if a.accepted() {
		want := append([]byte{a.request[0] + positive}, parameters...)
		a.want(bytes.Equal(a.final(), want), "%s", show(want))
	}
}

// silent wants no response at all.
func (a answer) silent(why string) bool {
	return a.want(len(a.said) == 0, "no response, since %s", why)
}

// want notes a violation where the answer is not right.
func (a answer) want(right bool, format string, args ...any) bool {
	if a.run.over() {
		return false
	}
	a.run.verified++
	if !right {
		a.run.violate(a, format, args...)
	}
	return right
}

// denied says that the service or the sub-function is secured, which comes before what is looked for.
func (a answer) denied() bool { return a.is(uds.SecurityAccessDenied, uds.AuthenticationRequired) }

// absent says that there is no such service or sub-function in the session.
func (a answer) absent() bool { return isAbsent(a.code()) }

func isAbsent(c uds.NRC) bool {
	return slices.Contains([]uds.NRC{
		uds.ServiceNotSupported, uds.ServiceNotSupportedInActiveSession,
		uds.SubFunctionNotSupported, uds.SubFunctionNotSupportedInActiveSession,
	}, c)
}

func oneOf(codes []uds.NRC) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = fmt.Sprint(c)
	}
	return strings.Join(texts, " or ")
}
