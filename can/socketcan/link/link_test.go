package link

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mdlayher/netlink"

	"otabench/can"
)

// answer is a kernel's message about an interface.
func answer(t testing.TB, kind string, up bool, mtu uint32, add func(*netlink.AttributeEncoder), stats ...uint32) []byte {
	t.Helper()
	e := netlink.NewAttributeEncoder()
	e.String(attrName, "can0")
	e.Uint32(attrMTU, mtu)
	e.Nested(attrLinkInfo, func(info *netlink.AttributeEncoder) error {
		info.String(infoKind, kind)
		info.Bytes(infoStats, u32(stats...))
		if add != nil {
			info.Nested(infoData, func(data *netlink.AttributeEncoder) error { add(data); return nil })
		}
		return nil
	})
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var flags uint32
	if up {
		flags = flagUp
	}
	return append(header(7, flags, 0), b...)
}

func u32(n ...uint32) (b []byte) {
	for _, n := range n {
		b = binary.NativeEndian.AppendUint32(b, n)
	}
	return b
}

func TestParse(t *testing.T) {
	controller := func(e *netlink.AttributeEncoder) {
		e.Bytes(canBitTiming, u32(500_000, 875, 0, 0, 0, 0, 0, 0))
		e.Bytes(canDataBitTiming, u32(2_000_000, 750, 0, 0, 0, 0, 0, 0))
		e.Uint32(canClock, 80_000_000)
		e.Uint32(canState, 2)
		e.Bytes(canControlMode, u32(0xFF, uint32(FD|OneShot)))
		e.Uint32(canRestartMS, 100)
		e.Bytes(canErrorCounter, []byte{128, 0, 3, 0})
	}
	got, err := parse(answer(t, "can", true, 72, controller, 1, 2, 3, 4, 5, 6))
	if err != nil {
		t.Fatal(err)
	}
	want := Info{
		Name: "can0", Kind: "can", Up: true, FD: true, State: can.ErrorPassive,
		Bitrate: 500_000, SamplePoint: 0.875, DataBitrate: 2_000_000, DataSamplePoint: 0.75, Clock: 80_000_000,
		Modes: FD | OneShot, RestartAfter: 100 * time.Millisecond, TxErrors: 128, RxErrors: 3,
		Count: Count{BusErrors: 1, ErrorWarning: 2, ErrorPassive: 3, BusOff: 4, ArbitrationLost: 5, Restarts: 6},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text := "can0 (can) error-passive, 500000 bit/s at 87.5 %, data 2000000 bit/s at 75.0 %, one-shot, " +
		"error counters tx 128 rx 3, 4 times bus-off"
	if got.String() != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

func TestParseOthers(t *testing.T) {
	tests := map[string][]byte{
		"can0 (vcan) error-active, FD": answer(t, "vcan", true, 72, nil),
		"can0 (vcan) down":             answer(t, "vcan", false, 16, nil),
		"can0 (can) stopped": answer(t, "can", true, 16, func(e *netlink.AttributeEncoder) {
			e.Uint32(canState, 4)
			e.Uint32(200, 1) // what a later kernel may add
		}),
		"can0 (can) error-active": answer(t, "can", true, 16, func(e *netlink.AttributeEncoder) { e.Uint32(canState, 99) }),
	}
	for want, b := range tests {
		if got, err := parse(b); err != nil || got.String() != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}

func TestParseDamage(t *testing.T) {
	short := func(attribute uint16) []byte {
		return answer(t, "can", true, 16, func(e *netlink.AttributeEncoder) { e.Bytes(attribute, []byte{1}) })
	}
	tests := map[string][]byte{
		"no header":     nil,
		"bit timing":    short(canBitTiming),
		"state":         short(canState),
		"modes":         short(canControlMode),
		"error counter": short(canErrorCounter),
		"attributes":    append(header(1, 0, 0), 1),
	}
	for name, b := range tests {
		if got, err := parse(b); err == nil {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(answer(f, "can", true, 16, func(e *netlink.AttributeEncoder) {
		e.Bytes(canBitTiming, u32(500_000, 875, 0, 0, 0, 0, 0, 0))
		e.Uint32(canState, 3)
	}, 1, 2, 3, 4, 5, 6))
	f.Add(answer(f, "vcan", false, 72, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if info, err := parse(b); err == nil && info.String() == "" {
			t.Error("nothing to say")
		}
	})
}

// What is asked of a controller is what its answer would say.
func TestSettings(t *testing.T) {
	s := Settings{
		Bitrate: 500_000, SamplePoint: 0.8, DataBitrate: 2_000_000, DataSamplePoint: 0.7,
		Modes: ListenOnly, RestartAfter: 50 * time.Millisecond,
	}
	b, err := controller(header(7, 0, 0), s.encode)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parse(b)
	if err != nil {
		t.Fatal(err)
	}
	want := Info{
		Kind: "can", State: can.Stopped, Bitrate: 500_000, SamplePoint: 0.8, DataBitrate: 2_000_000, DataSamplePoint: 0.7,
		Modes: ListenOnly | FD, RestartAfter: 50 * time.Millisecond,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSettingsThatNoControllerTakes(t *testing.T) {
	good := Settings{Bitrate: 500_000, DataBitrate: 2_000_000, RestartAfter: time.Second}
	if err := good.validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Settings){
		"no bit rate":       func(s *Settings) { s.Bitrate = 0 },
		"8 Mbit/s":          func(s *Settings) { s.Bitrate = 8_000_000 },
		"slow data":         func(s *Settings) { s.DataBitrate = 125_000 },
		"sample point":      func(s *Settings) { s.SamplePoint = 87.5 },
		"no sample point":   func(s *Settings) { s.DataSamplePoint = math.NaN() },
		"restart before":    func(s *Settings) { s.RestartAfter = -time.Second },
		"restart too exact": func(s *Settings) { s.RestartAfter = time.Microsecond },
	} {
		s := good
		change(&s)
		if err := s.validate(); err == nil {
			t.Errorf("%s is accepted", name)
		}
		if err := Configure("can0", s); err == nil || !strings.HasPrefix(err.Error(), "can0: ") {
			t.Errorf("%s: Configure: %v", name, err)
		}
	}
}

func TestModes(t *testing.T) {
	if got := (Loopback | ErrorReporting | NonISO).String(); got != "loopback,berr-reporting,fd-non-iso" {
		t.Errorf("got %q", got)
	}
}

// On any machine: an interface that is not there, and one that is no CAN interface.
func TestOtherInterfaces(t *testing.T) {
	if runtime.GOOS != "linux" {
		if _, err := Get("can0"); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("got error %v", err)
		}
		return
	}
	for _, err := range []error{second(Get("nosuchcan9")), Up("nosuchcan9"), Restart("nosuchcan9")} {
		if err == nil || !strings.HasPrefix(err.Error(), "nosuchcan9: no such interface") {
			t.Errorf("got error %v", err)
		}
	}
	info, err := Get("lo")
	if err != nil || info.Name != "lo" || !info.Up || info.Kind != "" {
		t.Errorf("got %+v, %v", info, err)
	}
	if err := Restart("lo"); err == nil {
		t.Error("lo was restarted")
	}
	if _, err := exec.LookPath("ip"); err == nil && os.Geteuid() == 0 {
		if err := Up("lo"); err != nil {
			t.Errorf("bring up what is up: %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
