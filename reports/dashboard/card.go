package dashboard

import (
	"fmt"
	"html"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/ecu/ota"
	"otabench/reports/visible"
)

// App is the display that is drawn as a telephone.
const App = "app"

// Bounds of what a card takes from a notice, in bytes of a text and entries of a list. The wrapping cuts again.
const (
	maxText  = 600
	maxEntry = 200
	maxList  = 8
)

// device is a display: sizes in SVG units, and the lines that it has room for.
type device struct {
	width, least   float64 // least height; a long notice makes it higher
	edge           float64 // of the case around the screen
	radius         float64 // of the case
	title, body    float64 // sizes of letters
	titles, bodies int     // lines
	stacked        bool    // one button a row
}

var (
	dashboard = device{width: 460, least: 258, edge: 9, radius: 18, title: 19, body: 13.5, titles: 2, bodies: 4}
	telephone = device{width: 236, least: 420, edge: 8, radius: 28, title: 16, body: 12.5, titles: 3, bodies: 6, stacked: true}
)

func deviceOf(display string) device {
	if display == App {
		return telephone
	}
	return dashboard
}

// Width is the width of the card of a display in SVG units, of which a page makes as many pixels or fewer.
func Width(display string) int { return int(deviceOf(display).width) }

// Card draws a notice as an SVG element. The id is to be unique on the page, of letters, digits and hyphens.
func Card(n record.Notice, id string) string {
	p := painter{notice: n, device: deviceOf(n.Display), look: lookOf(n.State)}
	p.y = p.edge + 16
	p.header()
	p.headline()
	p.message()
	p.bar()
	p.lists()
	p.remarks()
	p.buttons()
	return p.frame(id)
}

// painter draws one card from the top to the bottom.
type painter struct {
	canvas
	device
	notice record.Notice
	look   look
}

func (p *painter) left() float64  { return p.edge + 16 }
func (p *painter) right() float64 { return p.width - p.edge - 16 }

// header is the strip at the top: which display it is, and the version that is spoken of.
func (p *painter) header() {
	small := ruler{size: 10.5}
	name, version := line(p.notice.Display), line(p.notice.Version)
	if version != "" {
		version = "version " + version
	}
	room := p.right() - p.left()
	p.text(p.left(), p.y+4, "d-soft d-small", small.cut(name, room*0.4))
	p.text(p.right(), p.y+4, "d-soft d-small d-end", small.cut(version, room*0.55))
	p.y += 14
}

// headline is the icon with the title and the state beside it.
func (p *painter) headline() {
	const badge = 40
	top := p.y + 4
	p.add(`<circle class="d-%s d-badge" cx="%s" cy="%s" r="%d"/>`, p.look.tone, num(p.left()+badge/2), num(top+badge/2), badge/2)
	p.icon(p.left()+9, top+9, badge-18, "d-"+string(p.look.tone), p.look.icon)
	x := p.left() + badge + 12
	state := line(p.notice.State)
	if cause := line(p.notice.Cause); cause != "" {
		state += " · " + cause
	}
	small := ruler{size: 11, bold: true}
	p.y = top
	for _, s := range small.wrap(state, p.right()-x, 2) {
		p.y += 12
		p.text(x, p.y, "d-state d-fill-"+string(p.look.tone), s)
	}
	p.y += 3
	p.paragraph(x, p.title, true, p.titles, "d-title", p.notice.Title)
	p.y = max(p.y, top+badge) + 4
}

// message is the text of the notice.
func (p *painter) message() {
	p.paragraph(p.left(), p.body, false, p.bodies, "d-body", p.notice.Text)
}

// paragraph wraps a text to the right edge.
func (p *painter) paragraph(x, size float64, bold bool, lines int, class, s string) {
	r := ruler{size: size, bold: bold}
	for _, s := range r.wrap(visible.Text(s, maxText), p.right()-x, lines) {
		p.y += size * 1.32
		p.text(x, p.y, class, s)
	}
}

// bar shows the percentage while there is something that it is of.
func (p *painter) bar() {
	if !progresses(p.notice) {
		return
	}
	const height = 9
	percent := fmt.Sprintf("%d %%", p.notice.Percent)
	room := (&ruler{size: 14, bold: true}).width("100 %") + 8
	full := p.right() - p.left() - room
	p.y += 12
	p.box(p.left(), p.y, full, height, height/2, "d-track")
	if done := full * float64(min(max(p.notice.Percent, 0), 100)) / 100; done > 0 {
		p.box(p.left(), p.y, max(done, height), height, height/2, "d-done-"+string(p.look.tone))
	}
	p.text(p.right(), p.y+height, "d-percent d-end", percent)
	p.y += height + 4
}

func progresses(n record.Notice) bool {
	switch ota.State(n.State) {
	case ota.Downloading, ota.Installing, ota.Activating:
		return true
	case ota.Succeeded, ota.Idle:
		return false
	}
	return n.Percent != 0
}

// lists are what is offered, what is recommended and what can be tried.
func (p *painter) lists() {
	p.list("•", "d-soft", "d-body", p.notice.Details, 6)
	p.list("➜", "d-fill-warn", "d-strong", p.notice.Advice, 3)
	numbers := func(i int) string { return fmt.Sprintf("%d.", i+1) }
	p.entries(numbers, "d-soft", "d-body", p.notice.Hints, 6)
}

