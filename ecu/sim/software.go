package sim

import (
	"context"
	"time"

	"otabench/ecu/firmware"
	"otabench/ecu/sim/flashmem"
)

// software reads the slots.
type software struct {
	cfg   Config
	flash *flashmem.Memory
}

// header reads the package header of a slot; the package has no image.
func (w software) header(s slot) (*firmware.Package, error) {
	raw, err := w.flash.Read(w.cfg.Flash.slotAddr(s), w.cfg.Flash.HeaderSize)
	if err != nil {
		return nil, err
	}
	p, _, err := firmware.ParseHeader(raw)
	return p, err
}

// image reads size bytes of the image of a slot, or as much as there is room for.
func (w software) image(s slot, size int) ([]byte, error) {
	return w.flash.Read(w.cfg.Flash.imageAddr(s), min(size, w.cfg.Flash.imageRoom()))
}

// application reads what the image of a slot is.
func (w software) application(s slot) (Application, error) {
	raw, err := w.image(s, descriptorPreamble+maxDescriptor)
	if err != nil {
		return Application{}, err
	}
	return parseApplication(raw)
}

// rxswin reads the RXSWIN that the software of a slot was signed with.
func (w software) rxswin(s slot) string {
	p, err := w.header(s)
	if err != nil {
		return ""
	}
	return p.Manifest.RXSWIN
}

// pass is the time that checking n bytes takes. It fails when ctx ends.
func (w software) pass(ctx context.Context, n int) error {
	return wait(ctx, w.cfg.takes(time.Duration(float64(n)/float64(w.cfg.Flash.HashRate)*float64(time.Second))))
}

// wait lets d pass. It fails with the context's cause when ctx ends before.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return context.Cause(ctx)
}
