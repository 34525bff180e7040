package pdf

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Measures of a page of A4 in millimetres.
const (
	pageWidth, pageHeight = 210.0, 297.0
	left, right           = 18.0, 18.0
	top, bottom           = 22.0, 20.0
	inner                 = pageWidth - left - right
	foot                  = pageHeight - bottom
)

// Sizes of text in points.
const (
	sizeTitle   = 22.0
	sizeChapter = 14.0
	sizeSection = 10.5
	sizeText    = 8.5
	sizeTable   = 7.5
	sizeSmall   = 6.5
)

// millimetres in a point.
const point = 25.4 / 72

// leading is the height of a line of text of a size.
func leading(size float64) float64 { return size * point * 1.32 }

// ink is a colour.
type ink [3]int

// Inks. Verdicts have a symbol and a word too, so that nobody needs the colour.
var (
	black  = ink{0x1b, 0x1f, 0x24}
	soft   = ink{0x57, 0x60, 0x6a}
	green  = ink{0x11, 0x63, 0x29}
	red    = ink{0xa4, 0x0e, 0x26}
	amber  = ink{0x7d, 0x4e, 0x00}
	violet = ink{0x62, 0x39, 0xa6}
	rule   = ink{0xd0, 0xd7, 0xde}
	shade  = ink{0xf3, 0xf5, 0xf7}
)

// sheet is a document that is being set, from top to bottom.
type sheet struct {
	pdf     *fpdf.Fpdf
	faces   [styles]*face
	y       float64 // of the next line's top
	id      string
	running string // what stands at the top of each page beside the id
	chapter int
	section int
	marks   []mark
	known   layout // of the pass before
	links   map[string]int
	set     typeset
}

// typeset is what the page has last been told.
type typeset struct {
	style style
	size  float64
	ink   ink
	any   bool
}

// layout is what a pass over the document found out, for the next one.
type layout struct {
	pages int
	marks []mark
	at    map[string]int // page of each key
}

// mark is a place in the document.
type mark struct {
	key, number, text string
	level             int // 0 for a chapter, 1 for a section; more is not listed in the contents
	page              int
}

func newSheet(faces [styles]*face, id, running string, issued time.Time, known layout) *sheet {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true) // or no two files would be equal
	f.SetCreationDate(issued.UTC())
	f.SetModificationDate(issued.UTC())
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(left, top, right)
	for _, face := range faces {
		f.AddUTF8FontFromBytes(face.family, face.variant, slices.Clone(face.data)) // fpdf writes into it
	}
	s := &sheet{pdf: f, faces: faces, known: known, links: map[string]int{}}
	s.id, s.running = faces[regular].clean(id), faces[regular].clean(running)
	s.newPage()
	return s
}

// newPage begins a page, with the report's id and "page x of y".
func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.set = typeset{}
	r := s.faces[regular]
	name := "Test report " + s.id
	s.put(left, 14, regular, sizeTable, soft, name)
	room := limit(inner, sizeTable) - r.measure(name) - r.measure("    ")
	s.putRight(pageWidth-right, 14, regular, sizeTable, soft, r.fit(s.running, room))
	s.line(left, 16, pageWidth-right, 16, rule, 0.2)
	s.put(left, pageHeight-11, regular, sizeTable, soft, "Not to be reproduced except in full.")
	s.putRight(pageWidth-right, pageHeight-11, regular, sizeTable, soft, fmt.Sprintf("Page %d of %d", s.pdf.PageNo(), s.known.pages))
	s.y = top
}

// limit is a width in units of a size.
func limit(width, size float64) int { return int(width / (size * point) * units) }

// width of clean text in millimetres.
func (s *sheet) width(st style, size float64, text string) float64 {
	return float64(s.faces[st].measure(text)) / units * size * point
}

// put sets clean text on a baseline.
func (s *sheet) put(x, y float64, st style, size float64, c ink, text string) {
	if text == "" {
		return
	}
	want := typeset{st, size, c, true}
	if want != s.set {
		f := s.faces[st]
		s.pdf.SetFont(f.family, f.variant, size)
		s.pdf.SetFillColor(c[0], c[1], c[2]) // or fpdf would say the colour with each text
		s.pdf.SetTextColor(c[0], c[1], c[2])
		s.set = want
	}
	s.pdf.Text(x, y, text)
}

func (s *sheet) putRight(x, y float64, st style, size float64, c ink, text string) {
	s.put(x-s.width(st, size, text), y, st, size, c, text)
}

func (s *sheet) line(x1, y1, x2, y2 float64, c ink, width float64) {
	s.pdf.SetDrawColor(c[0], c[1], c[2])
	s.pdf.SetLineWidth(width)
	s.pdf.Line(x1, y1, x2, y2)
}

