package odx

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"otabench/ecu/description"
)

// communication takes over addresses, transport and times of one protocol.
func (d *describer) communication(name string) error {
	all, err := d.protocol(name)
	if err != nil {
		return err
	}
	d.address(all)
	d.transport(all)
	d.times(all)
	for _, name := range []string{"CP_Baudrate", "CP_CANFDBaudrate"} {
		if n, ok := d.numberOf(all, name); ok && n > 0 {
			d.add(fmt.Sprintf("%s: the bus has %d bit/s, which belongs in the bench file", name, n))
		}
	}
	if p, there := all["CP_SessionTimingOverride"]; there && !p.fallback {
		d.note(p.at, "CP_SessionTimingOverride: times of single sessions are left out; an ECU tells them when it enters one")
	}
	return nil
}

// protocol finds the parameters of the protocol that is wanted, or of the first over CAN. Variants may do without.
func (d *describer) protocol(name string) (parameters, error) {
	var all []*layer
	var names []string
	for _, l := range d.layer.ancestors() {
		if l.kind == protocol {
			all, names = append(all, l), append(names, l.name)
		}
	}
	if name != "" {
		i := slices.Index(names, name)
		if i < 0 && len(names) == 0 {
			return nil, d.db.choose("%s has no protocols to choose from", d.layer.name)
		}
		if i < 0 {
			return nil, d.db.choose("%s has no protocol %q; there are %s", d.layer.name, clean(name), strings.Join(names, ", "))
		}
		return d.parametersOf(all[i]), nil
	}
	found := d.parametersOf(nil)
	for _, l := range all {
		if p := d.parametersOf(l); p.hasCAN() {
			found = p
			if len(all) > 1 {
				d.add(fmt.Sprintf("protocol %s was taken from %s", l.name, strings.Join(names, ", ")))
			}
			break
		}
	}
	if !found.hasCAN() && len(all) > 0 {
		d.add(fmt.Sprintf("protocols %s have no addresses on CAN", strings.Join(names, ", ")))
	}
	return found, nil
}

// transport takes over the parameters of ISO 15765-2.
func (d *describer) transport(all parameters) {
	t := &d.ecu.Transport
	if handling := strings.ToLower(all.text("CP_CanFillerByteHandling")); !strings.Contains(handling, "disabled") {
		if n, ok := d.numberOf(all, "CP_CanFillerByte"); ok && n >= 0 && n <= 0xFF {
			padding := uint8(n)
			t.Padding = &padding
		}
	}
	if n, ok := d.numberOf(all, "CP_BlockSize"); ok && n >= 0 && n <= 0xFF {
		t.BlockSize = uint8(n)
	}
	t.STmin = d.duration(all, "CP_StMin", 127*time.Millisecond)
	t.NAs = d.duration(all, "CP_As", time.Hour)
	t.NBs = d.duration(all, "CP_Bs", time.Hour)
	t.NCr = d.duration(all, "CP_Cr", time.Hour)
	if n, ok := d.numberOf(all, "CP_CanMaxNumWaitFrames"); ok && n >= 0 && n < 10_000 {
		t.MaxWait = int(n)
	}
	switch n, ok := d.numberOf(all, "CP_CANFDTxMaxDataLength"); {
	case ok && slices.Contains([]int64{12, 16, 20, 24, 32, 48, 64}, n):
		t.FD, t.TxDL = true, int(n)
	case ok && n != 8:
		d.note(all["CP_CANFDTxMaxDataLength"].at, "CP_CANFDTxMaxDataLength: %d is no length of a frame", n)
	}
}

// times takes over the times of ISO 14229-2.
func (d *describer) times(all parameters) {
	t := &d.ecu.Timing
	t.P2 = d.duration(all, "CP_P2Max", time.Hour)
	t.P2Star = d.duration(all, "CP_P2Star", time.Hour)
	// Newer subsets call the times that a tester waits P6.
	if t.P2 == 0 {
		t.P2 = d.duration(all, "CP_P6Max", time.Hour)
	}
	if t.P2Star == 0 {
		t.P2Star = d.duration(all, "CP_P6Star", time.Hour)
	}
	t.S3Client = d.duration(all, "CP_TesterPresentTime", time.Hour)
	t.MaxPendingTime = d.duration(all, "CP_RC78CompletionTimeout", time.Hour)
	if standard := (description.ECU{}).WithDefaults().Timing; t.P2 > 0 && t.P2Star == 0 && t.P2 > standard.P2Star {
		t.P2Star = t.P2
	}
}

// duration is a time, which parameters give in microseconds; 0 for none, and for one that is out of range.
func (d *describer) duration(all parameters, name string, most time.Duration) time.Duration {
	n, ok := d.numberOf(all, name)
	if !ok {
		return 0
	}
	if n < 0 || n > most.Microseconds() {
		d.note(all[name].at, "%s: %d µs is not from 0 to %v", name, n, most)
		return 0
	}
	return time.Duration(n) * time.Microsecond
}
