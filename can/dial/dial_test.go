package dial_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"otabench/can"
	"otabench/can/dial"
	"otabench/can/socketcand"
	"otabench/can/virtual"
)

// named is a bus that is there to be told from others.
type named struct {
	can.Bus
	name string
}

func (n named) String() string { return "virtual:" + n.name }

func joinVirtual(name string) (can.Bus, error) { return named{name: name}, nil }

func TestDialVirtual(t *testing.T) {
	bus, err := dial.Dialer{Virtual: joinVirtual}.Dial(t.Context(), "virtual:powertrain")
	if err != nil {
		t.Fatal(err)
	}
	if got := bus.String(); got != "virtual:powertrain" {
		t.Errorf("got bus %q", got)
	}
}

func TestAddresses(t *testing.T) {
	missing := errors.New("no virtual bus of that name")
	d := dial.Dialer{Virtual: func(string) (can.Bus, error) { return nil, missing }}
	tests := []struct {
		address string
		usage   bool // the address is at fault, not the machine
		want    string
	}{
		{"nosuchcan9", false, "socketcan:nosuchcan9: no such interface"},
		{"socketcan:nosuchcan9", false, "socketcan:nosuchcan9: no such interface"},
		{"virtual:chassis", false, missing.Error()},
		{"virtual:", true, "no virtual bus is named"},
		{"", true, "no interface is named"},
		{"socketcan:", true, "no interface is named"},
		{"socketcan:can0:1", true, `"can0:1" cannot be an interface name`},
		{"can 0", true, `"can 0" cannot be an interface name`},
		{"../can0", true, "cannot be an interface name"},
		{"can\x00", true, "cannot be an interface name"},
		{"interface-of-16b", true, "at most 15 bytes"},
		{"pcan:usb1", true, `unknown scheme "pcan"; accepted are socketcan:INTERFACE, socketcand:`},
		{":", true, `unknown scheme ""`},
		{"socketcand:can0", true, "want socketcand://HOST[:PORT]/NAME"},
		{"socketcand://bench-7", true, "want socketcand://HOST[:PORT]/NAME"},
		{"socketcand:///can0", true, "want socketcand://HOST[:PORT]/NAME"},
		{"socketcand://bench-7/", true, "no bus is named"},
		{"socketcand://bench-7/can 0", true, `"can 0" cannot be the name of a bus`},
		{"socketcand://bench-7:/can0", true, "is no HOST:PORT"},
		{"socketcand://bench-7:http/can0", true, "is no HOST:PORT"},
		{"socketcand://me@bench-7/can0", true, "is no HOST:PORT"},
		{"slcan:/dev/nosuchtty", true, "want DEVICE@BITRATE[/DATA]"},
		{"slcan:/dev/nosuchtty@333000", true, "it has [10000 20000"},
		{"slcan:/dev/nosuchtty@500000", false, "slcan:/dev/nosuchtty@500000: open the adapter"},
		{"socketcand://127.0.0.1:1/can0", false, "socketcand://127.0.0.1:1/can0: dial tcp 127.0.0.1:1"},
	}
	for _, test := range tests {
		t.Run(test.address, func(t *testing.T) {
			bus, err := d.Dial(t.Context(), test.address)
			if err == nil || bus != nil {
				t.Fatalf("got bus %v, error %v; want an error and no bus", bus, err)
			}
			if got := errors.Is(err, dial.ErrAddress); got != test.usage {
				t.Errorf("error %q wraps ErrAddress: %v, want %v", err, got, test.usage)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q does not say %q", err, test.want)
			}
		})
	}
}

func TestInterface(t *testing.T) {
	for address, want := range map[string]string{"can0": "can0", "socketcan:vcan1": "vcan1", "virtual:body": ""} {
		if got, ok := dial.Interface(address); ok != (want != "") || ok && got != want {
			t.Errorf("%s: got %q %t, want %q", address, got, ok, want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, address := range []string{
		"can0", "socketcan:can0", "virtual:body", "socketcand://bench-7/can0", "socketcand://[::1]:4711/can0", "socketcand://[::1]/can0",
		"slcan:/dev/ttyACM0@500000/2000000",
	} {
		if err := dial.Check(address); err != nil {
			t.Error(err)
		}
	}
}

func TestDialRemote(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wire := virtual.NewBus("body", virtual.Options{})
	defer wire.Close()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	attach := func(string) (can.Bus, error) { return wire.Attach("remote"), nil }
	go func() { served <- socketcand.Serve(ctx, l, attach, socketcand.ServeOptions{}) }()
	address := fmt.Sprintf("socketcand://%s/body", l.Addr())
	bus, err := dial.Dialer{}.Dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if bus.String() != address {
		t.Errorf("got bus %v, want %s", bus, address)
	}
	stop()
	if err := errors.Join(bus.Close(), <-served); err != nil {
		t.Error(err)
	}
}

func TestNoVirtualBuses(t *testing.T) {
	_, err := dial.Dialer{}.Dial(t.Context(), "virtual:powertrain")
	if !errors.Is(err, dial.ErrAddress) || !strings.Contains(err.Error(), "no virtual buses here") {
		t.Errorf("got error %v", err)
	}
}

func Example() {
	d := dial.Dialer{Virtual: joinVirtual}
	bus, err := d.Dial(context.Background(), "virtual:powertrain")
	fmt.Println(bus, err)
	_, err = d.Dial(context.Background(), "can0:500000")
	fmt.Println(err)
	// Output:
	// virtual:powertrain <nil>
	// invalid CAN bus address "can0:500000": unknown scheme "can0"; accepted are socketcan:INTERFACE, socketcand://HOST[:PORT]/NAME, slcan:DEVICE@BITRATE[/DATA], virtual:NAME, or the name of an interface such as can0
}
