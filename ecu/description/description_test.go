package description_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/physic"

	"otabench/can/isotp"
	"otabench/ecu/description"
)

var update = flag.Bool("update", false, "rewrite golden files")

func minimal() description.ECU {
	return description.ECU{
		Address:  description.Address{Request: 0x7E0, Response: 0x7E8},
		Security: description.Security{Level: 1, Algorithm: "xor", Secret: "env:KEY"},
		Programming: description.Programming{
			Hardware: "HW-7",
			Blocks:   []description.Block{{Name: "image", Source: description.SourceImage, Address: 0x10000}},
		},
	}
}

func TestWithDefaultsGolden(t *testing.T) {
	got, err := yaml.Marshal(minimal().WithDefaults())
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "defaults.yaml")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestGatesThatExistHaveTolerances(t *testing.T) {
	for _, tt := range []struct{ in, want description.Gates }{
		{description.Gates{}, description.Gates{}},
		{
			description.Gates{MaxVoltage: 16 * physic.Volt},
			description.Gates{MaxVoltage: 16 * physic.Volt, VoltageTolerance: 100 * physic.MilliVolt},
		},
		{
			description.Gates{MinVoltage: 11 * physic.Volt, VoltageTolerance: physic.MilliVolt, MinCharge: 30},
			description.Gates{MinVoltage: 11 * physic.Volt, VoltageTolerance: physic.MilliVolt, MinCharge: 30, ChargeTolerance: 0.5},
		},
	} {
		e := minimal()
		e.Gates = tt.in
		if got := e.WithDefaults().Gates; got != tt.want {
			t.Errorf("%+v becomes %+v, want %+v", tt.in, got, tt.want)
		}
	}
}

func TestWithDefaultsKeepsWhatIsSaid(t *testing.T) {
	e := minimal()
	e.Timing.P2 = time.Second
	e.Identifiers = map[string]description.DID{description.Serial: {ID: 0xFD10, Codec: description.Codec{Format: description.Uint}}}
	got := e.WithDefaults()
	if got.Timing.P2 != time.Second || got.Identifiers[description.Serial].ID != 0xFD10 {
		t.Errorf("WithDefaults overrode values: %+v", got)
	}
	if len(e.Identifiers) != 1 {
		t.Errorf("WithDefaults changed its receiver's identifiers: %v", e.Identifiers)
	}
	if again := got.WithDefaults(); !reflect.DeepEqual(again, got) {
		t.Errorf("WithDefaults twice is not WithDefaults once (-once +twice):\n%s", cmp.Diff(got, again))
	}
	e.Address.Extended = true
	if got := e.WithDefaults().Address.Functional; got != 0x18DB33F1 {
		t.Errorf("functional identifier with 29 bits = %#x", got)
	}
}

func step(s description.Step) func(*description.ECU) {
	return func(e *description.ECU) { e.Programming.Sequence = []description.Step{s} }
}

func codec(c description.Codec) func(*description.ECU) {
	return func(e *description.ECU) { e.Identifiers = map[string]description.DID{"x": {ID: 1, Codec: c}} }
}

func field(f description.Field) func(*description.ECU) {
	return func(e *description.ECU) {
		e.Identifiers = map[string]description.DID{"x": {ID: 1, Fields: []description.Field{f}}}
	}
}

func routine(r description.Routine) func(*description.ECU) {
	return func(e *description.ECU) { e.Routines = map[string]description.Routine{"x": r} }
}

