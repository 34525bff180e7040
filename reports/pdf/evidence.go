package pdf

import (
	"fmt"
	"os"
)

// maxFiles bounds the files that are listed.
const maxFiles = 300

// evidence lists the files that the report rests on.
func (d *document) evidence() {
	d.begin("Evidence")
	d.say("The report was made from record.jsonl; the other files of the run folder are the raw evidence beside it. Their digests are in evidence.dsse.json, " +
		"which is signed where the laboratory has a key: otabench verify checks them, and derives each verdict again.")
	f := d.facts()
	f.row(cell{text: "record.jsonl, SHA-256", style: bold, ink: soft}, digest(d.Digest))
	f.end("")
	t := d.table(column{head: "File", width: 120}, column{head: "Bytes", width: 40, right: true})
	shown, more := upTo(d.Files, maxFiles)
	sizes := d.sizes(shown)
	for i, name := range shown {
		t.row(code(line(name)), sizes[i])
	}
	t.end("No file is known beside the record.")
	if more > 0 {
		d.remark("%d more are in the run folder.", more)
	}
}

// sizes of files in the run folder. Nothing in it is followed out of it.
func (d *document) sizes(names []string) []cell {
	cells := make([]cell, len(names))
	for i := range cells {
		cells[i] = faint("not known")
	}
	root, err := os.OpenRoot(d.Dir)
	if d.Dir == "" || err != nil {
		return cells
	}
	defer root.Close()
	for i, name := range names {
		if info, err := root.Lstat(name); err == nil && info.Mode().IsRegular() {
			cells[i] = plain(fmt.Sprint(info.Size()))
		}
	}
	return cells
}
