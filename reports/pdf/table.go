package pdf

// column of a table; widths are relative to each other.
type column struct {
	head  string
	width float64
	right bool // aligned so, as numbers are
}

// cell is text of the record or of this package; line feeds in it are kept.
type cell struct {
	text  string
	style style
	ink   ink
	key   string // that the cell leads to
}

func plain(text string) cell  { return cell{text: text, ink: black} }
func strong(text string) cell { return cell{text: text, style: bold, ink: black} }
func code(text string) cell   { return cell{text: text, style: mono, ink: black} }
func faint(text string) cell  { return cell{text: text, ink: soft} }

// table sets rows that break over pages with their head repeated.
type table struct {
	s       *sheet
	columns []column
	x, w    []float64
	size    float64
	rows    int
	caption string
	page    int // on which the head stands
}

const padX, padY = 1.1, 0.75

func (s *sheet) table(columns ...column) *table {
	t := &table{s: s, columns: columns, size: sizeTable}
	var sum float64
	for _, c := range columns {
		sum += c.width
	}
	x := left
	for _, c := range columns {
		w := c.width / sum * inner
		t.x, t.w = append(t.x, x), append(t.w, w)
		x += w
	}
	return t
}

// facts is a table of two columns without a head.
func (s *sheet) facts() *table { return s.table(column{width: 1}, column{width: 3.2}) }

// fact adds what has a name; what is empty is not stated.
func (t *table) fact(name, value string) {
	c := plain(value)
	if value == "" {
		c = faint("not stated")
	}
	t.row(cell{text: name, style: bold, ink: soft}, c)
}

func (t *table) headed() bool {
	for _, c := range t.columns {
		if c.head != "" {
			return true
		}
	}
	return false
}

// head sets the head of the table on the current page.
func (t *table) head() {
	if t.page == 0 && t.caption != "" {
		t.s.label(t.caption)
	}
	t.page = t.s.pdf.PageNo()
	if !t.headed() {
		return
	}
	var cells []cell
	for _, c := range t.columns {
		cells = append(cells, cell{text: c.head, style: bold, ink: black})
	}
	lines, n := t.wrap(cells)
	t.s.fill(left, t.s.y, inner, t.height(n), shade)
	t.draw(cells, lines, 0, n)
}

func (t *table) wrap(cells []cell) (lines [][]string, n int) {
	for i, c := range cells {
		l := t.s.faces[c.style].wrap(c.text, limit(t.w[i]-2*padX, t.sizeOf(c)))
		lines = append(lines, l)
		n = max(n, len(l))
	}
	return lines, n
}

// sizeOf is less for the font of fixed width, which is wide.
func (t *table) sizeOf(c cell) float64 {
	if c.style == mono {
		return t.size * 0.86
	}
	return t.size
}

func (t *table) height(lines int) float64 { return float64(lines)*leading(t.size) + 2*padY }

// row adds a row. One that does not fit goes to the next page, and one that fits on none is divided.
func (t *table) row(cells ...cell) {
	t.rows++
	lines, n := t.wrap(cells)
	for from := 0; from < n; {
		t.place(n - from)
		free := int((foot - t.s.y - 2*padY) / leading(t.size))
		to := min(n, from+max(free, 1))
		t.draw(cells, lines, from, to)
		from = to
	}
}

// place finds a page for so many lines, or for as many as a page takes.
func (t *table) place(lines int) {
	whole := min(t.height(lines), (foot-top)*0.8)
	if t.page == 0 && t.headed() {
		whole += t.height(1)
	}
	if t.page == 0 && t.caption != "" {
		whole += leading(sizeTable) + 3
	}
	t.s.room(whole)
	if t.page != t.s.pdf.PageNo() {
		t.head()
	}
}

func (t *table) draw(cells []cell, lines [][]string, from, to int) {
	s := t.s
	h := t.height(to - from)
	for i, c := range cells {
		size := t.sizeOf(c)
		y := s.y + padY + t.size*point
		for _, l := range lines[i][min(from, len(lines[i])):min(to, len(lines[i]))] {
			if t.columns[i].right {
				s.putRight(t.x[i]+t.w[i]-padX, y, c.style, size, c.ink, l)
			} else {
				s.put(t.x[i]+padX, y, c.style, size, c.ink, l)
			}
			y += leading(t.size)
		}
		if c.key != "" {
			s.refer(t.x[i], s.y, t.w[i], h, c.key)
		}
	}
	s.y += h
	s.line(left, s.y, pageWidth-right, s.y, rule, 0.15)
}

// end closes the table; what stands for a table without rows is said.
func (t *table) end(none string) {
	if t.rows == 0 && none != "" {
		t.s.paragraph(regular, sizeText, soft, none)
	}
	t.s.space(2.5)
}
