package catalogue

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// columns that a CSV file may have. Others, such as a state or an author, are left alone.
var columns = []string{"id", "title", "stimulus", "expectation", "scope", "reason", "parent", "observed_by", "partly"}

// parseCSV reads a table whose first row names the columns. Without a column of expectations, the titles are these.
func parseCSV(file string, text []byte, as Identity) (Catalogue, error) {
	plain, err := decodeText(text)
	if err != nil {
		return Catalogue{}, wrong(file, 1, 0, "%v", err)
	}
	rows := csv.NewReader(strings.NewReader(plain))
	rows.Comma = separatorOf(plain)
	rows.FieldsPerRecord = -1
	header, err := rows.Read()
	if err != nil {
		return Catalogue{}, fromCSV(file, err)
	}
	t := table{file: file, at: map[string]int{}, width: len(header)}
	if err := t.head(header, rows.Comma); err != nil {
		return Catalogue{}, err
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Catalogue{}, fromCSV(file, err)
		}
		if line, _ := rows.FieldPos(0); !blank(row) {
			t.add(row, line)
		}
	}
	if err := t.problems.err(); err != nil {
		return Catalogue{}, err
	}
	as = as.complete(file, "", text)
	c := Catalogue{ID: as.ID, Title: as.Title, Version: as.Version, Source: "a table in CSV", Requirements: t.requirements, Text: text, Digest: Digest(text)}
	return c, c.validate(file, place{line: 1}, func(i int) place { return place{line: t.lines[i]} })
}

// table is a CSV file while it is read.
type table struct {
	file         string
	at           map[string]int // column by name
	width        int
	requirements []Requirement
	lines        []int // of the requirements
	problems     problems
}

func (t *table) head(header []string, separator rune) error {
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := t.at[name]; twice && slices.Contains(columns, name) {
			return wrong(t.file, 1, 0, "the column %s occurs twice", name)
		}
		t.at[name] = i
	}
	_, id := t.at["id"]
	_, expectation := t.at["expectation"]
	_, title := t.at["title"]
	if !id || !expectation && !title {
		return wrong(t.file, 1, 0, "the first row has to name the columns, at least id and expectation or title; with %q between them it is %.200q, and known are %s",
			separator, header, strings.Join(columns, ", "))
	}
	t.problems.file = t.file
	return nil
}

func (t *table) add(row []string, line int) {
	if len(row) > t.width {
		t.problems.add(place{line: line}, "has %d fields, and the first row names %d columns", len(row), t.width)
		return
	}
	cell := func(name string) string {
		if i, ok := t.at[name]; ok && i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	r := Requirement{
		ID: cell("id"), Title: cell("title"), Stimulus: cell("stimulus"), Expectation: cell("expectation"),
		Scope: Scope(strings.ToLower(cell("scope"))), Reason: cell("reason"), Parent: cell("parent"), ObservedBy: labelsIn(cell("observed_by")),
	}
	if _, has := t.at["expectation"]; !has {
		r.Title, r.Expectation = "", r.Title
	}
	switch partly := strings.ToLower(cell("partly")); partly {
	case "", "no", "false", "0":
	case "yes", "true", "1", "x":
		r.Partly = true
	default:
		t.problems.add(place{line: line}, "partly is %.40q; want yes or no", partly)
	}
	t.requirements, t.lines = append(t.requirements, r), append(t.lines, line)
}

// labelsIn splits a list of labels in one cell or attribute.
func labelsIn(text string) []string {
	var labels []string
	for l := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n\u00A0", r) }) {
		labels = append(labels, l)
	}
	return labels
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// separatorOf finds what stands between the names of columns: a comma, a semicolon or a tabulator, whichever is most.
func separatorOf(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best, most := ',', 0
	for _, r := range ",;\t" {
		if n := strings.Count(first, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// decodeText returns a text as UTF-8. Spreadsheets write UTF-8 and UTF-16 with a byte order mark, or Windows-1252 without.
func decodeText(text []byte) (string, error) {
	if !utf8.Valid(text) && !strings.HasPrefix(string(text), "\xff\xfe") && !strings.HasPrefix(string(text), "\xfe\xff") {
		plain, err := charmap.Windows1252.NewDecoder().Bytes(text)
		return string(plain), err
	}
	plain, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), text)
	if err != nil {
		return "", fmt.Errorf("is neither UTF-8 nor UTF-16: %w", err)
	}
	return string(plain), nil
}

func fromCSV(file string, err error) error {
	var pe *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return wrong(file, 1, 0, "is empty; the first row has to name the columns: %s", strings.Join(columns, ", "))
	case errors.As(err, &pe):
		return wrong(file, pe.Line, pe.Column, "%v", pe.Err)
	}
	return wrong(file, 0, 0, "%v", err)
}
