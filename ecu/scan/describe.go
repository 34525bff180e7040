package scan

import (
	"fmt"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// Describe makes a first description of what was found, on top of what is known already, such as addresses. What a scan
// cannot find out stands in the notes.
func (r *Report) Describe(known description.ECU) (d description.ECU, notes []string) {
	d, notes = known, append([]string(nil), r.Notes...)
	d.Identifiers, d.Routines, d.DTCs = map[string]description.DID{}, map[string]description.Routine{}, map[string]description.DTC{}
	d.Sessions.Others = map[string]uint8{}
	for _, s := range r.Sessions {
		r.describeSession(&d, s)
	}
	for _, name := range []string{description.Preconditions, description.Erase, description.Verify, description.Dependencies} {
		if _, found := d.Routines[name]; !found {
			d.Routines[name] = description.Routine{} // the ECU showed no such routine
		}
	}
	for _, c := range r.DTCs {
		d.DTCs[fmt.Sprintf("dtc_%06x", c.Code)] = description.DTC{Code: c.Code}
	}
	if s := r.session(defaultSession); s != nil && s.P2 > 0 {
		d.Timing.P2, d.Timing.P2Star = s.P2, max(s.P2Star, s.P2)
	}
	if d.Timing.P2Star > time.Hour {
		d.Timing.P2Star = time.Hour
	}
	return d, append(notes, r.missing(&d)...)
}

func (r *Report) describeSession(d *description.ECU, s Session) {
	switch s.Number {
	case defaultSession, programmingSession, extendedSession:
	default:
		d.Sessions.Others[fmt.Sprintf("session_%02x", s.Number)] = s.Number
	}
	for _, one := range s.DIDs {
		describeIdentifier(d, one)
	}
	names := map[uint16]string{}
	for name, standard := range description.StandardRoutines() {
		names[standard.ID] = name
	}
	for _, one := range s.Routines {
		name, known := names[one.ID]
		if !known {
			name = fmt.Sprintf("routine_%04x", one.ID)
		}
		d.Routines[name] = description.Routine{ID: one.ID}
	}
	for _, one := range s.Levels {
		if d.Security.Level == 0 {
			d.Security = description.Security{Level: one.Level, Algorithm: description.AlgorithmNone}
		}
	}
}

// describeIdentifier guesses how an identifier reads: text if it is, and bytes otherwise. Data wins over a refusal in
// another session.
func describeIdentifier(d *description.ECU, one Identifier) {
	name := fmt.Sprintf("did_%04x", one.ID)
	for standard, did := range description.Standard() {
		if did.ID == one.ID {
			name = standard
		}
	}
	if _, there := d.Identifiers[name]; there && one.Data == nil {
		return
	}
	codec := description.Codec{Format: description.Hex}
	if isText(one.Data) {
		codec.Format = description.ASCII
	}
	if n := len(one.Data); n > 0 && n <= 4092 {
		codec.Length = n
	}
	d.Identifiers[name] = description.DID{ID: one.ID, Codec: codec}
}

// isText says that bytes are at least three printable characters, with padding behind them.
func isText(data []byte) bool {
	n := len(data)
	for n > 0 && (data[n-1] == 0 || data[n-1] == 0xFF || data[n-1] == ' ') {
		n--
	}
	for _, b := range data[:n] {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return n >= 3
}

// missing says what a description needs that a scan cannot find.
func (r *Report) missing(d *description.ECU) []string {
	var all []string
	for _, s := range r.Sessions {
		if s.Refused != 0 {
			all = append(all, fmt.Sprintf("session %02X is there and could not be entered: %v", s.Number, s.Refused))
		}
		for _, l := range s.Levels {
			all = append(all, fmt.Sprintf("session %02X: security level %02X has a seed of %d bytes; its algorithm is not known, so security.algorithm says none", s.Number, l.Level, l.Seed))
		}
	}
	if s := r.session(extendedSession); s == nil || !s.has(uds.SIDRoutineControl) {
		all = append(all, "no session that was entered has routines")
	}
	if !d.Programmable() {
		all = append(all, "how the ECU is programmed is not known; add a programming section to install software")
	}
	return all
}
