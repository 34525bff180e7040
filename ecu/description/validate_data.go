package description

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// maxData is the longest value of a data identifier, in bytes, with 12-bit message lengths.
const maxData = 4092

func (l *list) identifiers(e ECU) {
	all := e.Identifiers
	for _, name := range slices.Sorted(maps.Keys(all)) {
		d, path := all[name], "identifiers."+name
		named(l, d.Region, e.Memory, path+".region", "region of memory")
		l.reject(d.ID == 0, path+".id", "is missing")
		l.codec(d.Codec, path)
		l.fields(d.Fields, path+".fields")
	}
}

func (l *list) codec(c Codec, path string) {
	l.reject(c.Format != "" && !slices.Contains(CodecFormats(), c.Format), path+".format", "%q is not accepted; accepted values: %s", c.Format, strings.Join(CodecFormats(), ", "))
	l.reject(c.Length < 0 || c.Length > maxData, path+".length", "%d is out of range; accepted: 1 to %d", c.Length, maxData)
	number := c.Format == Uint || c.Format == Int
	l.reject((number || c.Format == Float) && c.Length > maxNumber, path+".length", "%d is too long for a number; accepted: 1 to %d", c.Length, maxNumber)
	l.reject(c.Format == Float && c.Length != 0 && c.Length != 4 && c.Length != 8, path+".length", "%d is not accepted; a float has 4 or 8 bytes", c.Length)
	scaled := c.Scale != 0 || c.Offset != 0
	l.reject(scaled && !number && c.Format != Float, path+".scale", "is for the formats uint, int and float")
	l.reject(!finite(c.Scale) || !finite(c.Offset), path+".scale", "is not a finite number")
	l.reject(len(c.Values) > 0 && !number, path+".values", "are for the formats uint and int")
}

func finite(v float64) bool { return !math.IsInf(v, 0) && !math.IsNaN(v) }

func (l *list) fields(all []Field, path string) {
	names := map[string]bool{}
	for i, f := range all {
		at := fmt.Sprintf("%s[%d]", path, i)
		l.reject(f.Name == "" || strings.ContainsAny(f.Name, "=,"), at+".name", "want a name without = and comma")
		l.reject(names[f.Name], at+".name", "%q is there twice", f.Name)
		l.reject(f.Byte < 0 || f.Byte >= maxData, at+".byte", "%d is out of range; accepted: 0 to %d", f.Byte, maxData-1)
		l.reject(f.Bit < 0 || f.Bit > 7, at+".bit", "%d is out of range; accepted: 0 to 7", f.Bit)
		l.reject(f.Bits < 0 || f.Bits > 64, at+".bits", "%d is out of range; accepted: 1 to 64", f.Bits)
		l.reject(f.Bits > 0 && f.Format != Uint && f.Format != Int, at+".format", "%q has no bits; accepted with bits: uint, int", f.Format)
		l.reject(f.Bits == 0 && f.Bit != 0, at+".bits", "is missing; without it the field has whole bytes and no bit")
		l.codec(f.Codec, at)
		names[f.Name] = true
	}
}

func (l *list) routines(all map[string]Routine) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		r, path := all[name], "routines."+name
		l.template(r.Options, path+".options")
		for i, b := range r.Pass {
			l.bytes(b, b == anyStatus, fmt.Sprintf("%s.pass[%d]", path, i))
		}
		for i, b := range r.Running {
			l.bytes(b, false, fmt.Sprintf("%s.running[%d]", path, i))
		}
		for _, b := range slices.Sorted(maps.Keys(r.Values)) {
			l.bytes(b, false, path+".values")
		}
		l.reject(r.Poll < 0 || r.Limit < 0, path+".poll", "is below 0s")
		l.fields(r.Status, path+".status")
	}
}

// bytes checks the beginning of a record.
func (l *list) bytes(b Bytes, known bool, path string) {
	data, err := b.decode()
	l.reject(!known && (err != nil || len(data) == 0), path, "%q is not an even number of hexadecimal digits", b)
}

func (l *list) template(text, path string) {
	_, err := ParseTemplate(text)
	l.reject(err != nil, path, "%v", err)
}

func (l *list) memory(e ECU) {
	for _, name := range slices.Sorted(maps.Keys(e.DTCs)) {
		code := e.DTCs[name].Code
		l.reject(code == 0 || code > 0xFFFFFF, "dtcs."+name+".code", "%#x is out of range; accepted: 0x000001 to 0xffffff", code)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Memory)) {
		r, path := e.Memory[name], "memory."+name
		l.reject(r.Size == 0, path+".size", "is missing")
		width := cmp.Or(e.Programming.AddressLength, 4)
		l.reject(r.Address+r.Size < r.Address || r.Address+r.Size-1 > largest(width), path+".address", "%#x and its size do not fit %d bytes", r.Address, width)
	}
}
