package html

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
)

// bundleSize is how many specs share a bundle: what is told of them is alike, so that they deflate well together, and a
// browser inflates little to show one.
const bundleSize = 24

// Firsts are the numbers of the specs with which bundles begin.
func (p page) Firsts() []int {
	var all []int
	for first := 0; first < len(p.Specs); first += bundleSize {
		all = append(all, first)
	}
	return all
}

// Bundle is the timelines of some specs, for the script: JSON, deflated, in base64.
func (p page) Bundle(first int) (template.HTML, error) {
	extracts := p.traces().extracts
	var list []timeline
	for i := first; i < min(first+bundleSize, len(p.Specs)); i++ {
		list = append(list, p.timelines.of(p.Specs[i], extracts[i]))
	}
	return p.packer.element("specs", first, list)
}

// packer makes elements with data for the script. It keeps its memory, which is more than most of them have.
type packer struct {
	deflate *flate.Writer
	text    bytes.Buffer
	out     bytes.Buffer
}

func newPacker() *packer {
	deflate, err := flate.NewWriter(nil, flate.BestSpeed+2)
	if err != nil {
		panic("html: " + err.Error()) // of levels that do not exist
	}
	return &packer{deflate: deflate}
}

// element is data in base64, in which nothing is markup.
func (p *packer) element(kind string, first int, data any) (template.HTML, error) {
	p.text.Reset()
	if err := json.NewEncoder(&p.text).Encode(data); err != nil {
		return "", fmt.Errorf("encode %s for the page: %w", kind, err)
	}
	p.out.Reset()
	fmt.Fprintf(&p.out, `<script type="application/octet-stream" data-bundle=%q data-first="%d">`, kind, first)
	lines := base64.NewEncoder(base64.StdEncoding, &p.out)
	p.deflate.Reset(lines)
	if _, err := p.text.WriteTo(p.deflate); err != nil {
		return "", err
	}
	if err := errors.Join(p.deflate.Close(), lines.Close()); err != nil {
		return "", err
	}
	p.out.WriteString("</script>\n")
	return template.HTML(p.out.String()), nil
}
