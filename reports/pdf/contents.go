package pdf

// contents is the table of contents, on a page of its own.
func (d *document) contents() {
	d.newPage()
	d.y += 2
	d.put(left, d.y+sizeChapter*point, bold, sizeChapter, black, "Contents")
	d.y += leading(sizeChapter) + 2
	for _, m := range d.known.marks {
		if m.level < 2 {
			d.entry(m)
		}
	}
	d.newPage()
}

func (d *document) entry(m mark) {
	st, x, size := regular, left+6, sizeText
	if m.level == 0 {
		st, x, size = bold, left, sizeText+0.5
		d.space(1.2)
	}
	h := leading(size)
	d.room(h)
	y := d.y + size*point
	page := d.page(m.key)
	end := pageWidth - right
	text := d.faces[st].fit(d.faces[st].clean(line(m.text)), limit(end-x-22, size))
	d.put(x, y, st, size, black, m.number)
	d.put(x+10, y, st, size, black, text)
	d.putRight(end, y, st, size, black, page)
	d.dots(x+10+d.width(st, size, text)+1.5, end-d.width(st, size, page)-1.5, y)
	d.refer(x, d.y, end-x, h, m.key)
	d.y += h
}

// dots lead the eye to the page number.
func (d *document) dots(from, to, y float64) {
	if to <= from {
		return
	}
	d.pdf.SetDashPattern([]float64{0.2, 1.3}, 0)
	d.line(from, y, to, y, soft, 0.25)
	d.pdf.SetDashPattern(nil, 0)
}
