package pdf_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"otabench/reports"
	"otabench/reports/reportstest"
)

// peer runs a tool on a file, which FILE among its arguments stands for, and returns what it printed. It fails the test if
// the tool finds fault with the file, or if it is missing in CI; where it is missing elsewhere, what the test would have
// shown is left out.
func peer(t *testing.T, file []byte, name string, args ...string) (output string, ran bool) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		missing(t, name)
		return "", false
	}
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "FILE", path)
	}
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%.4000s", name, args, err, out)
	}
	return string(out), true
}

func missing(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; run .ci/install", name)
	}
	t.Logf("not checked: %s is not installed", name)
}

// text is what poppler reads on each page, as it is laid out.
func text(t *testing.T, file []byte) (pages []string, ran bool) {
	t.Helper()
	out, ran := peer(t, file, "pdftotext", "-layout", "-enc", "UTF-8", "FILE", "-")
	return strings.Split(strings.TrimSuffix(out, "\f"), "\f"), ran
}

var damaged = regexp.MustCompile(`(?i)error|warning`)

// checkFile lets three programs that read PDF look for damage.
func checkFile(t *testing.T, file []byte) {
	t.Helper()
	peer(t, file, "qpdf", "--check", "FILE")
	for _, args := range [][]string{{"mutool", "draw", "-F", "txt", "-o", "/dev/null", "FILE"}, {"pdfinfo", "FILE"}} {
		out, ran := peer(t, file, args[0], args[1:]...)
		out = strings.Replace(out, "warning: ICC support is not available", "", 1) // in Debian's mutool
		if ran && damaged.MatchString(out) {
			t.Errorf("%s says\n%s", args[0], out)
		}
	}
}

func TestReadersFindNoDamage(t *testing.T) {
	for name, run := range runs(t) {
		t.Run(name, func(t *testing.T) { checkFile(t, write(t, run)) })
	}
}

func runs(t *testing.T) map[string]*reports.Run {
	return map[string]*reports.Run{
		"mixed": derive(t, reportstest.Mixed(hostile).Events), "told": derive(t, reportstest.Told().Events),
		"whole": whole(t), "sweep": swept(t), "many": many(t, 310, 40), "empty": derive(t, nil),
	}
}

// Fonts are embedded with a map to Unicode, so that text can be searched anywhere, and curves are no pictures.
func TestFontsAreEmbeddedAndCurvesAreVectors(t *testing.T) {
	file := write(t, derive(t, reportstest.Mixed("x").Events))
	if out, ran := peer(t, file, "pdffonts", "FILE"); ran {
		fonts := strings.Split(strings.TrimSpace(out), "\n")[2:]
		if len(fonts) == 0 {
			t.Errorf("no font in\n%s", out)
		}
		for _, f := range fonts {
			if !regexp.MustCompile(`Identity-H +yes +\w+ +yes`).MatchString(f) {
				t.Errorf("not embedded, or without a map to Unicode: %s", f)
			}
		}
	}
	if out, ran := peer(t, file, "pdfimages", "-list", "FILE"); ran && len(strings.Split(strings.TrimSpace(out), "\n")) > 2 {
		t.Errorf("there are pictures:\n%s", out)
	}
}

// preflight is the validator of Apache PDFBox for PDF/A-1b, as Debian has it.
var preflight = []string{"preflight", "xmpbox", "pdfbox2", "fontbox2", "commons-logging", "javax.activation", "jaxb-api"}

func TestPreflightFindsPDFA1b(t *testing.T) {
	var classes []string
	for _, name := range preflight {
		jar := filepath.Join("/usr/share/java", name+".jar")
		if _, err := os.Stat(jar); err != nil {
			missing(t, jar)
			return
		}
		classes = append(classes, jar)
	}
	validate := func(t *testing.T, file []byte) {
		out, ran := peer(t, file, "java", "-cp", strings.Join(classes, ":"), "org.apache.pdfbox.preflight.Validator_A1b", "FILE")
		if ran && !strings.Contains(out, "is a valid PDF/A-1b file") {
			t.Errorf("preflight says\n%.4000s", out)
		}
	}
	for name, run := range runs(t) {
		t.Run(name, func(t *testing.T) { validate(t, write(t, run)) })
	}
}
