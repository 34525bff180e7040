package sim

import (
	"strconv"
	"strings"
)

// commonCommands are those of IEEE 488.2 and of SCPI's SYSTem that every instrument here knows.
func commonCommands() []command {
	return []command{
		{nodes: compile("*IDN"), query: identify},
		{nodes: compile("*CLS"), set: func(r *request) error { r.supply.clearErrors(); return r.end() }},
		{nodes: compile("*RST"), set: func(r *request) error { r.supply.reset(); return r.end() }},
		{nodes: compile("*OPC"), set: (*request).end, query: func(*request) (string, error) { return "1", nil }},
		{nodes: compile("*WAI"), set: (*request).end},
		{nodes: compile("*TST"), query: func(*request) (string, error) { return "0", nil }},
		{nodes: compile("*ESE"), set: setEventEnable, query: eventEnable},
		{nodes: compile("SYSTem:ERRor:[NEXT]"), query: func(r *request) (string, error) {
			return r.supply.formatError(r.supply.nextError()), nil
		}},
		{nodes: compile("SYSTem:VERSion"), query: func(*request) (string, error) { return "1999.0", nil }},
		{nodes: compile("SYSTem:REMote"), set: (*request).end},
		{nodes: compile("SYSTem:LOCal"), set: (*request).end},
		{nodes: compile("SYSTem:RWLock"), set: (*request).end},
	}
}

func identify(r *request) (string, error) {
	m := r.supply.model
	if m.dialect.identity != nil {
		return m.dialect.identity(r.supply), nil
	}
	return strings.Join([]string{m.maker, m.name, r.supply.opts.Serial, m.firmware}, ","), nil
}

func setEventEnable(r *request) error {
	v, err := r.number(0, 255)
	if err != nil {
		return err
	}
	r.supply.mu.Lock()
	defer r.supply.mu.Unlock()
	r.supply.enables = uint8(v)
	return nil
}

func eventEnable(r *request) (string, error) {
	r.supply.mu.Lock()
	defer r.supply.mu.Unlock()
	return strconv.Itoa(int(r.supply.enables)), nil
}