func TestValidate(t *testing.T) {
	if problems := minimal().Validate(); len(problems) > 0 {
		t.Fatalf("a good description has problems: %v", problems)
	}
	if err := minimal().Check(); err != nil {
		t.Fatalf("Check = %v", err)
	}
	block := description.Block{Name: "manifest", Source: description.SourceManifest, Address: 0x8000, Size: 0x100}
	tests := []struct {
		path   string
		change func(*description.ECU)
		text   string
	}{
		{"address.request", func(e *description.ECU) { e.Address.Request = 0 }, "is missing"},
		{"address.request", func(e *description.ECU) { e.Address.Request = 0x800 }, "extended: true"},
		{"address.response", func(e *description.ECU) { e.Address.Response = 0 }, "is missing"},
		{"address.response", func(e *description.ECU) { e.Address.Response = 0x7E0 }, "of requests as well"},
		{"address.response", func(e *description.ECU) { e.Address.Extended, e.Address.Response = true, 1<<29 }, "over 0x1fffffff"},
		{"address.functional", func(e *description.ECU) { e.Address.Functional = 0x7E8 }, "physical identifier"},
		{"address.functional", func(e *description.ECU) { e.Address.Functional = 0x1000 }, "over 0x7ff"},
		{"address.format", func(e *description.ECU) { e.Address.Format = "odd" }, "normal, extended, mixed"},
		{"address.format", func(e *description.ECU) { e.Address.RequestByte = 0x10 }, "no address bytes"},
		{"address.response_byte", func(e *description.ECU) { e.Address.Format, e.Address.RequestByte = "mixed", 1 }, "one address extension"},
		{"transport", func(e *description.ECU) { e.Transport.TxDL = 64 }, "TX_DL 64"},
		{"transport", func(e *description.ECU) { e.Transport.NBs = -1 }, "a timeout is negative"},
		{"transport.kernel", func(e *description.ECU) { e.Transport.Kernel, e.Transport.NBs = true, time.Second }, "leave n_as"},
		{"transport.kernel", func(e *description.ECU) { e.Transport.Kernel, e.Transport.MaxWait = true, 1 }, "leave wft_max"},
		{"transport.st_min", func(e *description.ECU) { e.Transport.STmin = 128 * time.Millisecond }, "cannot be sent"},
		{"transport.st_min", func(e *description.ECU) { e.Transport.STmin = 150 * time.Microsecond }, "cannot be sent"},
		{"timing.p2", func(e *description.ECU) { e.Timing.P2 = -1 }, "out of range"},
		{"timing.p2_star", func(e *description.ECU) { e.Timing.P2Star = time.Millisecond }, "shorter than P2"},
		{"timing.boot", func(e *description.ECU) { e.Timing.Boot = 2 * time.Hour }, "out of range"},
		{"timing.max_pending", func(e *description.ECU) { e.Timing.MaxPending = -1 }, "out of range"},
		{"sessions.programming", func(e *description.ECU) { e.Sessions.Programming = 1 }, "default session"},
		{"sessions.extended", func(e *description.ECU) { e.Sessions.Extended = 0x80 }, "over 0x7f"},
		{"security.algorithm", func(e *description.ECU) { e.Security.Algorithm = "rot13" }, "none, xor, add, hmac-sha256"},
		{"security.level", func(e *description.ECU) { e.Security.Level = 2 }, "odd"},
		{"security.level", func(e *description.ECU) { e.Security.Level = 0x7F }, "odd"},
		{"security.secret", func(e *description.ECU) { e.Security.Secret = "C0FFEE" }, "env:NAME"},
		{"security.secret", func(e *description.ECU) { e.Security.Secret = "env:" }, "env:NAME"},
		{"security.attempts", func(e *description.ECU) { e.Security.Attempts = -1 }, "below 0"},
		{"security.delay", func(e *description.ECU) { e.Security.Delay = -1 }, "below 0s"},
		{"identifiers.odd.id", func(e *description.ECU) { e.Identifiers = map[string]description.DID{"odd": {}} }, "is missing"},
		{"identifiers.odd.format", func(e *description.ECU) {
			e.Identifiers = map[string]description.DID{"odd": {ID: 1, Codec: description.Codec{Format: "x"}}}
		}, "ascii, hex, uint, int, float, bcd"},
		{"identifiers.odd.length", func(e *description.ECU) {
			e.Identifiers = map[string]description.DID{"odd": {ID: 1, Codec: description.Codec{Length: 5000}}}
		}, "out of range"},
		{"programming.hardware", func(e *description.ECU) { e.Programming.Hardware = "" }, "is missing"},
		{"programming.trial_boots", func(e *description.ECU) { e.Programming.TrialBoots = 101 }, "1 to 100"},
		{"programming.fingerprint", func(e *description.ECU) { e.Programming.Fingerprint = "ABC" }, "hexadecimal bytes"},
		{"programming.address_length", func(e *description.ECU) { e.Programming.AddressLength = 6 }, "1 to 5"},
		{"programming.size_length", func(e *description.ECU) { e.Programming.SizeLength = -1 }, "1 to 4"},
		{"programming.max_block", func(e *description.ECU) { e.Programming.MaxBlock = 2 }, "3 to 4095"},
		{"programming.reset", func(e *description.ECU) { e.Programming.Reset = 0x80 }, "over 0x7f"},
		{"programming.blocks", func(e *description.ECU) { e.Programming.Blocks = nil }, "nothing to program"},
		{"programming.blocks[0].name", func(e *description.ECU) { e.Programming.Blocks[0].Name = "" }, "is missing"},
		{"programming.blocks[0].source", func(e *description.ECU) { e.Programming.Blocks[0].Source = "" }, "name of a file"},
		{"programming.blocks[0].address", func(e *description.ECU) { e.Programming.AddressLength = 1 }, "does not fit 1 bytes"},
		{"programming.blocks[0].size", func(e *description.ECU) { e.Programming.SizeLength, e.Programming.Blocks[0].Size = 1, 256 }, "does not fit 1 bytes"},
		{"programming.blocks[2].name", func(e *description.ECU) {
			e.Programming.Blocks = append(e.Programming.Blocks, block, description.Block{Name: "manifest", Source: "image"})
		}, "there twice"},
		{"programming.blocks[2].address", func(e *description.ECU) {
			other := block
			other.Name, other.Address = "other", 0x80FF
			e.Programming.Blocks = append(e.Programming.Blocks, block, other)
		}, `overlaps block "manifest"`},
		{"programming.blocks[0].align", func(e *description.ECU) { e.Programming.Blocks[0].Align = 8 }, "needs fill"},
		{"programming.blocks[0].compression", func(e *description.ECU) { e.Programming.Blocks[0].Compression = "rar" }, "zlib"},
		{"programming.blocks[0].data_format", func(e *description.ECU) { e.Programming.Blocks[0].Compression = "zlib" }, "has to know"},
		{"programming.blocks[0].check", func(e *description.ECU) { e.Programming.Blocks[0].Check = "crc" }, `no routine "crc"`},
		{"programming.blocks[0].resume", func(e *description.ECU) { e.Programming.Blocks[0].Resume = "progress" }, `no identifier "progress"`},
		{"programming.checksum_secret", func(e *description.ECU) { e.Programming.ChecksumSecret = "C0FFEE" }, "env:NAME"},
		{"programming.sequence[0].step", step(description.Step{Step: "dance"}), "preconditions, quiet"},
		{"programming.sequence[0].routine", step(description.Step{Step: description.StepRoutine}), "is missing"},
		{"programming.sequence[0].routine", step(description.Step{Step: description.StepRoutine, Routine: "x"}), `no routine "x"`},
		{"programming.sequence[0].unlock", step(description.Step{Step: description.StepUnlock, Unlock: "x"}), `"x"`},
		{"programming.sequence[0].blocks", step(description.Step{Step: description.StepErase, Blocks: []string{"x"}}), `no block "x"`},
		{"programming.sequence[0].identifier", step(description.Step{Step: description.StepWrite}), "is missing"},
		{"programming.sequence[0].value", step(description.Step{Step: description.StepWrite, Identifier: "vin", Value: "{x}"}), "no such field"},
		{"programming.sequence[0].step", step(description.Step{Step: description.StepAuthenticate}), "needs authentication"},
		{"sessions.others.x", func(e *description.ECU) { e.Sessions.Others = map[string]uint8{"x": 0x80} }, "out of range"},
		{"unlocks.x.level", func(e *description.ECU) {
			e.Unlocks = map[string]description.Security{"x": {Level: 2, Algorithm: "xor"}}
		}, "odd"},
		{"security.program", func(e *description.ECU) { e.Security.Algorithm = "program" }, "goes with algorithm program"},
		{"security.request", func(e *description.ECU) { e.Security.Request = "F" }, "even number"},
		{"authentication.key", func(e *description.ECU) {
			e.Authentication = &description.Authentication{Certificate: "c.pem", Key: "k.pem"}
		}, "env:NAME"},
		{"security.seed_length", func(e *description.ECU) { e.Security.SeedLength = 256 }, "1 to 255"},
		{"identifiers.x.region", func(e *description.ECU) {
			e.Identifiers = map[string]description.DID{"x": {ID: 1, Region: "version"}}
		}, `no region of memory "version"`},
		{"identifiers.x.fields[0].bits", field(description.Field{Name: "f", Bit: 3}), "is missing"},
		{"identifiers.x.fields[0].format", field(description.Field{Name: "f", Bits: 3}), "has no bits"},
		{"identifiers.x.fields[0].name", field(description.Field{Name: "a=b"}), "without ="},
		{"identifiers.x.scale", codec(description.Codec{Scale: 2}), "for the formats"},
		{"identifiers.x.values", codec(description.Codec{Values: map[int64]string{1: "on"}}), "for the formats"},
		{"identifiers.x.length", codec(description.Codec{Format: description.Float, Length: 3}), "4 or 8"},
		{"identifiers.x.length", codec(description.Codec{Format: description.Uint, Length: 17}), "too long"},
		{"routines.x.options", routine(description.Routine{ID: 1, Options: "{address"}), "not closed"},
		{"routines.x.pass[0]", routine(description.Routine{ID: 1, Pass: []description.Bytes{"0"}}), "even number"},
		{"routines.x.running[0]", routine(description.Routine{ID: 1, Running: []description.Bytes{"any"}}), "even number"},
		{"dtcs.x.code", func(e *description.ECU) { e.DTCs = map[string]description.DTC{"x": {Code: 1 << 24}} }, "out of range"},
		{"memory.x.size", func(e *description.ECU) { e.Memory = map[string]description.Region{"x": {Address: 1}} }, "is missing"},
		{"memory.x.address", func(e *description.ECU) { e.Memory = map[string]description.Region{"x": {Address: 1 << 32, Size: 1}} }, "do not fit 4 bytes"},
		{"gates.min_voltage", func(e *description.ECU) { e.Gates.MinVoltage = -physic.Volt }, "below 0V"},
		{"gates.max_voltage", func(e *description.ECU) { e.Gates.MinVoltage, e.Gates.MaxVoltage = 12*physic.Volt, 11*physic.Volt }, "not above"},
		{"gates.voltage_tolerance", func(e *description.ECU) { e.Gates.VoltageTolerance = -1 }, "below 0V"},
		{"gates.voltage_hysteresis", func(e *description.ECU) { e.Gates.VoltageHysteresis = -1 }, "below 0V"},
		{"gates.voltage_hysteresis", func(e *description.ECU) {
			e.Gates = description.Gates{MinVoltage: 11 * physic.Volt, MaxVoltage: 12 * physic.Volt, VoltageHysteresis: 500 * physic.MilliVolt}
		}, "no voltage that opens both"},
		{"gates.min_charge", func(e *description.ECU) { e.Gates.MinCharge = 101 }, "0 to 100"},
		{"gates.charge_tolerance", func(e *description.ECU) { e.Gates.ChargeTolerance = math.NaN() }, "0 to 100"},
		{"gates.charge_hysteresis", func(e *description.ECU) { e.Gates.MinCharge, e.Gates.ChargeHysteresis = 95, 6 }, "up to 100"},
		{"gates.energy", func(e *description.ECU) { e.Gates.Energy = math.Inf(1) }, "in Wh"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			e := minimal()
			tt.change(&e)
			for _, p := range e.Validate() {
				if p.Path == tt.path && strings.Contains(p.Text, tt.text) {
					return
				}
			}
			t.Errorf("Validate() = %v, want %q at %s", e.Check(), tt.text, tt.path)
		})
	}
}

