package html

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/can"
	"otabench/can/trace"
	"otabench/reports/reportstest"
)

// pageOf writes the report of a run folder into it, and returns its path.
func pageOf(tb testing.TB, dir string) string {
	tb.Helper()
	path := filepath.Join(dir, "report.html")
	var b bytes.Buffer
	if err := Write(&b, load(tb, dir), time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		tb.Fatal(err)
	}
	return path
}

// hostile is what a unit may say to take a page over.
const hostile = `</script></summary><img src=x onerror="document.title='taken'"><script>document.title='taken'</script><b id=taken>`

// mixedFolder is a run with a spec of each verdict, a hostile unit, and a trace with a frame each millisecond: those of the
// update's ECU, asked on 7E0, and on another bus one that nobody knows.
func mixedFolder(tb testing.TB) string {
	tb.Helper()
	l := reportstest.Mixed(hostile)
	ecu := l.Events[0].Body.(record.Device)
	ecu.Address = "bcm at ISO-TP 7E0/7E8 on virtual:body"
	l.Events[0].Body = ecu
	dir := reportstest.Folder(tb, l.Text(tb))
	create(tb, filepath.Join(dir, "trace.pcapng"), func(w io.Writer) error {
		out := trace.NewWriter(w)
		for i := range 9000 {
			bus, f := "body", can.New(0x7E0, 0x03, 0x22, 0xF1, byte(i))
			switch i % 4 {
			case 1:
				f = can.New(0x7E8, 0x03, 0x7F, 0x36, 0x72)
			case 2:
				f = can.New(0x7E8, 0x02, 0x76, byte(i))
			case 3:
				bus, f = "chassis", can.New(0x123, 0x03, 0x22, 0xF1, 0x89)
			}
			at := reportstest.Header.Started.Add(time.Duration(i) * time.Millisecond)
			if err := out.Write(bus, can.Received{Frame: f, Time: at, Own: i%4 == 0}); err != nil {
				return err
			}
		}
		return out.Close()
	})
	return dir
}

// A browser finds no error on the page, and nothing of what a unit said is obeyed.
func TestBrowserObeysNoUnit(t *testing.T) {
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "#spec-aa01")
	b.until(`document.querySelector("#spec-aa01 .lanes text")`)
	b.value(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
	// A timeline is drawn when its spec comes near, so each gets its turn in the window.
	b.until(`(document.querySelectorAll("details.spec")[Math.floor(Date.now() / 200) % 4].scrollIntoView(), document.querySelectorAll(".line").length >= 3)`)
	if got := b.value(`document.title + document.querySelectorAll("#taken, img").length`); !strings.HasPrefix(got, "Test report run-1/") || !strings.HasSuffix(got, "failed0") {
		t.Errorf("the page is %q", got)
	}
	b.quiet()
}

// What tries to run or to load anything that is not the page's own is stopped by the browser.
func TestPolicyStopsWhatIsNotThePages(t *testing.T) {
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "")
	b.value(`(function () {
		const s = document.createElement("script"); s.textContent = "document.title = 'taken'"; document.body.append(s);
		const i = document.createElement("img"); i.src = "https://example.com/x.png"; document.body.append(i);
		const e = document.createElement("p"); e.setAttribute("onclick", "document.title = 'taken'"); document.body.append(e); e.click();
	})()`)
	failed := b.value(`fetch("https://example.com/").then(() => "sent", () => "stopped")`)
	if title := b.value(`document.title`); failed != "stopped" || strings.Contains(title, "taken") {
		t.Errorf("fetch was %s, the title is %q", failed, title)
	}
	b.alone()
}

