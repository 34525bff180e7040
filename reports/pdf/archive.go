package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"
)

// profile is sRGB2014.icc of the International Color Consortium, which may be embedded without restriction.
//
//go:embed sRGB2014.icc
var profile []byte

// archive is what makes a file of fpdf one of PDF/A-1b (ISO 19005-1): fpdf itself writes no id, no flags of links and no
// counts of bookmarks, puts an empty list of attachments into each file, and loses the properties of a file with a profile.
type archive struct {
	properties
	bookmarks []int // for each bookmark how many it has below it, or -1 for one that is below another
}

// properties are what viewers and archives show of a file.
type properties struct {
	title, author, subject, creator string
	issued                          time.Time
}

const producer = "otabench"

// object is an indirect object, without its number and its end.
type object []byte

// write writes the file that fpdf made, with its objects mended and those that it lacks added.
func (a archive) write(w io.Writer, file []byte) error {
	objects, root, info, err := split(file)
	if err != nil {
		return err
	}
	outlines, err := reference(objects[root], "Outlines")
	if err != nil {
		return err
	}
	for i, o := range objects {
		if bytes.HasPrefix(o, []byte("<</Type /Page\n")) {
			objects[i] = bytes.ReplaceAll(o, []byte("/Subtype /Link "), []byte("/Subtype /Link /F 4 "))
		}
	}
	if err := a.count(objects, outlines); err != nil {
		return err
	}
	icc, err := deflated("/N 3 /Alternate /DeviceRGB", profile)
	if err != nil {
		return err
	}
	meta, colours := len(objects), len(objects)+1
	objects = append(objects, stream("/Type /Metadata /Subtype /XML", a.xmp()), icc)
	objects[info] = a.info()
	objects[root] = fmt.Appendf(nil, "<</Type /Catalog /Pages 1 0 R /Lang (en) /Outlines %d 0 R /PageMode /UseOutlines /Metadata %d 0 R\n"+
		"/ViewerPreferences <</DisplayDocTitle true>>\n"+
		"/OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB2014) /Info (sRGB2014) /DestOutputProfile %d 0 R>>]>>\n",
		outlines, meta, colours)
	return join(w, objects, root, info)
}

var (
	xrefAt   = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	xrefHead = regexp.MustCompile(`^xref\n0 (\d+)\n`)
	rootAt   = regexp.MustCompile(`/Root (\d+) 0 R`)
	infoAt   = regexp.MustCompile(`/Info (\d+) 0 R`)
)

// errForeign is a file that is not as this version of fpdf writes it.
var errForeign = errors.New("the PDF is not laid out as expected; look at whether the version of fpdf in go.mod has changed")

// split takes a file apart; objects begin with number 1, and stand in the file in any order.
func split(file []byte) (objects []object, root, info int, err error) {
	table := section(file)
	head := xrefHead.FindSubmatch(table)
	r, i := rootAt.FindSubmatch(table), infoAt.FindSubmatch(table)
	if head == nil || r == nil || i == nil {
		return nil, 0, 0, errForeign
	}
	n := number(head[1])
	const entry = len("0000000000 65535 f \n")
	rows := table[len(head[0]):]
	if len(rows) < n*entry {
		return nil, 0, 0, errForeign
	}
	objects = make([]object, n)
	for k := 1; k < n; k++ {
		at := number(rows[k*entry : k*entry+10])
		objects[k], err = objectAt(file, at, k)
		if err != nil {
			return nil, 0, 0, err
		}
	}
	root, info = number(r[1]), number(i[1])
	if root >= n || info >= n {
		return nil, 0, 0, errForeign
	}
	return objects, root, info, nil
}

// section is the cross-reference table with the trailer, nil if there is none.
func section(file []byte) []byte {
	m := xrefAt.FindSubmatch(file[max(0, len(file)-64):])
	if m == nil || number(m[1]) > len(file) {
		return nil
	}
	return file[number(m[1]):]
}

var lengthOf = regexp.MustCompile(`/Length (\d+)`)

// objectAt is the object with a number at an offset. A stream may hold anything, so its length says where it ends.
func objectAt(file []byte, at, n int) (object, error) {
	head := fmt.Appendf(nil, "%d 0 obj\n", n)
	if at > len(file) || !bytes.HasPrefix(file[at:], head) {
		return nil, errForeign
	}
	body := file[at+len(head):]
	const stream, end = "stream\n", "endobj\n"
	stop := bytes.Index(body, []byte(end))
	if s := bytes.Index(body, []byte(stream)); s >= 0 && s < stop {
		m := lengthOf.FindSubmatch(body[:s])
		if m == nil || s+len(stream)+number(m[1]) > len(body) {
			return nil, errForeign
		}
		from := s + len(stream) + number(m[1])
		if stop = bytes.Index(body[from:], []byte(end)); stop >= 0 {
			stop += from
		}
	}
	if stop < 0 {
		return nil, errForeign
	}
	return object(body[:stop]), nil
}

// number of digits that an expression has matched.
func number(digits []byte) int {
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return 1 << 40
	}
	return n
}

// reference is the number of the object that an entry of a dictionary refers to.
func reference(o object, key string) (int, error) {
	m := regexp.MustCompile(`/` + key + ` (\d+) 0 R`).FindSubmatch(o)
	if m == nil {
		return 0, errForeign
	}
	return number(m[1]), nil
}

// count gives bookmarks the counts of those below them, closed. They stand before the root of the outlines, in their order.
func (a archive) count(objects []object, root int) error {
	const none = "/Count 0>>\n"
	first, top := root-len(a.bookmarks), 0
	if first < 1 || root >= len(objects) {
		return errForeign
	}
	for i, below := range a.bookmarks {
		o := objects[first+i]
		if !bytes.HasSuffix(o, []byte(none)) {
			return errForeign
		}
		o = bytes.TrimSuffix(o, []byte(none))
		if below > 0 {
			o = fmt.Appendf(o[:len(o):len(o)], "/Count %d", -below)
		}
		objects[first+i] = append(o[:len(o):len(o)], ">>\n"...)
		if below >= 0 {
			top++
		}
	}
	o := bytes.TrimSuffix(objects[root], []byte(">>\n"))
	objects[root] = fmt.Appendf(o[:len(o):len(o)], " /Count %d>>\n", top)
	return nil
}

func stream(entries string, data []byte) object {
	return fmt.Appendf(nil, "<<%s /Length %d>>\nstream\n%s\nendstream\n", entries, len(data), data)
}

func deflated(entries string, data []byte) (object, error) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err := z.Write(data)
	if err := errors.Join(err, z.Close()); err != nil {
		return nil, err
	}
	return stream(entries+" /Filter /FlateDecode", b.Bytes()), nil
}

// join writes a file of objects. Its id is made of what is in it.
func join(w io.Writer, objects []object, root, info int) error {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xb5\xb6\xb5\xb6\n")
	offsets := make([]int, len(objects))
	for i, o := range objects[1:] {
		offsets[i+1] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%sendobj\n", i+1, o)
	}
	id := sha256.Sum256(b.Bytes())
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects))
	for _, o := range offsets[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(objects), root, info, id[:16], id[:16], at)
	_, err := w.Write(b.Bytes())
	return err
}