func (p *painter) list(bullet, bulletClass, class string, all []string, lines int) {
	p.entries(func(int) string { return bullet }, bulletClass, class, all, lines)
}

// entries writes a list in at most so many lines, and says how many entries it leaves out.
func (p *painter) entries(bullet func(int) string, bulletClass, class string, all []string, lines int) {
	if len(all) == 0 {
		return
	}
	const indent = 17
	r := ruler{size: p.body - 0.5}
	p.y += 3
	for i, s := range all {
		if lines <= 0 || i == maxList {
			p.y += r.size * 1.36
			p.text(p.left()+indent, p.y, "d-soft d-item", fmt.Sprintf("… %d more", len(all)-i))
			return
		}
		for j, s := range r.wrap(line(s), p.right()-p.left()-indent, min(lines, 2)) {
			p.y += r.size * 1.36
			if j == 0 {
				p.text(p.left(), p.y, bulletClass+" d-item", bullet(i))
			}
			p.text(p.left()+indent, p.y, class+" d-item", s)
			lines--
		}
	}
}

// remarks are what is switched off, when it goes on, and what support asks for.
func (p *painter) remarks() {
	if len(p.notice.Off) > 0 {
		p.y += 3
		p.paragraph(p.left(), 11.5, false, 2, "d-soft d-remark", "Switched off: "+strings.Join(short(p.notice.Off), ", "))
	}
	if !p.notice.Next.IsZero() {
		p.y += 3
		p.paragraph(p.left(), 11.5, false, 2, "d-soft d-remark", "Next: "+Moment(p.notice.Next))
	}
	if reference := line(p.notice.Reference); reference != "" {
		r := ruler{size: 12, bold: true}
		text := r.cut("Reference "+reference, p.right()-p.left()-20)
		p.y += 9
		p.box(p.left(), p.y, r.width(text)+20, 22, 4, "d-reference")
		p.text(p.left()+10, p.y+15.5, "d-strong d-mono", text)
		p.y += 22
	}
}

// Moment is a time as cards and texts say it.
func Moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func short(all []string) []string {
	if len(all) > maxList {
		all = append(all[:maxList:maxList], fmt.Sprintf("… %d more", len(all)-maxList))
	}
	var out []string
	for _, s := range all {
		out = append(out, line(s))
	}
	return out
}

// buttons are the choices; the first one stands out.
func (p *painter) buttons() {
	if len(p.notice.Choices) == 0 {
		return
	}
	const height, gap = 28, 8
	r := ruler{size: 12.5, bold: true}
	x, room := p.left(), p.right()-p.left()
	p.y += 12
	for i, label := range short(p.notice.Choices) {
		text := r.cut(label, room-28)
		w := max(r.width(text)+28, 84)
		if p.stacked {
			w = room
		}
		if x > p.left() && x+w > p.right() {
			x = p.left()
			p.y += height + gap
		}
		class := "d-button"
		if i == 0 {
			class = "d-first"
		}
		p.box(x, p.y, w, height, 6, class)
		p.text(x+w/2, p.y+18.5, class+"-text d-middle", text)
		x += w + gap
	}
	p.y += height
}

// frame puts the case and the tell-tale around what has been drawn.
func (p *painter) frame(id string) string {
	const strip = 30
	height := max(p.least, p.y+14+strip+p.edge)
	var c canvas
	c.add(`<svg class="card" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t" aria-describedby="%s-d">`, num(p.width), num(height), id, id)
	c.add(`<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, id, html.EscapeString(name(p.notice)), id, html.EscapeString(description(p.notice)))
	c.box(0.5, 0.5, p.width-1, height-1, p.radius, "d-case")
	c.box(p.edge, p.edge, p.width-2*p.edge, height-2*p.edge, p.radius-p.edge/2, "d-screen")
	c.WriteString(p.String())
	foot := height - p.edge - strip
	c.add(`<path class="d-rule" d="M%s,%sH%s"/>`, num(p.edge), num(foot), num(p.width-p.edge))
	c.telltale(p.left(), foot+4, p.notice.Drivable)
	c.WriteString("</svg>")
	return c.String()
}

func (c *canvas) telltale(x, y float64, drivable bool) {
	class, outline := "d-good", car
	if !drivable {
		class, outline = "d-bad", car+slash
	}
	c.icon(x, y, 22, class, outline)
	c.text(x+30, y+15, "d-small d-fill-"+strings.TrimPrefix(class, "d-"), Drivable(drivable))
}

// Drivable says whether the vehicle can be driven, as the notice has it.
func Drivable(yes bool) string {
	if yes {
		return "drivable"
	}
	return "not drivable"
}

func name(n record.Notice) string {
	return fmt.Sprintf("%s: %s", line(n.Display), line(n.State))
}

func description(n record.Notice) string {
	text := line(n.Title)
	if progresses(n) {
		text += fmt.Sprintf(", %d %%", n.Percent)
	}
	return strings.TrimPrefix(text+", "+Drivable(n.Drivable), ", ")
}

// line is a text on one line, cut.
func line(s string) string { return visible.Line(s, maxEntry) }
