package signal_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/signal"
)

func frame(t testing.TB, text string) can.Frame {
	t.Helper()
	f, err := can.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func texts(values []signal.Value) (all []string) {
	for _, v := range values {
		all = append(all, v.String())
	}
	return all
}

// The bytes are worked out by hand from the layout in vehicle.dbc.
func TestDecode(t *testing.T) {
	db := vehicle(t)
	for _, tt := range []struct {
		frame string
		want  []string
	}{
		{"100#B80B82F93F050042", []string{
			"Speed = 750 rpm", "Coolant = 90 °C", "Torque = -3.5 Nm", "Mode = 3 (Sport)", "Alive = 5", "Check = 66",
		}},
		{"100#FFFFFF00F8FFFF00", []string{
			"Speed = 16383.75 rpm out of range", "Coolant = 215 °C out of range", "Torque = -1024 Nm out of range",
			"Mode = 15 (SNA)", "Alive = 15 out of range", "Check = 0",
		}},
		{"200#1F4800000001", []string{"Pressure = 50 bar", "Slip = -5.12 % (Invalid)", "Light = 1 (On)"}},
		{"200#FFF5FFC00000", []string{"Pressure = 409.5 bar out of range", "Slip = 3.83 %", "Light = 0 (Off)"}},
		{"300#00B004F6FF000000", []string{"Page = 0", "Voltage = 12 V", "Current = -1 A"}},
		{"300#0140E2010000FFFF", []string{"Page = 1", "Hours = 12345.6 h"}},
		{"300#0200000000000000", []string{"Page = 2"}},
		{"301#0107123400000000", []string{"Service = 1", "Sub = 0", "First = 7"}},
		{"301#5107123400000000", []string{"Service = 1", "Sub = 5", "Second = 7"}},
		{"301#4107123400000000", []string{"Service = 1", "Sub = 4"}},
		{"301#0307123400000000", []string{"Service = 3", "Third = 4660"}},
		// The numbers are those of IEEE 754 calculators.
		{"400##100800143C0602E5604189375", []string{"Single = 129.5", "Double = -129.448"}},
		{"400##1000000FFC0934A0000000000", []string{"Single = -1.7014118346e+38", "Double = -1234.5 out of range"}},
		{"400##10000C07F7FF0000000000000", []string{"Single = NaN out of range", "Double = +Inf out of range"}},
		{"0CF004FE#FFFF7D803E00FFFF", []string{"EngSpeed = 2000 rpm", "ActlEngPrcntTorque = 0 %"}},
	} {
		_, values, err := db.Decode(nil, frame(t, tt.frame))
		if err != nil {
			t.Errorf("%s: %v", tt.frame, err)
		}
		if diff := cmp.Diff(tt.want, texts(values)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.frame, diff)
		}
	}
}

// A frame of a message that cantools documents, and what cantools makes of it.
func TestAgainstCantools(t *testing.T) {
	db, err := signal.ReadDBC("motohawk.dbc", strings.NewReader(`VERSION ""
BU_: PCM1 FOO
BO_ 496 ExampleMessage: 8 PCM1
 SG_ Enable : 7|1@0+ (1,0) [0|0] "-"  PCM1, FOO
 SG_ AverageRadius : 6|6@0+ (0.1,0) [0|5] "m" Vector__XXX
 SG_ Temperature : 0|12@0- (0.01,250) [229.52|270.47] "degK"  PCM1, FOO
VAL_ 496 Enable 1 "Enabled" 0 "Disabled" ;
`))
	if err != nil {
		t.Fatal(err)
	}
	m := db.Messages[0]
	for text, temperature := range map[string]float64{"1F0#C001400000000000": 250.1, "1F0#C006E00000000000": 250.55} {
		f, err := m.Encode(map[string]signal.Input{
			"Temperature": signal.Physical(temperature), "AverageRadius": signal.Physical(3.2), "Enable": signal.Text("Enabled"),
		})
		if err != nil || f.String() != text {
			t.Errorf("got %v, %v, want %s", f, err, text)
		}
		values, err := m.Decode(nil, f.Payload())
		want := []string{"Enable = 1 - (Enabled)", "AverageRadius = 3.2 m", fmt.Sprintf("Temperature = %v degK", temperature)}
		if diff := cmp.Diff(want, texts(values)); err != nil || diff != "" {
			t.Errorf("%v -want +got\n%s", err, diff)
		}
	}
}

