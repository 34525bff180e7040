package transcript_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/signal"
	"otabench/can/trace"
	"otabench/ecu/transcript"
)

const dbc = `VERSION ""
BU_: GW BCM
BO_ 256 Speed: 3 GW
 SG_ Velocity : 0|16@1+ (0.01,0) [0|300] "km/h" BCM
 SG_ Gear : 16|4@1+ (1,0) [0|6] "" BCM
VAL_ 256 Gear 0 "Neutral" 1 "First" ;
`

func database(t testing.TB) *signal.Database {
	t.Helper()
	db, err := signal.ReadDBC("speed.dbc", strings.NewReader(dbc))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func record(t testing.TB, bus, text string) trace.Record {
	t.Helper()
	f, err := can.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return trace.Record{Bus: bus, Received: can.Received{Frame: f, Time: time.Unix(1, 0)}}
}

func TestExplain(t *testing.T) {
	extended := transcript.Connection{
		Name: "bcm", Bus: "body", Functional: 0x6F1, FunctionalByte: 0xDF,
		Address: isotp.Address{Tx: 0x6F1, Rx: 0x612, Format: isotp.ExtendedFormat, TxByte: 0x12, RxByte: 0xF1},
	}
	for _, tt := range []struct {
		name   string
		opts   transcript.Options
		frames []string // bus and frame, and after an arrow what is said of it
	}{
		{"legislated, 11 bit", transcript.Options{}, []string{
			"body 7E0#021003 -> SF (2)  to 7E0: DiagnosticSessionControl 03 [10 03]",
			"body 7E8#037F1022 -> SF (3)  from 7E0: negative response to DiagnosticSessionControl: conditionsNotCorrect (0x22) [7F 10 22]",
			"body 7E8#100862F189312E30 -> FF (6/8)",
			"body 7E0#30080A -> FC CTS BS 8 STmin 10ms",
			"chassis 7E8#212E30 -> CF 1 of a message whose beginning was missed",
			"body 7E8#212E30 -> CF 1 (8/8)  from 7E0: positive response to ReadDataByIdentifier F189 [62 F1 89 31 2E 30 2E 30]",
			"body 7DF#023E80 -> SF (2)  to all: TesterPresent 80 [3E 80]",
			"body 7F0#023E80 ->",
		}},
		{"legislated, 29 bit", transcript.Options{}, []string{
			"body 18DA10F1#021003 -> SF (2)  to 10: DiagnosticSessionControl 03 [10 03]",
			"body 18DAF110#065003003201F4 -> SF (6)  from 10: positive response to DiagnosticSessionControl 03 [50 03 00 32 01 F4]",
			"body 18DB33F1#023E80 -> SF (2)  to all: TesterPresent 80 [3E 80]",
			"body 18DB33F2#023E80 ->",
		}},
		{"by description", transcript.Options{Connections: []transcript.Connection{extended}}, []string{
			"body 6F1#12021003 -> SF (2)  to bcm: DiagnosticSessionControl 03 [10 03]",
			"body 6F1#DF023E80 -> SF (2)  to all: TesterPresent 80 [3E 80]",
			"chassis 6F1#12021003 ->",
			"body 7E0#021003 ->",
		}},
		{"signals", transcript.Options{Databases: []transcript.Database{{"body", database(t)}}}, []string{
			"body 100#102701 -> Speed: Velocity = 100 km/h, Gear = 1 (First)",
			"body 100#1027 -> Speed: Velocity = 100 km/h (the frame is too short for the rest)",
			"body 101#1027 ->",
			"body 100#R3 ->",
			"chassis 100#102701 ->",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			words := transcript.New(tt.opts)
			for _, line := range tt.frames {
				input, want, _ := strings.Cut(line, " ->")
				bus, frame, _ := strings.Cut(input, " ")
				if got := words.Explain(record(t, bus, frame)).String(); got != strings.TrimSpace(want) {
					t.Errorf("%s\ngot  %s\nwant %s", input, got, strings.TrimSpace(want))
				}
			}
		})
	}
}

// A message that frames of the trace share with another stays as it was.
func TestMessagesAreKept(t *testing.T) {
	words := transcript.New(transcript.Options{})
	first := words.Explain(record(t, "body", "7E0#021003")).Message
	words.Explain(record(t, "body", "7E0#021001"))
	if string(first) != "\x10\x03" {
		t.Errorf("the first message is now % X", first)
	}
}

// A hostile trace names buses without end.
func TestBusesAreBounded(t *testing.T) {
	words := transcript.New(transcript.Options{})
	explained := 0
	for n := range 10_000 {
		if words.Explain(record(t, fmt.Sprint(n), "7E0#021003")).PDU != nil {
			explained++
		}
	}
	if explained != 4096 {
		t.Errorf("%d buses were followed", explained)
	}
}

func Example() {
	words := transcript.New(transcript.Options{})
	frame, _ := can.Parse("7E0#0322F190")
	fmt.Println(words.Explain(trace.Record{Bus: "body", Received: can.Received{Frame: frame}}))
	// Output: SF (3)  to 7E0: ReadDataByIdentifier F190 [22 F1 90]
}
