package described

import (
	"context"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/image"
	"otabench/ecu/image/compress"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// download is a transfer under way.
type download struct {
	memory    *memory
	block     description.Block
	partition *partition
	region    server.Region
	at        uint64 // address of the next byte, of data that is stored as it is
	coded     bool   // what the data becomes in memory is not known
	packed    []byte // data that is unpacked at the end
}

// download begins a transfer into memory that was erased, in the format that the description says.
func (m *memory) download(_ context.Context, _ server.Call, format byte, r server.Region) (server.Sink, error) {
	b, known := m.destination(r.Address)
	d := &download{memory: m, block: b, region: r, at: r.Address}
	switch {
	case !known || r.Size > image.MaxSize || !fits(b, r):
		return nil, uds.RequestOutOfRange
	case m.onTrial() && !b.Keep:
		return nil, uds.ConditionsNotCorrect
	case b.DataFormat != nil && format != *b.DataFormat:
		return nil, uds.RequestOutOfRange
	}
	byFile := b.DataFormat == nil && format != m.desc.Programming.DataFormat // which says how it is coded
	d.coded = len(b.Transform) > 0 || byFile
	d.partition = m.partition(b)
	if b.Keep {
		d.partition.cut(r.Address, d.end())
	}
	if d.partition.overlaps(r.Address, d.end()) {
		return nil, uds.UploadDownloadNotAccepted
	}
	d.begin()
	return d, nil
}

// fits says that a region ends within a block, where the description says how long that is.
func fits(b description.Block, r server.Region) bool {
	from := b.Address
	if b.ByIndex {
		from = uint64(b.Index)
	}
	return b.Size == 0 || r.Address-from+r.Size <= b.Size
}

func (d *download) begin() {
	m, p := d.memory, d.partition
	m.activated, m.last = false, partitionOf(m.desc.Programming, d.block)
	p.begin(d.region.Address)
	p.brought.put(piece{from: d.region.Address, to: d.end()})
	m.brought.put(piece{from: d.region.Address, to: d.end()})
	if !d.direct() {
		p.put(piece{from: d.region.Address, to: d.end()}) // nobody knows until the end
	}
}

func (d *download) end() uint64 { return d.region.Address + d.region.Size }

// direct says that data is stored as it arrives.
func (d *download) direct() bool { return d.block.Compression == "" && !d.coded }

// Write implements server.Sink. Data that is stored as it arrives is in place when it is acknowledged, so that an update
// can be resumed behind it; where the power goes, what was stored by then is there.
func (d *download) Write(ctx context.Context, data []byte) error {
	if len(d.packed)+len(data) > image.MaxSize {
		return uds.TransferDataSuspended
	}
	began := time.Now()
	err := wait(ctx, time.Duration(len(data))*d.memory.store)
	switch {
	case !d.direct():
		d.packed = append(d.packed, data...)
	case err == nil:
		d.store(data)
		d.partition.kept += uint64(len(data))
		d.partition.end = d.at
	case d.memory.store > 0:
		d.store(data[:min(int(time.Since(began)/d.memory.store), len(data))])
	}
	if err != nil {
		return uds.GeneralProgrammingFailure
	}
	return nil
}

func (d *download) store(data []byte) {
	if len(data) == 0 {
		return
	}
	d.partition.put(piece{from: d.at, to: d.at + uint64(len(data)), data: data})
	d.at += uint64(len(data))
}

// Exit implements server.Sink: what arrived has to be as long as was said.
func (d *download) Exit(ctx context.Context, _ []byte) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, uds.GeneralProgrammingFailure
	}
	if err := d.unpack(); err != nil {
		return nil, err
	}
	d.partition.fresh = true
	if !d.block.Keep && d.memory.unchecked(d.block) {
		d.memory.accepted(subject{block: d.block, one: true})
	}
	return nil, nil
}

// unpack stores what was not stored as it arrived.
func (d *download) unpack() error {
	if d.direct() {
		if d.at != d.end() {
			return uds.GeneralProgrammingFailure
		}
		return nil
	}
	p := piece{from: d.region.Address, to: d.end(), data: d.packed, coded: d.coded}
	if d.block.Compression != "" && !d.coded {
		method, err := compress.Lookup(d.block.Compression)
		if err != nil {
			return err
		}
		if p.data, err = method.Decompress(d.packed, int(d.region.Size)); err != nil || uint64(len(p.data)) != d.region.Size {
			return uds.GeneralProgrammingFailure
		}
	}
	d.partition.put(p)
	return nil
}

// Abort implements server.Sink.
func (d *download) Abort() {}
