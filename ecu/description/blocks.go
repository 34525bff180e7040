package description

import "fmt"

// Sources of a block's data.
const (
	SourceManifest = "manifest"
	SourceImage    = "image"
)

func (l *list) blocks(p Programming) {
	names, sources := map[string]bool{}, map[string]bool{}
	for i, b := range p.Blocks {
		path := fmt.Sprintf("programming.blocks[%d]", i)
		l.reject(b.Name == "", path+".name", "is missing")
		l.reject(b.Name != "" && names[b.Name], path+".name", "%q is there twice", b.Name)
		l.reject(b.Source != SourceManifest && b.Source != SourceImage, path+".source", "%q is not accepted; accepted values: manifest, image", b.Source)
		l.reject(b.Address > largest(p.AddressLength), path+".address", "%#x does not fit %d bytes", b.Address, p.AddressLength)
		l.reject(b.Size > largest(p.SizeLength), path+".size", "%#x does not fit %d bytes", b.Size, p.SizeLength)
		for _, other := range p.Blocks[:i] {
			l.reject(overlap(b, other), path+".address", "it overlaps block %q", other.Name)
		}
		names[b.Name], sources[b.Source] = true, true
	}
	l.reject(!sources[SourceImage], "programming.blocks", "no block has the source image, so there is nothing to program")
}

// overlap treats a block of unknown size as one byte long.
func overlap(a, b Block) bool {
	return a.Address < b.Address+max(b.Size, 1) && b.Address < a.Address+max(a.Size, 1)
}

func largest(bytes int) uint64 {
	if bytes < 1 || bytes > 7 {
		return 1<<64 - 1
	}
	return 1<<(8*bytes) - 1
}