func (s *sheet) fill(x, y, w, h float64, c ink) {
	s.pdf.SetFillColor(c[0], c[1], c[2])
	s.pdf.Rect(x, y, w, h, "F")
	s.set = typeset{}
}

// room makes sure that so much height is left on the page.
func (s *sheet) room(height float64) {
	if s.y+height > foot {
		s.newPage()
	}
}

// space leaves some height free, but not at the top of a page.
func (s *sheet) space(height float64) {
	if s.y > top {
		s.y = min(s.y+height, foot)
	}
}

// paragraph sets text over the whole width.
func (s *sheet) paragraph(st style, size float64, c ink, text string) {
	s.indented(0, st, size, c, text)
	s.space(leading(size) * 0.4)
}

func (s *sheet) indented(by float64, st style, size float64, c ink, text string) {
	for _, l := range s.faces[st].wrap(text, limit(inner-by, size)) {
		s.room(leading(size))
		s.put(left+by, s.y+size*point, st, size, c, l)
		s.y += leading(size)
	}
}

// say is a paragraph of plain text.
func (s *sheet) say(format string, args ...any) {
	s.paragraph(regular, sizeText, black, fmt.Sprintf(format, args...))
}

// remark is a paragraph in small print.
func (s *sheet) remark(format string, args ...any) {
	s.paragraph(regular, sizeTable, soft, fmt.Sprintf(format, args...))
}

// list sets texts with a sign before each.
func (s *sheet) list(sign func(i int) string, texts []string) {
	const by = 7.0
	for i, text := range texts {
		s.room(leading(sizeText))
		s.put(left, s.y+sizeText*point, regular, sizeText, soft, sign(i))
		s.indented(by, regular, sizeText, black, text)
		s.space(leading(sizeText) * 0.2)
	}
	s.space(leading(sizeText) * 0.4)
}

// begin starts a chapter. It stands on a page of its own if less than a third is left.
func (s *sheet) begin(text string) {
	s.chapter++
	s.section = 0
	s.space(9)
	s.room((foot - top) / 3)
	s.heading(mark{number: fmt.Sprint(s.chapter), text: text}, sizeChapter)
	s.line(left, s.y-1.2, pageWidth-right, s.y-1.2, black, 0.3)
	s.space(2)
}

// part starts a section of a chapter.
func (s *sheet) part(text string) {
	s.section++
	s.space(4)
	s.room(30)
	s.heading(mark{number: fmt.Sprintf("%d.%d", s.chapter, s.section), text: text, level: 1}, sizeSection)
}

// label is the name of what follows within a section.
func (s *sheet) label(text string) {
	s.space(1.5)
	s.indented(0, bold, sizeTable, soft, text)
	s.space(0.8)
}

func (s *sheet) heading(m mark, size float64) {
	m.key = m.number
	s.note(m)
	for _, l := range s.faces[bold].wrap(m.number+"  "+line(m.text), limit(inner, size)) {
		s.put(left, s.y+size*point, bold, size, black, l)
		s.y += leading(size)
	}
	s.space(leading(size) * 0.3)
}

// note remembers where something stands, for links, bookmarks and the contents.
func (s *sheet) note(m mark) {
	m.page = s.pdf.PageNo()
	s.marks = append(s.marks, m)
	s.pdf.SetLink(s.link(m.key), s.y, m.page)
	s.set = typeset{} // as bookmarks need a font that is set
	f := s.faces[regular]
	s.pdf.SetFont(f.family, f.variant, sizeText)
	s.pdf.Bookmark(f.clean(strings.TrimSpace(m.number+" "+line(m.text))), min(m.level, 1), s.y)
}

// link is the target of a key.
func (s *sheet) link(key string) int {
	if s.links[key] == 0 {
		s.links[key] = s.pdf.AddLink()
	}
	return s.links[key]
}

// refer lets an area lead to a key, if there is one.
func (s *sheet) refer(x, y, w, h float64, key string) {
	if s.known.at[key] > 0 {
		s.pdf.Link(x, y, w, h, s.link(key))
	}
}

// page says on which page a key stands.
func (s *sheet) page(key string) string {
	if p := s.known.at[key]; p > 0 {
		return fmt.Sprint(p)
	}
	return ""
}

func (s *sheet) layout() layout {
	l := layout{pages: s.pdf.PageNo(), marks: s.marks, at: map[string]int{}}
	for _, m := range s.marks {
		l.at[m.key] = m.page
	}
	return l
}

// below says for each bookmark how many are below it, and -1 for one that is below another.
func (s *sheet) below() []int {
	counts := make([]int, len(s.marks))
	chapter := 0
	for i, m := range s.marks {
		if m.level == 0 {
			chapter = i
			continue
		}
		counts[chapter]++
		counts[i] = -1
	}
	return counts
}
