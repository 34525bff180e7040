package described

import (
	"context"
	"fmt"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
)

// partition is where a block of the description has its data. Blocks whose place only their files know share one.
type partition struct {
	area
	brought area // where its software is; what lies around that is left over from before
	old     bool // that is all from before the update under way

	valid bool   // it was checked, and may run
	fresh bool   // an update has brought all of it
	kept  uint64 // bytes that an update has left behind
	end   uint64 // address behind them
}

// software is what an ECU runs: its partitions by name.
type software map[string]*partition

// clone is what an update begins with in another slot: everything there is old, and optional blocks stay good.
func (s software) clone(p description.Programming) software {
	c := software{}
	for name, one := range s {
		c[name] = &partition{area: one.clone(), old: true}
	}
	for _, b := range p.Blocks {
		if name := partitionOf(p, b); b.Optional && c[name] != nil {
			c[name].valid, c[name].brought = s[name].valid, s[name].brought.clone()
		}
	}
	return c
}

// complete says that nothing is missing and everything was checked.
func (s software) complete() bool {
	for _, p := range s {
		if !p.valid {
			return false
		}
	}
	return true
}

// present says that nothing is missing.
func (s software) present() bool {
	for _, p := range s {
		if !p.valid && !p.fresh {
			return false
		}
	}
	return true
}

// settle forgets the update that brought the software.
func (s software) settle() {
	for _, p := range s {
		p.old, p.fresh, p.kept, p.end = true, false, 0, 0
	}
}

// begin is what an erasure or a transfer of an update does first.
func (p *partition) begin(from uint64) {
	if p.old {
		p.brought, p.old = nil, false
	}
	p.valid, p.fresh = false, false
	if from != p.end {
		p.kept, p.end = 0, from
	}
}

// software is the data of a partition without what is left over around it.
func (p *partition) software() (data []byte, plain bool) { return p.within(p.brought).bytes() }

// open says that only its file knows where a block goes.
func open(b description.Block) bool { return !b.ByIndex && b.Address == 0 && b.Size == 0 }

// partitionOf is the name of a block's partition.
func partitionOf(p description.Programming, b description.Block) string {
	if open(b) {
		for _, first := range p.Blocks {
			if open(first) && first.Keep == b.Keep {
				return first.Name
			}
		}
	}
	return b.Name
}

// delivered is the software that an ECU leaves the factory with. Without a package nobody knows what it is.
func delivered(ctx context.Context, d description.ECU, pkg *firmware.Package) (software, error) {
	all := software{}
	for _, b := range d.Programming.Blocks {
		if b.Keep {
			continue
		}
		name := partitionOf(d.Programming, b)
		if all[name] == nil {
			all[name] = &partition{valid: true, old: true}
		}
		if pkg == nil {
			all[name].put(unknown(b))
		}
	}
	if pkg == nil {
		return all, nil
	}
	segments, err := flash.Segments(ctx, d, pkg)
	if err != nil {
		return nil, fmt.Errorf("factory software: %w", err)
	}
	for _, s := range segments {
		b, _ := blockNamed(d.Programming, s.Name)
		if b.Keep {
			continue
		}
		one := all[partitionOf(d.Programming, b)]
		for _, p := range s.Pieces {
			one.put(piece{from: p.Address, to: p.Address + uint64(len(p.Data)), data: p.Data})
			one.brought.put(piece{from: p.Address, to: p.Address + uint64(len(p.Data))})
		}
	}
	return all, nil
}

// unknown is what fills a block of which nobody knows the contents.
func unknown(b description.Block) piece {
	from := b.Address
	if b.ByIndex {
		from = uint64(b.Index)
	}
	if b.Size == 0 {
		return piece{from: from, to: everywhere}
	}
	return piece{from: from, to: from + b.Size}
}

func blockNamed(p description.Programming, name string) (description.Block, bool) {
	for _, b := range p.Blocks {
		if b.Name == name {
			return b, true
		}
	}
	return description.Block{}, false
}
