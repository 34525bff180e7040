package odx

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"otabench/ecu/description"
)

// Choice says what is described. What is left out is chosen: the only variant, and the first protocol over CAN.
type Choice struct {
	Variant  string // SHORT-NAME of a BASE-VARIANT or ECU-VARIANT
	Protocol string // SHORT-NAME of a PROTOCOL that the variant inherits from
}

// Describe makes the description of a variant. What a description cannot say, and what is not known, stands in the
// notes, each one line. The description is valid except that its address may be missing, which a note says. Errors are
// an *Error or a *ChoiceError.
func (d *Database) Describe(c Choice) (e description.ECU, notes []string, err error) {
	l, err := d.variant(c.Variant)
	if err != nil {
		return e, nil, err
	}
	w := newDescriber(d, l)
	w.note(l.at, "made from %s %s", kinds[l.kind].name, l.label())
	if err := w.communication(c.Protocol); err != nil {
		return e, nil, err
	}
	for _, m := range w.messages() {
		w.take(m)
	}
	w.troubleCodes()
	w.finish()
	return w.ecu, w.allNotes(), nil
}

func (l *layer) label() string {
	if long := l.at.label(); long != l.name {
		return fmt.Sprintf("%s (%s)", l.name, long)
	}
	return l.name
}

// describer makes one description.
type describer struct {
	db     *Database
	layer  *layer
	types  objects // simple data objects, structures and so on
	tables objects
	shapes map[*element]shape

	ecu   description.ECU
	names map[string]map[string]bool // taken names, by kind
	dids  map[uint16]string          // names that identifiers got
	steps int

	notes  []string
	noted  map[string]bool
	groups map[string][]string
}

func newDescriber(d *Database, l *layer) *describer {
	w := &describer{
		db: d, layer: l, shapes: map[*element]shape{}, steps: d.steps,
		names: map[string]map[string]bool{}, dids: map[uint16]string{},
		noted: map[string]bool{}, groups: map[string][]string{},
	}
	w.ecu.Identifiers, w.ecu.DTCs = map[string]description.DID{}, map[string]description.DTC{}
	w.ecu.Routines, w.ecu.Unlocks = map[string]description.Routine{}, map[string]description.Security{}
	w.ecu.Sessions.Others = map[string]uint8{}
	w.types = d.inherited(l, dataTypes, w.lost)
	w.tables = d.inherited(l, tables, w.lost)
	return w
}

// step counts what is looked at. Structures that hold structures could keep a reader busy for ever.
func (d *describer) step() bool {
	if d.steps--; d.steps < 0 {
		d.note(d.layer.at, "what %s has is more than can be described; the rest is left out", d.layer.name)
		return false
	}
	return true
}

// maxNotes bounds what is said of a file.
const maxNotes = 10_000

// note says what a description could not take over, and where it stands.
func (d *describer) note(at *element, format string, args ...any) {
	d.add(fmt.Sprintf(format, args...) + " (" + at.place() + ")")
}

func (d *describer) add(text string) {
	if d.noted[text] || len(d.noted) >= maxNotes {
		return
	}
	d.noted[text] = true
	d.notes = append(d.notes, text)
}

// lost notes a reference that leads nowhere, which says itself where it stands.
func (d *describer) lost(err error) { d.add(err.Error()) }

// follow follows a reference; nil if it leads nowhere, which is noted.
func (d *describer) follow(ref *element) *element {
	at, err := d.db.refer(ref)
	if err != nil {
		d.lost(err)
		return nil
	}
	return at
}

// group collects small things of one kind for one note.
func (d *describer) group(topic, item string) {
	if all := d.groups[topic]; len(all) < maxNotes && !slices.Contains(all, item) {
		d.groups[topic] = append(all, item)
	}
}

func (d *describer) allNotes() []string {
	all := slices.Clone(d.notes)
	for _, topic := range slices.Sorted(maps.Keys(d.groups)) {
		all = append(all, topic+": "+strings.Join(slices.Sorted(slices.Values(d.groups[topic])), ", "))
	}
	return all
}

// services are the services of the variant by name.
func (d *describer) services() []*element {
	var all []*element
	comms := d.db.inherited(d.layer, diagComms, d.lost)
	for _, name := range slices.Sorted(maps.Keys(comms)) {
		if c := comms[name]; c.name == "DIAG-SERVICE" {
			all = append(all, c)
		} else {
			d.group("jobs are programs of the maker's tester and are left out", clean(name))
		}
	}
	return all
}

// finish says what is still missing, and leaves out what a description must not have.
func (d *describer) finish() {
	for name := range description.StandardRoutines() {
		if _, there := d.ecu.Routines[name]; !there {
			d.ecu.Routines[name] = description.Routine{} // the file has no such routine
		}
	}
	if d.ecu.Sessions.Programming == 0 {
		d.add("no service enters the programming session; it is taken to be 02")
	}
	if d.ecu.Sessions.Extended == 0 {
		d.add("no service enters the extended session; it is taken to be 03")
	}
	d.chooseLevel()
	d.add("how the ECU is programmed is not known; add a programming section to install software")
	if len(d.ecu.Routines) > len(description.StandardRoutines()) {
		d.add("which status records of routines mean success is not known; a first byte of 00 is taken for it")
	}
	d.drop("address", func() { d.ecu.Address = description.Address{} })
	d.drop("transport", func() { d.ecu.Transport = description.Transport{} })
	d.drop("timing", func() { d.ecu.Timing = description.Timing{} })
}

// drop leaves out a part of the description that is not valid, and says why.
func (d *describer) drop(part string, leaveOut func()) {
	wrong := false
	for _, p := range d.ecu.Validate() {
		if strings.HasPrefix(p.Path, part+".") || p.Path == part {
			d.add(p.String())
			wrong = true
		}
	}
	if wrong {
		leaveOut()
	}
}
