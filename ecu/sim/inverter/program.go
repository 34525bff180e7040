package inverter

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"otabench/ecu/image/compress"
	"otabench/ecu/sim/flashmem"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// Status bytes of routines.
const (
	passed          byte = 0x00
	wrongChecksum   byte = 0x01
	missing         byte = 0x02
	versionsDisfit  byte = 0x03
	compressedBlock byte = 0x10 // dataFormatIdentifier
)

func ranges() server.Ranges {
	var all server.Ranges
	for _, b := range blocks() {
		all = append(all, server.Range{Region: server.Region{Address: b.address, Size: b.size}})
	}
	return all
}

// within finds the block that a region lies in.
func within(r server.Region) (block, bool) {
	for _, b := range blocks() {
		if r.Address >= b.address && r.Size <= b.size && r.Address-b.address <= b.size-r.Size {
			return b, true
		}
	}
	return block{}, false
}

func (e *ECU) routines() server.RoutineTable {
	const region = 1 + 4 + 4 // format, address and size
	return server.RoutineTable{
		0x0301: {Access: unlocked(), StartOptions: server.Exactly(region), Start: e.erase},
		0x0302: {Access: unlocked(), StartOptions: server.Exactly(region + 4), Start: e.check},
		0x0303: {Access: unlocked(), Start: e.fit},
	}
}

// erase clears the whole block that a region begins.
func (e *ECU) erase(ctx context.Context, _ server.Call, options []byte) ([]byte, error) {
	r, err := server.ParseRegion(options)
	if err != nil {
		return nil, err
	}
	b, known := within(r)
	if !known || r.Address != b.address {
		return nil, uds.RequestOutOfRange
	}
	delete(e.checked, b.address)
	if err := e.flash.Erase(ctx, int(b.address-base), int(b.size)); err != nil {
		return nil, err
	}
	return []byte{passed}, nil
}

// check makes a block good if its checksum is right.
func (e *ECU) check(ctx context.Context, _ server.Call, options []byte) ([]byte, error) {
	r, err := server.ParseRegion(options[:len(options)-4])
	if err != nil {
		return nil, err
	}
	b, known := within(r)
	if !known {
		return nil, uds.RequestOutOfRange
	}
	data, err := e.read(r.Address, r.Size)
	switch {
	case err != nil || ctx.Err() != nil:
		return nil, uds.GeneralProgrammingFailure
	case crc32.ChecksumIEEE(data) != binary.BigEndian.Uint32(options[len(options)-4:]):
		return []byte{wrongChecksum}, nil
	}
	e.checked[b.address] = true
	return []byte{passed}, nil
}

// fit says whether both blocks are of one version.
func (e *ECU) fit(context.Context, server.Call, []byte) ([]byte, error) {
	switch all := blocks(); {
	case !e.runs():
		return []byte{missing}, nil
	case e.version(all[0]) != e.version(all[1]):
		return []byte{versionsDisfit}, nil
	}
	return []byte{passed}, nil
}

// download is a transfer under way.
type download struct {
	*ECU
	region server.Region
	packed []byte
}

func (e *ECU) download(_ context.Context, _ server.Call, format byte, r server.Region) (server.Sink, error) {
	if format != compressedBlock || r.Address%page != 0 {
		return nil, uds.RequestOutOfRange
	}
	return &download{ECU: e, region: r}, nil
}

// Write implements server.Sink. Data that does not get smaller by its compression is more than there is room for.
func (d *download) Write(_ context.Context, data []byte) error {
	if uint64(len(d.packed)+len(data)) > 2*d.region.Size+page {
		return uds.TransferDataSuspended
	}
	d.packed = append(d.packed, data...)
	return nil
}

// Exit implements server.Sink: data is unpacked and programmed.
func (d *download) Exit(ctx context.Context, _ []byte) ([]byte, error) {
	lzss, err := compress.Lookup("lzss-vbf")
	if err != nil {
		return nil, err
	}
	data, err := lzss.Decompress(d.packed, int(d.region.Size))
	if err != nil || uint64(len(data)) != d.region.Size {
		return nil, uds.GeneralProgrammingFailure
	}
	err = d.flash.Program(ctx, int(d.region.Address-base), data)
	if errors.Is(err, flashmem.ErrNotErased) {
		return nil, uds.RequestSequenceError
	}
	return nil, err
}

// Abort implements server.Sink.
func (d *download) Abort() {}
