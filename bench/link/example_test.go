package link_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"otabench/bench/link"
)

func Example() {
	backend := link.NewListener("backend")
	defer backend.Close()
	go func() {
		if conn, err := backend.Accept(); err == nil {
			_, _ = conn.Write([]byte("an image of the next release"))
		}
	}()

	l := link.New(link.Options{Upstream: backend.Dial})
	defer l.Close()
	if err := l.Shape(link.WiFiGood); err != nil {
		fmt.Println(err)
	}
	cut := l.CutAt(11)

	vehicle, err := l.Dial(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer vehicle.Close()
	got, err := io.ReadAll(vehicle)
	<-cut
	fmt.Printf("%q, reset: %t\n", got, errors.Is(err, syscall.ECONNRESET))
	// Output: "an image of", reset: true
}
