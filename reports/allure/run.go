package allure

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"otabench/reports"
)

// categories keep apart what Allure has one status for. What is broken or marginal says nothing of the product alone.
var categories = []category{
	{"Failed", []status{failed}, "failed: .*"},
	{"Marginal: nearer to a limit than the uncertainty", []status{failed}, "marginal: .*"},
	{"Void: the bench was at fault", []status{broken}, "void: .*"},
	{"Aborted: begun and interrupted", []status{broken}, "aborted: .*"},
	{"Not run", []status{skipped, broken}, "not run: .*"},
}

func executorOf(r *reports.Run) executor {
	name := line(r.Header.Run)
	return executor{Name: line(r.Header.Tool), Type: "otabench", BuildName: name, BuildOrder: r.Header.Started.Unix(), ReportName: name}
}

// environment is what the run was made with, as a Java properties file.
func environment(r *reports.Run) []byte {
	var b strings.Builder
	set := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s = %s\n", property(key, keyCharacters), property(strings.TrimSpace(line(value)), "\\"))
		}
	}
	set("run", r.Header.Run)
	set("verdict", strings.TrimSuffix(string(r.Status)+": "+r.Reason, ": "))
	set("bench", r.Header.Bench)
	set("bench file", r.Header.File)
	set("bench file SHA-256", r.Header.Digest)
	set("suite SHA-256", r.Header.Suite)
	set("record SHA-256", r.Digest)
	set("tool", r.Header.Tool)
	set("host", r.Header.Host)
	set("label filter", r.Filter)
	set("simulated", fmt.Sprint(r.Simulated()))
	set("virtual time", fmt.Sprint(r.Header.Virtual))
	for _, d := range r.Devices {
		set(line(d.Class+" "+d.Role), strings.Join(slices.DeleteFunc([]string{d.Model, d.Serial, d.Firmware}, func(s string) bool { return s == "" }), ", "))
	}
	return []byte(b.String())
}

// keyCharacters would end a key, or begin a comment.
const keyCharacters = " \\=:#!"

// property escapes special characters of a key or value of a properties file, which Java reads as Latin-1.
func property(s, special string) string {
	var b strings.Builder
	for _, c := range utf16.Encode([]rune(s)) {
		switch {
		case strings.ContainsRune(special, rune(c)):
			b.WriteByte('\\')
			b.WriteByte(byte(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(byte(c))
		}
	}
	return b.String()
}
