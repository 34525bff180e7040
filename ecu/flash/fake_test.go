package flash_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/description"
	"otabench/ecu/security"
)

// fakeECU answers the programming sequence at once, over a connection that is a pair of queues.
type fakeECU struct {
	desc   description.ECU
	offers uint16 // maxNumberOfBlockLength
	// intercept may answer in the ECU's place: with nil nothing is sent, and ok false leaves the request to the ECU.
	intercept func(request []byte) (response []byte, ok bool)

	mu       sync.Mutex
	requests [][]byte
	replies  chan isotp.Message

	seed     []byte
	unlocked bool
	counter  byte
	address  uint32
	memory   map[uint32][]byte
}

func newFakeECU(d description.ECU) *fakeECU {
	return &fakeECU{desc: d, offers: 0x82, replies: make(chan isotp.Message, 16), memory: map[uint32][]byte{}}
}

func (e *fakeECU) String() string { return "fake ECU" }
func (e *fakeECU) Close() error   { return nil }

func (e *fakeECU) Drain() int {
	for n := 0; ; n++ {
		select {
		case <-e.replies:
		default:
			return n
		}
	}
}

func (e *fakeECU) Send(ctx context.Context, request []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	response := e.serve(bytes.Clone(request))
	if response != nil {
		e.replies <- isotp.Message{Data: response, First: time.Now(), Last: time.Now()}
	}
	return nil
}

func (e *fakeECU) Receive(ctx context.Context, begin time.Duration) (isotp.Message, error) {
	var late <-chan time.Time
	if begin > 0 {
		timer := time.NewTimer(begin)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case m := <-e.replies:
		return m, nil
	case <-late:
		return isotp.Message{}, isotp.ErrNoMessage
	case <-ctx.Done():
		return isotp.Message{}, ctx.Err()
	}
}

// seen returns the requests in hexadecimal, without tester present, each cut after 16 bytes.
func (e *fakeECU) seen() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []string
	for _, r := range e.requests {
		if r[0] != 0x3E {
			all = append(all, fmt.Sprintf("% X", r[:min(len(r), 16)]))
		}
	}
	return all
}

func (e *fakeECU) serve(request []byte) []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests = append(e.requests, request)
	if e.intercept != nil {
		if response, ok := e.intercept(request); ok {
			return response
		}
	}
	response := e.answer(request)
	if suppressed(request) && response[0] != 0x7F {
		return nil
	}
	return response
}

func suppressed(request []byte) bool {
	switch request[0] {
	case 0x10, 0x11, 0x28, 0x3E, 0x85:
		return request[1]&0x80 != 0
	}
	return false
}

func refuse(request []byte, nrc byte) []byte { return []byte{0x7F, request[0], nrc} }

func (e *fakeECU) answer(r []byte) []byte {
	switch r[0] {
	case 0x10:
		return []byte{0x50, r[1] & 0x7F, 0x00, 0x32, 0x01, 0xF4}
	case 0x11, 0x28, 0x3E, 0x85:
		return []byte{r[0] + 0x40, r[1] & 0x7F}
	case 0x22:
		return append([]byte{0x62, r[1], r[2]}, "2.0.0"...)
	case 0x27:
		return e.access(r)
	case 0x2E:
		return []byte{0x6E, r[1], r[2]}
	case 0x31:
		return e.routine(r)
	case 0x34:
		e.address, e.counter = binary.BigEndian.Uint32(r[3:]), 0
		return append([]byte{0x74, 0x20}, byte(e.offers>>8), byte(e.offers))
	case 0x36:
		return e.transfer(r)
	case 0x37:
		return []byte{0x77}
	}
	return refuse(r, 0x11)
}

func (e *fakeECU) access(r []byte) []byte {
	if r[1]%2 == 1 {
		e.seed = []byte{1, 2, 3, 4}
		return append([]byte{0x67, r[1]}, e.seed...)
	}
	key, err := security.New("", e.desc.Security)
	if err != nil {
		return refuse(r, 0x22)
	}
	want, err := key.Compute(context.Background(), e.seed)
	if err != nil || !bytes.Equal(r[2:], want) {
		return refuse(r, 0x35)
	}
	e.unlocked = true
	return []byte{0x67, r[1]}
}

func (e *fakeECU) routine(r []byte) []byte {
	response := append([]byte{0x71}, r[1:4]...)
	switch id := binary.BigEndian.Uint16(r[2:]); id {
	case e.desc.Routines[description.Erase].ID:
		if !e.unlocked {
			return refuse(r, 0x33)
		}
		e.memory[binary.BigEndian.Uint32(r[5:])] = nil
		return response
	default:
		return append(response, 0x00)
	}
}

// transfer accepts the block that comes next, and the last one again without storing it twice.
func (e *fakeECU) transfer(r []byte) []byte {
	switch r[1] {
	case e.counter + 1:
		e.memory[e.address] = append(e.memory[e.address], r[2:]...)
		e.counter++
	case e.counter:
	default:
		return refuse(r, 0x73)
	}
	return []byte{0x76, r[1]}
}
