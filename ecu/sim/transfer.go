package sim

import (
	"context"
	"errors"

	"otabench/ecu/sim/flashmem"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// transfer is a download under way.
type transfer struct {
	*diagnostics
	next    int    // where the page that is being filled goes
	partial []byte // of that page; flash takes whole pages
}

// writableRange finds the flash behind a tester's range, and refuses what must not be written: the slot that runs and
// the one to fall back to are protected with the given code.
func (d *diagnostics) writableRange(r server.Region, protected uds.NRC) (t target, size int, err error) {
	m, err := d.life.metadata.read()
	if err != nil {
		return target{}, 0, uds.GeneralProgrammingFailure
	}
	t = d.cfg.Flash.resolve(r.Address, d.inactive(m))
	if !t.known || r.Size == 0 || r.Size > uint64(t.room) {
		return target{}, 0, uds.RequestOutOfRange
	}
	if d.isProtected(t.slot, m) {
		return target{}, 0, protected
	}
	return t, int(r.Size), nil
}

// isProtected says whether a slot must not be written. The confirmed slot is what a trial falls back to.
func (d *diagnostics) isProtected(target slot, m metadata) bool {
	return target == m.Confirmed && !d.cfg.has(FallbackNotProtected) || d.life.choice.runs && target == d.life.choice.slot
}

// erase erases sectors. Its options are a range that begins with a sector.
func (d *diagnostics) erase(ctx context.Context, _ server.Call, options []byte) ([]byte, error) {
	r, err := server.ParseRegion(options)
	if err != nil {
		return nil, err
	}
	t, size, err := d.writableRange(r, uds.ConditionsNotCorrect)
	if err != nil {
		return nil, err
	}
	if d.transferring {
		return nil, uds.RequestSequenceError
	}
	if c := d.gates.voltage(); c != 0 && !d.cfg.has(EraseAtAnyVoltage) {
		return nil, refusal(c)
	}
	if err := d.cancelActivation(ctx); err != nil {
		return nil, err
	}
	if err := d.eraseTooMuch(ctx); err != nil {
		return nil, d.flashFailed(ctx, err)
	}
	if err := d.eraseSectors(ctx, t.addr, size); err != nil {
		return nil, d.flashFailed(ctx, err)
	}
	return success()
}

// eraseTooMuch is a fault of some ECUs.
func (d *diagnostics) eraseTooMuch(ctx context.Context) error {
	f := d.cfg.Flash
	m, err := d.life.metadata.read()
	switch {
	case err != nil:
		return err
	case d.cfg.has(ErasesRunningSoftware):
		return d.life.flash.Erase(ctx, f.slotAddr(m.Confirmed), f.HeaderSize)
	case d.cfg.has(EraseTakesNVM):
		return d.life.flash.Erase(ctx, f.dataAddr(2), 2*f.DataSector)
	}
	return nil
}

// eraseSectors erases what it is asked to. Some ECUs leave sectors out that begin with an erased page.
func (d *diagnostics) eraseSectors(ctx context.Context, addr, size int) error {
	if !d.cfg.has(BlankCheckOfFirstPage) {
		return d.life.flash.Erase(ctx, addr, size)
	}
	for sector := addr; sector < addr+size; sector += d.cfg.Flash.SectorSize {
		if d.life.flash.Erased(sector, d.life.flash.Page()) {
			continue
		}
		if err := d.life.flash.Erase(ctx, sector, 1); err != nil {
			return err
		}
	}
	return nil
}

// cancelActivation takes back an activation, before what was activated is erased.
func (d *diagnostics) cancelActivation(ctx context.Context) error {
	m, err := d.life.metadata.read()
	if err != nil {
		return uds.GeneralProgrammingFailure
	}
	if m.State != statePending {
		return nil
	}
	_, err = d.commit(ctx, m.cancelled())
	return err
}

// flashFailed is the code for an error of the flash controller.
func (d *diagnostics) flashFailed(ctx context.Context, err error) uds.NRC {
	d.life.log("app: %v", err)
	switch {
	case errors.Is(err, flashmem.ErrBounds):
		return uds.RequestOutOfRange
	case errors.Is(err, flashmem.ErrUnderVolt):
		d.note(ctx, dtcVoltageLow)
	}
	return uds.GeneralProgrammingFailure
}

// download begins a transfer into erased flash, without compression and encryption.
func (d *diagnostics) download(_ context.Context, _ server.Call, format byte, r server.Region) (server.Sink, error) {
	t, size, err := d.writableRange(r, uds.UploadDownloadNotAccepted)
	switch {
	case err != nil:
		return nil, err
	case format != 0, t.addr%d.life.flash.Page() != 0:
		return nil, uds.RequestOutOfRange
	}
	if c := d.gates.voltage(); c != 0 && !d.cfg.has(TransferAtAnyVoltage) {
		return nil, refusal(c)
	}
	if !d.life.flash.Erased(t.addr, size) {
		return nil, uds.UploadDownloadNotAccepted
	}
	d.transferring = true
	return &transfer{diagnostics: d, next: t.addr}, nil
}

// Write implements server.Sink: it programs the pages that are full now, while the supply voltage allows that.
func (t *transfer) Write(ctx context.Context, data []byte) error {
	if c := t.gates.voltage(); c != 0 && !t.cfg.has(TransferAtAnyVoltage) {
		t.note(ctx, dtcFor(c))
		return refusal(c)
	}
	flash := t.life.flash
	t.partial = append(t.partial, data...)
	full := len(t.partial) / flash.Page() * flash.Page()
	if err := flash.Program(ctx, t.next, t.partial[:full]); err != nil {
		return t.flashFailed(ctx, err)
	}
	t.next += full
	t.partial = append([]byte(nil), t.partial[full:]...)
	return nil
}

// Exit implements server.Sink: it programs the last page.
func (t *transfer) Exit(ctx context.Context, _ []byte) ([]byte, error) {
	t.transferring = false
	if err := t.life.flash.Program(ctx, t.next, t.partial); err != nil {
		return nil, t.flashFailed(ctx, err)
	}
	return nil, nil
}

// Abort implements server.Sink.
func (t *transfer) Abort() { t.transferring = false }