func TestDecodeShortFrames(t *testing.T) {
	db := vehicle(t)
	for _, tt := range []struct {
		frame   string
		want    []string
		missing string
	}{
		{
			"100#B80B82",
			[]string{"Speed = 750 rpm", "Coolant = 90 °C"},
			"3 of 8 bytes, missing signals: Torque, Mode, Alive, Check",
		},
		{
			"100#B80B82F9",
			[]string{"Speed = 750 rpm", "Coolant = 90 °C"},
			"4 of 8 bytes, missing signals: Torque, Mode, Alive, Check",
		},
		{"100#", nil, "0 of 8 bytes, missing signals: Speed, Coolant, Torque, Mode, Alive, Check"},
		{"200#1F48", []string{"Pressure = 50 bar"}, "2 of 6 bytes, missing signals: Slip, Light"},
		{"300#00B004", []string{"Page = 0", "Voltage = 12 V"}, "3 of 8 bytes, missing signals: Current"},
		{"300#", nil, "0 of 8 bytes, missing signals: Page"},
		{"301#0107", []string{"Service = 1", "Sub = 0", "First = 7"}, "2 of 8 bytes, missing signals: none"},
	} {
		m, values, err := db.Decode(nil, frame(t, tt.frame))
		var short *signal.ShortError
		if m == nil || !errors.As(err, &short) || !errors.Is(err, signal.ErrShort) {
			t.Fatalf("%s: %v %v", tt.frame, m, err)
		}
		if !strings.HasSuffix(err.Error(), tt.missing) {
			t.Errorf("%s: %v, want %s", tt.frame, err, tt.missing)
		}
		if diff := cmp.Diff(tt.want, texts(values)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.frame, diff)
		}
	}
}

func TestDecodeOfOtherFrames(t *testing.T) {
	db := vehicle(t)
	for text, want := range map[string]error{
		"7FF#00": signal.ErrUnknown, "00000100#00": signal.ErrUnknown,
		"100#R8": signal.ErrNoData, "20000004#00": signal.ErrNoData,
	} {
		if m, values, err := db.Decode(nil, frame(t, text)); m != nil || values != nil || !errors.Is(err, want) {
			t.Errorf("%s: %v %v %v", text, m, values, err)
		}
	}
}

