package flash

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// job is one update: a package as the description wants it.
type job struct {
	pkg      *firmware.Package
	segments []Segment
	date     time.Time
}

// segment finds a block; nil if the package has nothing for it.
func (j *job) segment(name string) *Segment {
	for i := range j.segments {
		if j.segments[i].Name == name {
			return &j.segments[i]
		}
	}
	return nil
}

// values are what the fields of a template stand for, in the place of one block or of none.
type values struct {
	desc     description.ECU
	checksum Checksum
	job      *job
	segment  *Segment    // nil where the record is about no block
	region   *uds.Memory // that is erased; nil for the block's own
}

// Number implements [description.Values].
func (v values) Number(field string) (value uint64, width int, err error) {
	p := v.desc.Programming
	switch field {
	case description.FieldDate:
		date, err := strconv.ParseUint(v.job.date.Format("20060102"), 16, 64)
		return date, 0, err
	case description.FieldCount:
		return uint64(len(v.job.segments)), 0, nil
	}
	if v.segment == nil {
		return 0, 0, fmt.Errorf("%w: it belongs to a block", description.ErrNoValue)
	}
	region := v.memory()
	switch field {
	case description.FieldAddress:
		return region.Address, p.AddressLength, nil
	case description.FieldSize:
		return uint64(v.segment.Size()), p.SizeLength, nil
	case description.FieldEraseSize:
		return region.Size, p.SizeLength, nil
	case description.FieldIndex:
		return uint64(v.segment.block.Index), 0, nil
	case description.FieldEntry:
		if entry := v.segment.source.Entry; entry != nil {
			return *entry, p.AddressLength, nil
		}
	}
	return 0, 0, fmt.Errorf("%w: block %s has none", description.ErrNoValue, v.segment.Name)
}

// memory is the region that is erased, or the block's.
func (v values) memory() uds.Memory {
	if v.region != nil {
		return *v.region
	}
	return memory(v.desc.Programming, v.segment.Address, uint64(v.segment.Size()))
}

// Bytes implements [description.Values].
func (v values) Bytes(field string) ([]byte, error) {
	switch field {
	case description.FieldVersion:
		return []byte(v.job.pkg.Manifest.Version), nil
	case description.FieldSignature:
		return v.signature()
	case description.FieldMemory, description.FieldFormat:
		return v.addressAndSize(field)
	}
	return v.checksum(field, v.data())
}

func (v values) addressAndSize(field string) ([]byte, error) {
	if v.segment == nil {
		return nil, fmt.Errorf("%w: it belongs to a block", description.ErrNoValue)
	}
	encoded, err := v.memory().Encode()
	if err != nil {
		return nil, err
	}
	if field == description.FieldFormat {
		return encoded[:1], nil
	}
	return encoded, nil
}

// signature is that of the block's file, or of the package.
func (v values) signature() ([]byte, error) {
	signature := v.job.pkg.Signature
	if v.segment != nil {
		if own := fileSignature(v.segment.source); len(own) > 0 {
			signature = own
		}
	}
	if len(signature) == 0 {
		return nil, fmt.Errorf("%w: neither the file nor the package has a signature", description.ErrNoValue)
	}
	return signature, nil
}

// data is what checksums are about: the block, or all blocks in their order.
func (v values) data() []byte {
	if v.segment != nil {
		return v.segment.Data()
	}
	var all []byte
	for _, s := range v.job.segments {
		all = append(all, s.Data()...)
	}
	return all
}

// record expands a template; nothing makes nothing.
func (p *Programmer) record(text string, s *Segment, region *uds.Memory) ([]byte, error) {
	t, err := description.ParseTemplate(text)
	if err != nil {
		return nil, err
	}
	return t.Expand(values{desc: p.desc, checksum: p.access.Checksum, job: p.job, segment: s, region: region})
}

// prepare makes a package into a job.
func prepare(ctx context.Context, d description.ECU, pkg *firmware.Package) (*job, error) {
	segments, err := Segments(ctx, d, pkg)
	if err != nil {
		return nil, err
	}
	return &job{pkg: pkg, segments: segments, date: time.Now()}, nil
}