func TestValidateNeverShowsASecret(t *testing.T) {
	e := minimal()
	e.Security.Secret = "C0FFEE"
	if err := e.Check(); err == nil || strings.Contains(err.Error(), "C0FFEE") {
		t.Errorf("Check() = %v, want an error that does not show the secret", err)
	}
}

// Nodes that the address byte tells apart may share identifiers.
func TestExtendedAddressing(t *testing.T) {
	e := minimal()
	e.Address = description.Address{
		Request: 0x6F1, Response: 0x612, Functional: 0x6F1,
		Format: "extended", RequestByte: 0x12, ResponseByte: 0xF1, FunctionalByte: 0xDF,
	}
	if err := e.Check(); err != nil {
		t.Errorf("Check() = %v", err)
	}
	want := isotp.Address{Tx: 0x6F1, Rx: 0x612, Format: isotp.ExtendedFormat, TxByte: 0x12, RxByte: 0xF1}
	if got := e.Connection(); got.Address != want || got.FunctionalByte != 0xDF {
		t.Errorf("Connection() = %+v", got)
	}
}

func TestNoUnlockNeedsNoLevel(t *testing.T) {
	e := minimal()
	e.Security = description.Security{Algorithm: "none"}
	if err := e.Check(); err != nil {
		t.Errorf("Check() = %v", err)
	}
}

func Example() {
	e := description.ECU{
		Address:  description.Address{Request: 0x7E0, Response: 0x7E8},
		Security: description.Security{Level: 2, Algorithm: "xor", Secret: "env:BCM_SECRET"},
		Programming: description.Programming{
			Hardware: "HW-7",
			Blocks:   []description.Block{{Name: "application", Source: description.SourceImage, Address: 0x10000}},
		},
	}
	for _, p := range e.Validate() {
		fmt.Println(p)
	}
	e.Security.Level = 1
	name, did, err := e.WithDefaults().Identifier("F190")
	fmt.Println(name, did.Decode([]byte("WVWZZZ1KZ00000001")), err)
	// Output:
	// security.level: 2 is not accepted; accepted: odd numbers from 1 to 125
	// vin WVWZZZ1KZ00000001 <nil>
}