// A message of a transport protocol is decoded from its bytes, and does not fit a frame.
func TestLongMessages(t *testing.T) {
	m := message(t, "DiagnosticTroubleCodesOfTheEngineAsReported")
	data := make([]byte, 100)
	data[99] = 7
	values, err := m.Decode(nil, data)
	if err != nil || len(values) != 1 || values[0].Int() != 7 {
		t.Errorf("%v, %v", values, err)
	}
	for _, name := range []string{m.Name, "Classic_Long"} {
		if _, err := message(t, name).Encode(nil); !errors.Is(err, can.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEncode(t *testing.T) {
	type inputs = map[string]signal.Input
	for _, tt := range []struct {
		message string
		inputs  inputs
		want    string
	}{
		{"Engine", nil, "100#00003C0000000000"},
		{"Engine", inputs{
			"Speed": signal.Physical(750), "Coolant": signal.Physical(90), "Torque": signal.Physical(-3.5),
			"Mode": signal.Text("Sport"), "Alive": signal.Raw(5), "Check": signal.Raw(uint8(0x42)),
		}, "100#B80B82F93F050042"},
		{"Engine", inputs{"Speed": signal.Physical(0.124)}, "100#00003C0000000000"},
		{"Engine", inputs{"Speed": signal.Physical(0.125)}, "100#01003C0000000000"}, // halves away from zero
		{"Engine", inputs{"Torque": signal.Physical(-0.25)}, "100#00003CFF0F000000"},
		{"Engine", inputs{"Speed": signal.Raw(0xFFFF), "Mode": signal.Text("SNA")}, "100#FFFF3C00F0000000"},
		{
			"Brakes",
			inputs{"Pressure": signal.Physical(50), "Slip": signal.Text("Invalid"), "Light": signal.Text("On")},
			"200#1F4800000001",
		},
		{"Brakes", inputs{"Slip": signal.Raw(-1)}, "200#000FFC000000"},
		{"Diagnosis", inputs{"Voltage": signal.Physical(12), "Current": signal.Physical(-1)}, "300#00B004F6FF000000"},
		{"Diagnosis", inputs{"Page": signal.Raw(1), "Hours": signal.Physical(12345.6)}, "300#0140E20100000000"},
		{"Nested", inputs{"Service": signal.Raw(1), "Sub": signal.Raw(5), "Second": signal.Raw(7)}, "301#5107000000000000"},
		{"Nested", inputs{"Service": signal.Raw(3), "Third": signal.Raw(0x1234)}, "301#0300123400000000"},
		{
			"Floats",
			inputs{"Single": signal.Physical(129.5), "Double": signal.Raw(uint64(0x40934A4560418930))},
			"400##10080014340934A4560418930",
		},
		{
			"EEC1",
			inputs{"EngSpeed": signal.Physical(2000), "ActlEngPrcntTorque": signal.Physical(0)},
			"0CF004FE#00007D803E000000",
		},
	} {
		f, err := message(t, tt.message).Encode(tt.inputs)
		if err != nil || f != frame(t, tt.want) {
			t.Errorf("%s %v: got %v, %v, want %s", tt.message, tt.inputs, f, err, tt.want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, tt := range []struct {
		message, signal string
		input           signal.Input
		is              error
		want            string
	}{
		{
			"Engine", "Sped", signal.Raw(0), signal.ErrUnknown,
			`signal "Sped": not in the database in message Engine, which has Speed, Coolant`,
		},
		{
			"Engine", "Speed", signal.Physical(-1), signal.ErrRange,
			"message Engine: signal Speed: value is not accepted: -1, only 0 to 16063.75 rpm in steps of 0.25",
		},
		{"Engine", "Speed", signal.Physical(16064), signal.ErrRange, "only 0 to 16063.75 rpm"},
		{"Engine", "Speed", signal.Physical(math.NaN()), signal.ErrRange, "NaN, only 0 to"},
		{"Engine", "Speed", signal.Physical(math.Inf(1)), signal.ErrRange, "+Inf, only 0 to"},
		{"Engine", "Speed", signal.Raw(0x10000), signal.ErrRange, "raw 65536, only raw 0 to 65535"},
		{"Engine", "Speed", signal.Raw(-1), signal.ErrRange, "raw -1, only raw 0 to 65535"},
		{"Engine", "Torque", signal.Raw(2048), signal.ErrRange, "raw 2048, only raw -2048 to 2047"},
		{"Engine", "Torque", signal.Raw(-2049), signal.ErrRange, "raw -2049, only raw -2048 to 2047"},
		{"Engine", "Torque", signal.Physical(1001), signal.ErrRange, "only -1000 to 1000 Nm in steps of 0.5"},
		{"Engine", "Mode", signal.Text("Race"), signal.ErrRange, `"Race", only "Off", "Normal", "Eco", "Sport", "SNA"`},
		{"Engine", "Speed", signal.Text("x"), signal.ErrRange, `"x", only none`},
		{"Diagnosis", "Current", signal.Physical(3276.8), signal.ErrRange, "only -3276.8 to 3276.7 A in steps of 0.1"},
		{"Diagnosis", "Hours", signal.Physical(1), signal.ErrRange, "signal Hours is in the frame only if Page = 1"},
		{"Nested", "Second", signal.Raw(1), signal.ErrRange, "signal Second is in the frame only if Sub = 2 to 3, 5"},
		{"Floats", "Single", signal.Physical(1e39), signal.ErrRange, "1e+39, only -3.402823466e+38 to 3.402823466e+38"},
		{"Floats", "Double", signal.Physical(1001), signal.ErrRange, "1001, only -1000 to 1000"},
		{"Floats", "Single", signal.Raw(uint64(1 << 32)), signal.ErrRange, "only the 32 bits of a float"},
	} {
		_, err := message(t, tt.message).Encode(map[string]signal.Input{tt.signal: tt.input})
		if !errors.Is(err, tt.is) || !strings.Contains(fmt.Sprint(err), tt.want) {
			t.Errorf("%s %s: got %v, want %s", tt.signal, tt.input, err, tt.want)
		}
	}
	_, err := vehicle(t).Message("Motor")
	if !errors.Is(err, signal.ErrUnknown) || !strings.Contains(err.Error(), "has Engine, Brakes") {
		t.Error(err)
	}
}

// Whoever sets two signals that share bits is told, unless they agree.
func TestSharedBits(t *testing.T) {
	db, err := signal.ReadDBC("x.dbc", strings.NewReader(head+sig("S : 0|8@1+")+sig("T : 4|8@1+")[13:]))
	if err != nil {
		t.Fatal(err)
	}
	m := db.Messages[0]
	if f, err := m.Encode(map[string]signal.Input{"S": signal.Raw(0x21)}); err != nil || f.Data[0] != 0x21 {
		t.Errorf("%v, %v", f, err)
	}
	f, err := m.Encode(map[string]signal.Input{"S": signal.Raw(0x21), "T": signal.Raw(0x32)})
	if err != nil || f.Data[1] != 3 {
		t.Errorf("%v, %v", f, err)
	}
	_, err = m.Encode(map[string]signal.Input{"S": signal.Raw(0x21), "T": signal.Raw(0)})
	if !errors.Is(err, signal.ErrRange) || !strings.Contains(err.Error(), "signal S shares bits") {
		t.Error(err)
	}
}

func TestContentKeepsWhatIsNotSelected(t *testing.T) {
	c := message(t, "Diagnosis").NewContent()
	set := func(name string, in signal.Input) {
		t.Helper()
		if err := c.Set(name, in); err != nil {
			t.Fatal(err)
		}
	}
	set("Hours", signal.Physical(0.1))
	set("Voltage", signal.Physical(0.02))
	before := c.Clone()
	set("Page", signal.Raw(1))
	for want, c := range map[string]*signal.Content{"300#0002000000000000": before, "300#0101000000000000": c} {
		if f, err := c.Frame(); err != nil || f.String() != want {
			t.Errorf("got %v, %v, want %s", f, err, want)
		}
	}
}

func TestFrameOfFD(t *testing.T) {
	m := message(t, "Cells")
	f, err := m.Encode(map[string]signal.Input{
		"Cell1": signal.Physical(3.65), "Cell36": signal.Physical(4.2),
		"Energy": signal.Raw(uint64(math.MaxUint64)), "Balance": signal.Raw(-2),
	})
	if err != nil || !f.Is(can.FD|can.BRS) || f.Len != 64 {
		t.Fatalf("%v, %v", f, err)
	}
	values, err := m.Decode(nil, f.Payload())
	want := []string{"Cell1 = 3.65 V", "Cell36 = 4.2 V", "Energy = 1.84467440737e+19 Ws", "Balance = -2"}
	if diff := cmp.Diff(want, texts(values)); err != nil || diff != "" {
		t.Errorf("%v -want +got\n%s", err, diff)
	}
	if values[2].Raw != math.MaxUint64 || values[3].Int() != -2 {
		t.Errorf("%x %d", values[2].Raw, values[3].Int())
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	db := vehicle(t)
	f := frame(t, "100#B80B82F93F050042")
	values := make([]signal.Value, 0, 8)
	if n := testing.AllocsPerRun(100, func() { _, values, _ = db.Decode(values[:0], f) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		signal.Intel.String(): "Intel", signal.Motorola.String(): "Motorola", signal.Float.String(): "float",
		signal.Raw(-3).String(): "raw -3", signal.Text("a").String(): `"a"`,
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
