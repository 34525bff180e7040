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
	radius, margin float64 // of the case, and beside the texts
	title, body    float64 // sizes of letters
	titles, bodies int     // lines
	stacked        bool    // one button a row
}

var (
	dashboard = device{width: 420, least: 216, edge: 9, radius: 18, margin: 16, title: 19, body: 13.5, titles: 2, bodies: 4}
	telephone = device{width: 200, least: 330, edge: 7, radius: 24, margin: 11, title: 15.5, body: 12.5, titles: 3, bodies: 6, stacked: true}
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
	return p.frame(id, p.buttons())
}

// painter draws one card from the top to the bottom.
type painter struct {
	canvas
	device
	notice record.Notice
	look   look
}

func (p *painter) left() float64  { return p.edge + p.margin }
func (p *painter) right() float64 { return p.width - p.edge - p.margin }

// header is the strip at the top: which display it is, and the version that is spoken of.
func (p *painter) header() {
	small := ruler{size: 10.5}
	name, version := line(p.notice.Display), line(p.notice.Version)
	if version != "" {
		version = "version " + version
	}
	room := p.right() - p.left()
	name = small.cut(name, room*0.45)
	p.text(p.left(), p.y+4, "d-soft d-small", name)
	p.text(p.right(), p.y+4, "d-soft d-small d-end", small.cut(version, room-small.width(name)-10))
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
	p.y = max(p.y, top+badge) + 8
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
	const height = 9.0
	percent := fmt.Sprintf("%d %%", p.notice.Percent)
	r := ruler{size: 14, bold: true}
	percent = r.cut(percent, (p.right()-p.left())/2)
	full := p.right() - p.left() - max(r.width("100 %"), r.width(percent)) - 8
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
	p.reference()
}

// reference is what a user has to read out, so it is wrapped in its own box before it is cut.
func (p *painter) reference() {
	reference := line(p.notice.Reference)
	if reference == "" {
		return
	}
	const pad, step = 9.0, 16.0
	r := ruler{size: 12, bold: true}
	lines := r.wrap("Reference "+reference, p.right()-p.left()-2*pad, 4)
	p.y += 9
	p.box(p.left(), p.y, p.right()-p.left(), float64(len(lines))*step+7, 4, "d-reference")
	for i, s := range lines {
		p.text(p.left()+pad, p.y+float64(i+1)*step-0.5, "d-strong d-mono", s)
	}
	p.y += float64(len(lines))*step + 7
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

// buttons are the choices, drawn from zero downwards; the first one stands out.
func (p *painter) buttons() *canvas {
	const height, gap = 28, 8
	c := &canvas{}
	if len(p.notice.Choices) == 0 {
		return c
	}
	r := ruler{size: 12.5, bold: true}
	x, room := p.left(), p.right()-p.left()
	for i, label := range short(p.notice.Choices) {
		text := r.cut(label, room-28)
		w := max(r.width(text)+28, 84)
		if p.stacked {
			w = room
		}
		if x > p.left() && x+w > p.right() {
			x = p.left()
			c.y += height + gap
		}
		class := "d-button"
		if i == 0 {
			class = "d-first"
		}
		c.box(x, c.y, w, height, 6, class)
		c.text(x+w/2, c.y+18.5, class+"-text d-middle", text)
		x += w + gap
	}
	c.y += height
	return c
}

// frame puts the case around what has been drawn, and the buttons and the tell-tale at its lower edge.
func (p *painter) frame(id string, buttons *canvas) string {
	const strip, gap = 30, 12
	height := max(p.least, p.y+gap+buttons.y+gap+strip+p.edge)
	foot := height - p.edge - strip
	var c canvas
	c.add(`<svg class="card" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-t" aria-describedby="%s-d">`, num(p.width), num(height), id, id)
	c.add(`<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, id, html.EscapeString(name(p.notice)), id, html.EscapeString(description(p.notice)))
	c.box(0.5, 0.5, p.width-1, height-1, p.radius, "d-case")
	c.box(p.edge, p.edge, p.width-2*p.edge, height-2*p.edge, p.radius-p.edge/2, "d-screen")
	c.WriteString(p.String())
	c.add(`<g transform="translate(0,%s)">%s</g>`, num(foot-gap-buttons.y), buttons.String())
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
	c.text(x+30, y+15, "d-tell d-fill-"+strings.TrimPrefix(class, "d-"), Drivable(drivable))
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