func TestBrowserFiltersAndSearches(t *testing.T) {
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "")
	shown := func() string {
		return b.value(`Array.from(document.querySelectorAll("details.spec:not([hidden])"), (s) => s.id).join(" ") + " | " + document.getElementById("f-count").textContent`)
	}
	set := func(id, event, value string) {
		b.value(`(function () { const e = document.getElementById(%q); e.value = %q; e.dispatchEvent(new Event(%q)); })()`, id, value, event)
	}
	for _, tt := range []struct{ verdict, text, want string }{
		{"", "", "spec-aa01 spec-aa02 spec-aa03 spec-aa04 | 4 of 4 shown"},
		{"failed", "", "spec-aa02 | 1 of 4 shown"},
		{"!passed", "", "spec-aa02 spec-aa03 spec-aa04 | 3 of 4 shown"},
		{"", "voltage UPDATES", "spec-aa03 | 1 of 4 shown"},
		{"", "un-r156/7.1.3.1", "spec-aa02 | 1 of 4 shown"},
		{"", "link lost", "spec-aa03 | 1 of 4 shown"},
		{"passed", "voltage", " | 0 of 4 shown"},
	} {
		set("f-verdict", "change", tt.verdict)
		set("f-text", "input", tt.text)
		if got := shown(); got != tt.want {
			t.Errorf("%q %q: %s", tt.verdict, tt.text, got)
		}
	}
	set("r-verdict", "change", "passed")
	if got := b.value(`Array.from(document.querySelectorAll("table.req tbody tr:not([hidden])"), (r) => r.id).join(" ")`); got != "req-UN-R156/7.2.2.1.1" {
		t.Errorf("requirements that passed: %s", got)
	}
	b.quiet()
}

// A spec that a filter hides is shown when an address names it.
func TestBrowserFollowsAddresses(t *testing.T) {
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "")
	b.value(`(function () { const e = document.getElementById("f-text"); e.value = "nothing like this"; e.dispatchEvent(new Event("input")); location.hash = "#spec-aa04"; })()`)
	b.until(`document.getElementById("spec-aa04").open && !document.getElementById("spec-aa04").hidden`)
}

// frameAt is what the page says of the frame that it chose in the spec that Mixed disturbs.
const frameAt = `document.querySelector("#spec-aa01 .chosen").textContent`

// An address with a time leads to a frame: of those in the page, then of the trace that the reader opens.
func TestBrowserZoomsToAFrame(t *testing.T) {
	dir := mixedFolder(t)
	run := load(t, dir)
	s := run.Specs[0]
	b := openBrowser(t)
	b.open(pageOf(t, dir), "#spec-aa01@"+strconv.FormatInt(s.Disturbance().Nanoseconds(), 10))
	b.until(`document.querySelector("#spec-aa01 .chosen") && ` + frameAt + ` !== ""`)
	b.until(`document.querySelectorAll("#spec-aa01 .l-bus .bytes").length > 0`)
	b.value(`document.querySelector("#spec-aa01 .lanes").focus()`)
	seen := map[string]bool{}
	for range 4 {
		b.key(".")
		seen[b.value(frameAt)] = true
	}
	all := ""
	for text := range seen {
		all += text + "\n"
	}
	for _, want := range []string{
		"body  7E0  03 22 F1 ", "(sent by the bench)  bcm request, single frame of 3: ReadDataByIdentifier",
		"(received)  bcm response, single frame of 3: negative response to TransferData: generalProgrammingFailure",
		"bcm response, single frame of 2: TransferData, positive response", "chassis  123  03 22 F1 89  (received)\n",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q among\n%s", want, all)
		}
	}
	b.key(",")
	if !seen[b.value(frameAt)] {
		t.Error("the frame before is none of those")
	}
	b.quiet()
}

func TestBrowserReadsATraceThatIsTheSame(t *testing.T) {
	dir := mixedFolder(t)
	b := openBrowser(t)
	page := pageOf(t, dir)
	// The bytes of one frame change, and no length.
	path := filepath.Join(dir, "trace.pcapng")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "trace.pcapng")
	text[len(text)/100] ^= 1
	if err := os.WriteFile(changed, text, 0o644); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other.pcapng")
	if err := os.WriteFile(other, text[:len(text)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	b.open(page, "#spec-aa01")
	b.until(`document.querySelector("#spec-aa01 .lanes text")`)
	known := b.value(`document.querySelector("#spec-aa01 .l-bus .label").textContent`)
	const where = `document.querySelector("#spec-aa01 .where").textContent`
	b.files("#file", other)
	b.until(`document.getElementById("f-state").textContent.includes("other.pcapng is not a trace that this report was made from")`)
	b.files("#file", changed)
	b.until(where + `.includes("its SHA-256 differs")`)
	b.files("#file", path)
	b.until(`document.getElementById("f-state").textContent.includes("trace.pcapng: open, 9000 frames") && !` + where + `.includes("SHA-256")`)
	b.until(`document.querySelector("#spec-aa01 .l-bus .label").textContent !== ` + strconv.Quote(known))
	b.quiet()
}

// The page can be worked with keys alone, and says where the window is.
func TestTimelineByKeys(t *testing.T) {
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "#spec-aa01")
	b.until(`document.querySelector("#spec-aa01 .lanes text")`)
	b.value(`document.querySelector("#spec-aa01 .lanes").focus()`)
	where := func() string { return b.value(`document.querySelector("#spec-aa01 .where").textContent`) }
	last := where()
	for _, key := range []string{"+", "ArrowRight", "ArrowLeft", "-", "c", "0"} {
		b.key(key)
		if now := where(); now == last {
			t.Errorf("%q: still %s", key, now)
		} else {
			last = now
		}
	}
	b.key("/")
	if got := b.value(`document.activeElement.id`); got != "f-text" {
		t.Errorf("the focus is at %q", got)
	}
	b.quiet()
}

