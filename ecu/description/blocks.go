package description

import (
	"fmt"
	"slices"
	"strings"
)

func (l *list) blocks(p Programming) {
	names := map[string]bool{}
	for i, b := range p.Blocks {
		path := fmt.Sprintf("programming.blocks[%d]", i)
		l.reject(b.Name == "", path+".name", "is missing")
		l.reject(b.Name != "" && names[b.Name], path+".name", "%q is there twice", b.Name)
		l.reject(b.Source == "", path+".source", "is missing; want manifest, image or the name of a file in the package")
		l.reject(b.Address > largest(p.AddressLength), path+".address", "%#x does not fit %d bytes", b.Address, p.AddressLength)
		l.reject(b.Size > largest(p.SizeLength), path+".size", "%#x does not fit %d bytes", b.Size, p.SizeLength)
		for _, other := range p.Blocks[:i] {
			l.reject(overlap(b, other), path+".address", "it overlaps block %q", other.Name)
		}
		l.block(p, b, path)
		names[b.Name] = true
	}
	l.reject(len(p.Blocks) == 0, "programming.blocks", "there is no block, so there is nothing to program")
}

// block checks what says how a block is made and sent.
func (l *list) block(p Programming, b Block, path string) {
	l.reject(b.Align < 0 || b.Align > maxAlign, path+".align", "%d is out of range; accepted: 1 to %d", b.Align, maxAlign)
	l.reject(b.Align > 1 && b.Fill == nil, path+".align", "needs fill, the byte that is put there")
	l.reject(b.Compression != "" && !slices.Contains(Compressions(), b.Compression), path+".compression",
		"%q is not accepted; accepted values: %s", b.Compression, strings.Join(Compressions(), ", "))
	changed := b.Compression != "" || len(b.Transform) > 0
	l.reject(changed && b.DataFormat == nil && p.DataFormat == 0, path+".data_format", "is missing; the ECU has to know that the data is compressed or encrypted")
	l.reject(changed && b.Resume != "", path+".resume", "what is compressed or encrypted cannot be resumed")
}

// maxAlign bounds what is put behind a piece of data, in bytes.
const maxAlign = 65536

// overlap treats a block of unknown size as one byte long.
func overlap(a, b Block) bool {
	if a.whole() || b.whole() || a.ByIndex && b.ByIndex {
		return false // the addresses are in the files
	}
	return a.Address < b.Address+max(b.Size, 1) && b.Address < a.Address+max(a.Size, 1)
}

// whole says that the block is all that its source has, where the source has it.
func (b Block) whole() bool { return b.Address == 0 && b.Size == 0 }

func largest(bytes int) uint64 {
	if bytes < 1 || bytes > 7 {
		return 1<<64 - 1
	}
	return 1<<(8*bytes) - 1
}
