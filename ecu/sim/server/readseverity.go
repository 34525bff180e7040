package server

import "otabench/ecu/uds"

// severe is a trouble code with a bit of both masks.
func (f *Faults) severe(severity, status byte) func(DTC) bool {
	return func(d DTC) bool {
		return byte(d.Severity&f.severityAvailable())&severity != 0 && f.having(status)(d)
	}
}

func (f *Faults) numberBySeverity(_ byte, p []byte) ([]byte, error) {
	return f.count(with(f.Memory, f.severe(p[0], p[1]))), nil
}

func (f *Faults) bySeverity(_ byte, p []byte) ([]byte, error) {
	return f.severities(with(f.Memory, f.severe(p[0], p[1]))), nil
}

func (f *Faults) severityOf(_ byte, p []byte) ([]byte, error) {
	d, err := find(f.Memory, p)
	if err != nil {
		return nil, err
	}
	return f.severities([]DTC{d}), nil
}

func (f *Faults) severities(dtcs []DTC) []byte {
	b := []byte{byte(f.available())}
	for _, d := range dtcs {
		b = f.appendStatus(append(b, byte(d.Severity&f.severityAvailable()), d.FunctionalUnit), d)
	}
	return b
}

// inGroup finds the trouble codes of a functional group; a group that no trouble code belongs to is out of range.
func (f *Faults) inGroup(group byte) ([]DTC, error) {
	dtcs := with(f.Memory, func(d DTC) bool {
		_, belongs := d.Groups[group]
		return belongs
	})
	if len(dtcs) == 0 {
		return nil, uds.RequestOutOfRange
	}
	return dtcs, nil
}

func (f *Faults) obdByMask(_ byte, p []byte) ([]byte, error) {
	dtcs, err := f.inGroup(p[0])
	if err != nil {
		return nil, err
	}
	b := []byte{p[0], byte(f.available()), byte(f.severityAvailable()), byte(f.Format)}
	for _, d := range dtcs {
		if f.severe(p[2], p[1])(d) {
			b = f.appendStatus(append(b, byte(d.Severity&f.severityAvailable())), d)
		}
	}
	return b, nil
}

func (f *Faults) obdPermanent(_ byte, p []byte) ([]byte, error) {
	dtcs, err := f.inGroup(p[0])
	if err != nil {
		return nil, err
	}
	b := []byte{p[0], byte(f.available()), byte(f.Format)}
	for _, d := range dtcs {
		if d.Permanent {
			b = f.appendStatus(b, d)
		}
	}
	return b, nil
}

func (f *Faults) obdReadiness(_ byte, p []byte) ([]byte, error) {
	dtcs, err := f.inGroup(p[0])
	if err != nil {
		return nil, err
	}
	b := []byte{p[0], byte(f.available()), byte(f.Format), p[1]}
	for _, d := range dtcs {
		if d.Groups[p[0]] == p[1] {
			b = f.appendStatus(b, d)
		}
	}
	return b, nil
}
