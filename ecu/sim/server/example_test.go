package server_test

import (
	"context"
	"fmt"

	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/sim/server"
)

func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	bus := virtual.NewBus("body", virtual.Options{})
	defer bus.Close()
	address := isotp.Address{Tx: 0x7E0, Rx: 0x7E8}
	tester, err := isotp.Open(bus.Attach("tester"), isotp.Config{Address: address})
	if err != nil {
		fmt.Println(err)
		return
	}
	conn, err := isotp.Open(bus.Attach("ecu"), isotp.Config{Address: address.Reversed()})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := server.New(conn, server.Config{
		Sessions: map[byte]server.Session{0x03: {}},
		ReadData: &server.ReadData{Access: server.Access{Sessions: []byte{0x03}}},
		Data:     server.DIDs{0xF190: server.Value([]byte("WOB00000000000001")...)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() { _ = s.Serve(ctx) }()
	for _, request := range [][]byte{{0x22, 0xF1, 0x90}, {0x10, 0x03}, {0x22, 0xF1, 0x90}} {
		if err := tester.Send(ctx, request); err != nil {
			fmt.Println(err)
			return
		}
		m, err := tester.Receive(ctx, 0)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("% X\n", m.Data)
	}
	// Output:
	// 7F 22 7F
	// 50 03 00 32 01 F4
	// 62 F1 90 57 4F 42 30 30 30 30 30 30 30 30 30 30 30 30 30 31
}
