package signal_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"otabench/can/signal"
)

var update = flag.Bool("update", false, "write the golden files anew")

func vehicle(t testing.TB) *signal.Database {
	t.Helper()
	file, err := os.Open("testdata/vehicle.dbc")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	db, err := signal.ReadDBC("vehicle.dbc", file)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func message(t testing.TB, name string) *signal.Message {
	t.Helper()
	m, err := vehicle(t).Message(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// dump writes down all that a database says.
func dump(db *signal.Database) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s version %q comment %q\n", db.Name, db.Version, db.Comment)
	for _, n := range db.Nodes {
		fmt.Fprintf(&b, "node %s %q\n", n.Name, n.Comment)
	}
	for _, m := range db.Messages {
		fmt.Fprintf(&b, "\n%s %X extended=%v fd=%v brs=%v %d bytes every %v from %v %q\n",
			m.Name, m.ID, m.Extended, m.FD, m.BRS, m.Size, m.Cycle, m.Senders, m.Comment)
		for _, s := range m.Signals {
			fmt.Fprintf(&b, "  %s %d|%d %v %v *%v %+v [%v %v] %q to %v initial %d multiplexer=%v %q\n",
				s.Name, s.Start, s.Length, s.Order, s.Type, s.Factor, s.Offset, s.Min, s.Max, s.Unit,
				s.Receivers, int64(s.Initial), s.Multiplexer, s.Comment)
			if s.Selection != nil {
				fmt.Fprintf(&b, "    if %v\n", s.Selection)
			}
			for _, l := range s.Labels {
				fmt.Fprintf(&b, "    %d %s\n", int64(l.Raw), l.Text)
			}
		}
	}
	for _, w := range db.Warnings {
		fmt.Fprintf(&b, "\nwarning: %v", w)
	}
	return b.String() + "\n"
}

func TestReadDBC(t *testing.T) {
	got := dump(vehicle(t))
	const golden = "testdata/vehicle.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// The same file in UTF-8, with a byte order mark and line ends of Unix, says the same.
func TestEncodings(t *testing.T) {
	data, err := os.ReadFile("testdata/vehicle.dbc")
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte("\xb0"), []byte("°"))
	data = append([]byte("\uFEFF"), bytes.ReplaceAll(data, []byte("\r"), nil)...)
	db, err := signal.ReadDBC("vehicle.dbc", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := dump(db), dump(vehicle(t)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// head is what messages stand on in the tests of faults; they begin in line 4.
const head = "VERSION \"\"\nBS_:\nBU_: A\n"

func TestFaults(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"statement", "BOO_ 1 M: 8 A", `x.dbc:4:1: unknown statement "BOO_"; accepted: BU_, BO_`},
		{"words", "hello", `x.dbc:4:1: unknown statement "hello"`},
		{"bytes", "\x00\x01", `x.dbc:4:1: unknown statement`},
		{"no colon", "BO_ 1 M 8 A", "x.dbc:4:11: expected token: \":\", found: Int (8); accepted: BO_ id name: bytes sender"},
		{"identifier", "BO_ 2048 M: 8 A", "x.dbc:4:5: invalid standard ID"},
		{"long identifier", "BO_ 4294967396 M: 8 A", "x.dbc:4:1: identifier of more than 32 bits"},
		{"no identifier", "BO_", "accepted: BO_ id name: bytes sender"},
		{"size", "BO_ 1 M: 1786 A", "x.dbc:4:1: message M has 1786 bytes; accepted: 0 to 1785"},
		{"same identifier", "BO_ 1 M: 8 A\nBO_ 1 N: 8 A", "x.dbc:5:1: message N has the identifier of message M"},
		{"same name", "BO_ 1 M: 8 A\nBO_ 2 M: 8 A", "x.dbc:5:1: two messages M"},
		{"byte order", "BO_ 1 M: 8 A\n SG_ S : 0|8@2+ (1,0) [0|0] \"\" A", "x.dbc:5:14: invalid value; accepted: SG_ name"},
		{
			"no receiver", "BO_ 1 M: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] \"\"\n SG_ T : 8|8@1+ (1,0) [0|0] \"\" A",
			`unexpected "T"`,
		},
		{"same signal", sig("S : 0|8@1+") + sig("S : 8|8@1+")[13:], "x.dbc:6:2: message M has two signals S"},
		{"no bits", sig("S : 0|0@1+"), "x.dbc:5:2: signal S has 0 bits; accepted: 1 to 64"},
		{"many bits", sig("S : 0|65@1+"), "signal S has 65 bits; accepted: 1 to 64"},
		{"start", sig("S : 64|1@1+"), "x.dbc:5:2: signal S does not fit in the 8 bytes of message M"},
		{"far start", sig("S : 18446744073709551615|1@1+"), "signal S does not fit in the 8 bytes of message M"},
		{"Intel end", sig("S : 60|8@1+"), "signal S does not fit in the 8 bytes of message M"},
		{"Motorola end", sig("S : 57|3@0+"), "signal S does not fit in the 8 bytes of message M"},
		{"factor", "BO_ 1 M: 8 A\n SG_ S : 0|8@1+ (0,0) [0|0] \"\" A", "x.dbc:5:2: signal S has the factor 0"},
		{"mark", sig("S x : 0|8@1+"), "x.dbc:5:8: expected multiplexer; accepted: SG_ name [M|m<value>|m<value>M]"},
		{
			"no multiplexer", sig("S m1 : 0|8@1+"),
			"x.dbc:5:2: signal S of message M has no multiplexer; accepted: a single signal with",
		},
		{
			"two multiplexers", sig("S M : 0|8@1+") + sig("T M : 8|8@1+")[13:] + sig("U m1 : 16|8@1+")[13:],
			"x.dbc:7:2: signal U of message M has no multiplexer",
		},
		{
			"nested without ranges", sig("S M : 0|8@1+") + sig("T m1M : 8|8@1+")[13:],
			"x.dbc:6:2: signal T of message M has no multiplexer; accepted: a single signal with M, or SG_MUL_VAL_ for it",
		},
		{
			"circle", sig("S m1M : 0|8@1+") + sig("T m1M : 8|8@1+")[13:] + "SG_MUL_VAL_ 1 S T 1-1;\nSG_MUL_VAL_ 1 T S 1-1;",
			"x.dbc:5:2: signal S of message M depends on more than 8 multiplexers",
		},
		{"ranges of no message", "SG_MUL_VAL_ 1 S T 1-1;", "x.dbc:4:1: no message with identifier 0x1"},
		{
			"ranges of no signal", sig("S M : 0|8@1+") + "SG_MUL_VAL_ 1 T S 1-1;",
			"x.dbc:6:1: message M has no signals T and S",
		},
		{
			"ranges of no mark m", sig("S M : 0|8@1+") + "SG_MUL_VAL_ 1 S S 1-1;",
			"x.dbc:6:1: signal S of message M has no mark m",
		},
		{"ranges by no mark M", sig("S m1 : 0|8@1+") + "SG_MUL_VAL_ 1 S S 1-1;", "signal S of message M has no mark M"},
		{"bad ranges", "SG_MUL_VAL_ 1 S T 5-1;", "x.dbc:4:1: accepted: SG_MUL_VAL_ id signal multiplexer from-to, from-to;"},
		{"bad range id", "SG_MUL_VAL_ a S T 5-7;", "x.dbc:4:1: accepted: SG_MUL_VAL_ id"},
		{"few words", "SG_MUL_VAL_ 1 S T;", "x.dbc:4:1: accepted: SG_MUL_VAL_ id"},
		{
			"float multiplexer", sig("S M : 0|32@1-") + sig("T m1 : 32|8@1+")[13:] + "SIG_VALTYPE_ 1 S : 1;",
			"multiplexer S of message M is a float",
		},
		{"float of nothing", "SIG_VALTYPE_ 5 S : 1;", "x.dbc:4:1: no signal S in a message with identifier 0x5"},
		{
			"float of other size", sig("S : 0|8@1+") + "SIG_VALTYPE_ 1 S : 2;",
			"x.dbc:6:1: signal S is a float of 64 bits but has 8",
		},
		{"unended statement", "CM_ \"a\"\nBO_ 1 M: 8 A", "x.dbc:4:1: CM_ is not ended by a semicolon"},
		{"unended file", "SIG_GROUP_ 1 G 1", "x.dbc:4:1: SIG_GROUP_ is not ended by a semicolon"},
		{"unended text", "CM_ \"°C", "x.dbc:4:5: text is not ended by a quotation mark"},
		{"after text", "CM_ \"°C\" 5;", "x.dbc:4:"},
		{
			"attribute", `BA_ "GenMsgCycleTime" BO_ 1 5;`,
			"accepted: BA_ \"attribute\" [BU_ node|BO_ id|SG_ id signal] value; after its BA_DEF_",
		},
		{"attribute without value", `BA_ "GenMsgCycleTime" BO_ 1 ;`, "accepted: BA_ \"attribute\""},
		{"default", `BA_DEF_DEF_ "GenMsgCycleTime" ;`, "accepted: BA_DEF_DEF_ \"attribute\" value;"},
		{
			"two defaults", cycle + "BA_DEF_DEF_ \"GenMsgCycleTime\" 1;\nBA_DEF_DEF_ \"GenMsgCycleTime\" 1;",
			"x.dbc:6:1: attribute GenMsgCycleTime has two defaults",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := signal.ReadDBC("x.dbc", strings.NewReader(head+tt.text))
			var fault *signal.Error
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// sig returns a message M of eight bytes with one signal, in lines 4 and 5.
func sig(layout string) string {
	return "BO_ 1 M: 8 A\n SG_ " + layout + " (1,0) [0|0] \"\" A\n"
}

const cycle = "BA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 1000;\n"

func TestWarnings(t *testing.T) {
	m := sig("S : 0|8@1+")
	for _, tt := range []struct{ name, text, want string }{
		{"comment on nothing", "CM_ BO_ 7 \"a\";", "x.dbc:4:1: no message with identifier 0x7"},
		{"comment on no node", "CM_ BU_ B \"a\";", "x.dbc:4:1: comment on node B, which does not exist"},
		{
			"labels of nothing", "VAL_ 2147483655 S 1 \"a\";",
			"x.dbc:4:1: no signal S in a message with identifier 0x7 (extended)",
		},
		{"label", m + "VAL_ 1 S 256 \"a\" ;", "x.dbc:6:10: signal S cannot have the value 256 (a)"},
		{"part of a label", m + "VAL_ 1 S 0.5 \"a\" ;", "x.dbc:6:10: signal S cannot have the value 0.5 (a)"},
		{"senders of nothing", "BO_TX_BU_ 7 : A;", "x.dbc:4:1: no message with identifier 0x7"},
		{"overlap", m + sig("T : 7|8@1+")[13:], "x.dbc:6:2: signal T shares bits with another signal of message M"},
		{
			"limits", "BO_ 1 M: 8 A\n SG_ S : 0|8@1+ (1,0) [5|1] \"\" A",
			"x.dbc:5:2: signal S has the limits 5 to 1, which are ignored",
		},
		{
			"cycle", m + cycle + "BA_ \"GenMsgCycleTime\" BO_ 1 -1;",
			"x.dbc:7:1: message M has the cycle time -1 ms, which is ignored",
		},
		{"cycle of nothing", cycle + "BA_ \"GenMsgCycleTime\" BO_ 7 1;", "x.dbc:5:1: no message with identifier 0x7"},
		{
			"start of nothing", "BA_DEF_ SG_ \"GenSigStartValue\" INT 0 1;\nBA_ \"GenSigStartValue\" SG_ 7 S 1;",
			"x.dbc:5:1: no signal S in",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, err := signal.ReadDBC("x.dbc", strings.NewReader(head+tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if len(db.Warnings) != 1 || !strings.Contains(db.Warnings[0].Error(), tt.want) {
				t.Errorf("got %v, want %s", db.Warnings, tt.want)
			}
		})
	}
}

func TestFrameFormats(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		fd, brs    bool
	}{
		{"by size", "BO_ 1 M: 12 A", true, true},
		{"by number", "BO_ 1 M: 8 A\nBA_DEF_ BO_ \"VFrameFormat\" INT 0 15;\nBA_ \"VFrameFormat\" BO_ 1 15;", true, true},
		{
			"standard by number", "BO_ 1 M: 8 A\nBA_DEF_ BO_ \"VFrameFormat\" INT 0 15;\nBA_ \"VFrameFormat\" BO_ 1 14;",
			true, true,
		},
		{
			"classic by number", "BO_ 1 M: 12 A\nBA_DEF_ BO_ \"VFrameFormat\" INT 0 15;\nBA_ \"VFrameFormat\" BO_ 1 1;",
			false, false,
		},
		{
			"one bit rate", "BO_ 1 M: 12 A\nBA_DEF_ BO_ \"CANFD_BRS\" ENUM \"0\",\"1\";\nBA_ \"CANFD_BRS\" BO_ 1 0;", true,
			false,
		},
		{"long", "BO_ 1 M: 65 A", false, false},
	} {
		db, err := signal.ReadDBC("x.dbc", strings.NewReader(head+tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if m := db.Messages[0]; m.FD != tt.fd || m.BRS != tt.brs {
			t.Errorf("%s: FD %v BRS %v", tt.name, m.FD, m.BRS)
		}
	}
}

func TestBounds(t *testing.T) {
	for name, text := range map[string]string{
		"16 MiB":     strings.Repeat("\n", signal.MaxFile+1),
		"statements": strings.Repeat("BS_:\n", 1<<18+1),
		"attributes": cycle + strings.Repeat("BA_ \"GenMsgCycleTime\" 1;\n", 1<<16+1),
	} {
		_, err := signal.ReadDBC("x.dbc", strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("%s: %v", name, err)
		}
	}
	db, err := signal.ReadDBC("x.dbc", strings.NewReader(strings.Repeat("CM_ BO_ 7 \"a\";\n", 2000)))
	if err != nil || len(db.Warnings) != 1000 {
		t.Errorf("%v, %d warnings", err, len(db.Warnings))
	}
}

func TestUnreadable(t *testing.T) {
	broken := errors.New("broken")
	if _, err := signal.ReadDBC("x.dbc", failing{broken}); !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// The seeds are small: what a fuzzer finds in the whole vehicle.dbc it takes minutes to minimize.
func FuzzReadDBC(f *testing.F) {
	m := sig("S M : 0|8@1+")
	for _, text := range []string{
		"NS_ :\n\tCM_\n\tBA_\nBS_:\nVAL_TABLE_ T 1 \"a\";\nBO_TX_BU_ 1 : A;",
		m + sig("T m1M : 60|9@0-")[13:] + "SG_MUL_VAL_ 1 T S 1-1, 3-9;",
		"BO_ 2147483649 M: 64 A\n SG_ S : 3|64@1- (-0.1,1E3) [-1|1] \"\xb0C\" A,B\nSIG_VALTYPE_ 2147483649 S : 2;",
		m + "CM_ SG_ 1 S \"a\\\"\nb\";\nVAL_ 1 S -1 \"a\" 255 \"b\";\nSIG_GROUP_ 1 G 1 : S;",
		m + cycle + "BA_DEF_DEF_ \"GenMsgCycleTime\" 5;\nBA_ \"GenMsgCycleTime\" BO_ 1 7;",
		"BO_ 3221225472 M: 8 A\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" A",
	} {
		f.Add([]byte(head + text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		db, err := signal.ReadDBC("x.dbc", bytes.NewReader(data))
		if err != nil {
			return
		}
		frame := bytes.Repeat([]byte{0xA5, 0x5A, 0xFF, 0}, 16)
		for _, m := range db.Messages {
			values, err := m.Decode(nil, frame)
			if (err != nil) != (m.Size > len(frame)) {
				t.Errorf("%s of %d bytes: %v", m.Name, m.Size, err)
			}
			for _, v := range values {
				_ = v.String()
			}
			_, _ = m.NewContent().Frame()
		}
	})
}