// The switch changes the colours, and paper is white whatever they are.
func TestDarkAndLight(t *testing.T) {
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "")
	const colour = `getComputedStyle(document.body).backgroundColor`
	for _, system := range []string{"dark", "light"} {
		b.call("Emulation.setEmulatedMedia", media("", system), nil)
		before := b.value(colour)
		b.value(`document.getElementById("theme").click()`)
		after := b.value(colour)
		if before == after || strings.Contains("rgb(255, 255, 255)", before) != (system == "light") {
			t.Errorf("%s: %s, then %s", system, before, after)
		}
		b.call("Emulation.setEmulatedMedia", media("print", system), nil)
		if got := b.value(colour); got != "rgb(255, 255, 255)" {
			t.Errorf("paper is %s", got)
		}
		b.call("Emulation.setEmulatedMedia", media("", system), nil)
		b.value(`document.getElementById("theme").click()`)
	}
}

func media(kind, scheme string) any {
	return map[string]any{"media": kind, "features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}
}

// A run that was gone on with has two traces; a spec shows the frames of the one in which it lies.
func TestTwoTraces(t *testing.T) {
	dir := mixedFolder(t)
	path := filepath.Join(dir, "trace.pcapng")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	create(t, filepath.Join(dir, "trace-2.pcapng"), func(w io.Writer) error { _, err := w.Write(text); return err })
	create(t, path, func(w io.Writer) error { return writeTrace(w, 10, -time.Hour) })
	page := pageOf(t, dir)
	b := openBrowser(t)
	b.open(page, "#spec-aa01")
	b.until(`document.querySelector("#spec-aa01 .l-bus .frames")`)
	b.files("#file", filepath.Join(dir, "trace-2.pcapng"), path)
	b.until(`document.getElementById("f-state").textContent.includes("trace-2.pcapng: open, 9000 frames. trace.pcapng: open, 10 frames.")`)
	b.quiet()
}

// On paper stand the verdict, the reasons and the measurements of each spec, also of one that nobody opened, or that a filter
// hides; and each page has the report's name and its number.
func TestPaper(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pdftotext is missing; run .ci/install")
		}
		t.Skip("not checked: pdftotext is not installed")
	}
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "")
	b.value(`(function () { const e = document.getElementById("f-text"); e.value = "nothing like this"; e.dispatchEvent(new Event("input")); })()`)
	var printed struct{ Data []byte }
	b.call("Page.printToPDF", map[string]any{"preferCSSPageSize": true}, &printed)
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, printed.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	for i, page := range pages {
		for _, want := range []string{"Test report run-1/", fmt.Sprintf("page %d of %d", i+1, len(pages))} {
			if !strings.Contains(page, want) {
				t.Errorf("page %d has no %q", i+1, want)
			}
		}
	}
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{
		"✓ passed Interrupted update › boots the previous software", "cut latency 0.000412 s ≤ 0.001 s not stated", "expected refusal, got success",
		"⊘ void Interrupted update › updates at low voltage", "bench fault: psu: link lost", "– not run Interrupted update › reports progress", "— end of report —",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on paper", want)
		}
	}
	if strings.Contains(text, "Whole spec") || strings.Contains(text, "Dark") {
		t.Error("buttons are on paper")
	}
}

// What a run calls itself ends no string of a style sheet.
func TestMarginsHoldTheirName(t *testing.T) {
	got := string(margins("a\"};</style>\\\n1"))
	if want := `content:"Test report a\22 \7d \3b \3c /style\3e \5c \a 1"}`; !strings.Contains(got, want) {
		t.Errorf("%s", got)
	}
}
