package transcript

import (
	"fmt"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/trace"
)

// Identifiers of ISO 15765-4:2021, 10.5: testers ask 7E0 to 7E7, and each ECU answers 8 above; with 29 bits the addresses
// are in the identifier (normal fixed addressing), and the tester's is F1.
const (
	firstRequest   = 0x7E0
	firstResponse  = 0x7E8
	lastResponse   = 0x7EF
	functional11   = 0x7DF
	fixedBase      = 0x18DA0000
	functional29   = 0x18DB33F1
	tester         = 0xF1
	responseOffset = firstResponse - firstRequest
)

// legal is a connection with legislated identifiers.
type legal struct {
	bus      string
	ecu      uint32 // request identifier, or address with 29 bits
	extended bool
}

// legislated returns the listener for a frame with a legislated identifier.
func (t *Transcript) legislated(r trace.Record) []*listener {
	key, ok := legalOf(r)
	if !ok {
		return nil
	}
	l, known := t.legal[key]
	if !known {
		if len(t.legal) >= maxBuses {
			return nil
		}
		l = key.listener()
		t.legal[key] = l
	}
	return []*listener{l}
}

// legalOf says which connection a frame belongs to. Functional requests are one of their own.
func legalOf(r trace.Record) (legal, bool) {
	switch {
	case !r.Is(can.Extended) && (r.ID == functional11 || r.ID >= firstRequest && r.ID < firstResponse):
		return legal{r.Bus, r.ID, false}, true
	case !r.Is(can.Extended) && r.ID >= firstResponse && r.ID <= lastResponse:
		return legal{r.Bus, r.ID - responseOffset, false}, true
	case !r.Is(can.Extended):
		return legal{}, false
	case r.ID == functional29:
		return legal{r.Bus, r.ID, true}, true
	case r.ID&0xFFFF00FF == fixedBase|tester:
		return legal{r.Bus, r.ID >> 8 & 0xFF, true}, true
	case r.ID&0xFFFFFF00 == fixedBase|tester<<8:
		return legal{r.Bus, r.ID & 0xFF, true}, true
	}
	return legal{}, false
}

func (l legal) listener() *listener {
	switch {
	case l.ecu == functional11 || l.ecu == functional29:
		address := isotp.Address{Tx: l.ecu, Rx: l.ecu + 1, Extended: l.extended} // nobody answers there
		return &listener{isotp.NewListener(address, 0), "all"}
	case l.extended:
		return &listener{isotp.NewListener(isotp.NormalFixed(tester, byte(l.ecu)), 0), fmt.Sprintf("%02X", l.ecu)}
	}
	address := isotp.Address{Tx: l.ecu, Rx: l.ecu + responseOffset}
	return &listener{isotp.NewListener(address, 0), fmt.Sprintf("%03X", l.ecu)}
}
