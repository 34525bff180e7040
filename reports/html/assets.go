package html

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"unicode"

	"otabench/reports/dashboard"
)

//go:embed *.tmpl style/*.css script/*.js
var assets embed.FS

// Parts of the page's only style sheet and only script, in their order.
var (
	styles  = []string{"style/page.css", "style/spec.css", "style/timeline.css", "style/print.css"}
	scripts = []string{"script/page.js", "script/filter.js", "script/bundle.js", "script/decode.js", "script/trace.js", "script/scale.js", "script/lanes.js", "script/timeline.js", "script/main.js"}
)

// style is the style sheet of a page, with that of sweeps and of stories if it has any.
func style(sweep, told bool) (template.CSS, error) {
	names := styles
	if sweep {
		names = append(names[:len(names):len(names)], "style/sweep.css")
	}
	if told {
		names = append(names[:len(names):len(names)], "style/story.css")
	}
	text, err := join(names)
	if told {
		text += dashboard.Style
	}
	return template.CSS(text), err
}

// margins puts the report's name and the number of each page into the margins of paper.
func margins(name string) template.CSS {
	return template.CSS(fmt.Sprintf("@page{@top-right{content:%s}@bottom-right{content:\"page \" counter(page) \" of \" counter(pages)}}\n", quoted("Test report "+name)))
}

// quoted is a text as a string of CSS, in which everything but letters, digits and a few signs stands by its number.
func quoted(text string) string {
	var b strings.Builder
	for _, c := range text {
		if c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune(" ./-_:", c)) {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, "\\%x ", c)
		}
	}
	return `"` + b.String() + `"`
}

// script is the script of a page. It sees nothing of what others on the page define, as there is nothing.
func script() (template.JS, error) {
	text, err := join(scripts)
	return template.JS("(function () {\n\"use strict\";\n" + text + "})();"), err
}

func join(names []string) (string, error) {
	var b strings.Builder
	for _, name := range names {
		text, err := assets.ReadFile(name)
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	return b.String(), nil
}

// policy lets a browser apply the page's own style sheet and script, known by their digests, and load or send nothing.
func policy(css template.CSS, js template.JS) string {
	return "default-src 'none'; style-src '" + digest(string(css)) + "'; script-src '" + digest(string(js)) + "'; base-uri 'none'; form-action 'none'"
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
