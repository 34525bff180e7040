package pdf

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
)

// maxDevices bounds the rows of a table of devices.
const maxDevices = 200

// items are the units under test, identified as they identify themselves.
func (d *document) items() {
	d.begin("Items under test")
	d.say("Identified by what they answered, and by the bench file.")
	t := d.table(column{head: "Role", width: 20}, column{head: "Model", width: 28}, column{head: "Serial number", width: 34}, column{head: "Software", width: 18},
		column{head: "Further identification", width: 62}, column{head: "Simulated", width: 17})
	d.devices(true, func(x record.Device) {
		t.row(strong(line(x.Role)), stated(x.Model), stated(x.Serial), stated(x.Firmware), plain(details(x)), simulated(x))
	})
	t.end("No item under test is recorded.")
	f := d.facts()
	f.fact("Condition when received", line(d.Assignment.Condition))
	f.fact("Received", line(d.Assignment.Received))
	f.end("")
}

// equipment is what stimulated and measured.
func (d *document) equipment() {
	d.begin("Equipment")
	t := d.table(column{head: "Role", width: 24}, column{head: "Class", width: 14}, column{head: "Model", width: 34}, column{head: "Serial number", width: 28},
		column{head: "Firmware", width: 20}, column{head: "Calibration", width: 30}, column{head: "Address and details", width: 44}, column{head: "Simulated", width: 20})
	d.devices(false, func(x record.Device) {
		calibration := faint("not stated")
		if text := x.Details["calibration"]; text != "" {
			calibration = plain(strings.ReplaceAll(line(text), ", due", ",\ndue"))
		}
		t.row(strong(line(x.Role)), plain(line(x.Class)), stated(x.Model), stated(x.Serial), stated(x.Firmware), calibration, plain(details(x)), simulated(x))
	})
	t.end("No equipment is recorded.")
	d.samplings()
	d.latencies()
}

// devices adds the units under test, or all other devices but the bench as a whole.
func (d *document) devices(ecu bool, add func(record.Device)) {
	var list []record.Device
	for _, x := range d.Devices {
		if (x.Class == "ecu") == ecu && x.Class != "bench" {
			list = append(list, x)
		}
	}
	shown, more := upTo(list, maxDevices)
	for _, x := range shown {
		add(x)
	}
	d.omitted(more, "device")
}

func stated(text string) cell {
	if text == "" {
		return faint("not stated")
	}
	return plain(line(text))
}

func simulated(x record.Device) cell {
	if x.Simulated {
		return cell{text: "yes", style: bold, ink: amber}
	}
	return plain("no")
}

// details are the address and all details of a device but its calibration.
func details(x record.Device) string {
	var parts []string
	if x.Address != "" {
		parts = append(parts, line(x.Address))
	}
	for _, k := range slices.Sorted(maps.Keys(x.Details)) {
		if k != "calibration" && x.Details[k] != "" {
			parts = append(parts, line(k)+": "+line(x.Details[k]))
		}
	}
	shown, more := upTo(parts, 20)
	if more > 0 {
		shown = append(shown[:len(shown):len(shown)], reports.Count(more, "more detail"))
	}
	return strings.Join(shown, "\n")
}

func (d *document) samplings() {
	if len(d.Samplings) == 0 {
		return
	}
	d.part("Measurement of supply lines")
	t := d.table(column{head: "Line", width: 30}, column{head: "Measured by", width: 40}, column{head: "Readings", width: 25, right: true},
		column{head: "Per second", width: 22, right: true}, column{head: "Gaps", width: 18, right: true}, column{head: "Longest time without one", width: 40, right: true})
	shown, more := upTo(d.Samplings, 100)
	for _, s := range shown {
		t.row(strong(line(s.Rail)), plain(line(s.Source)), plain(num(float64(s.Readings))), plain(num(s.Rate)), plain(num(float64(s.Gaps))), plain(s.Longest.String()))
	}
	t.end("")
	d.omitted(more, "line")
}

func (d *document) latencies() {
	if len(d.Latencies) == 0 {
		return
	}
	d.part("Latencies of the bench")
	d.remark("Median, and least to greatest, as measured at the terminals before the run.")
	t := d.table(column{head: "Line", width: 20}, column{head: "Measured", width: 26}, column{head: "Trigger to command", width: 26}, column{head: "Trigger to 90 % of the voltage", width: 26},
		column{head: "Closing to 90 %", width: 26}, column{head: "Supply, down", width: 26}, column{head: "Supply, up", width: 26})
	shown, more := upTo(d.Latencies, 100)
	for _, l := range shown {
		t.row(strong(line(l.Rail)), plain(l.Measured.UTC().Format("2006-01-02")+"\n"+reports.Count(l.Repeats, "time")), spread(l.Command), spread(l.Open),
			spread(l.Close), spread(l.Fall), spread(l.Rise))
	}
	t.end("")
	d.omitted(more, "line")
}

func spread(x record.Spread) cell {
	if x == (record.Spread{}) {
		return faint("not measured")
	}
	return plain(x.String())
}

// conditions are the environment and whatever was out of order.
func (d *document) conditions() {
	d.begin("Conditions of the test")
	d.part("Environment")
	e := d.Assignment.Environment
	f := d.facts()
	f.fact("Temperature", line(e.Temperature))
	f.fact("Relative humidity", line(e.Humidity))
	f.fact("Remarks", line(e.Remarks))
	f.end("")
	d.deviations()
	d.faults()
	d.safety()
	if len(d.Notes) > 0 {
		d.part("Notes")
		shown, more := upTo(d.Notes, 100)
		for _, n := range shown {
			d.say("%s", line(n))
		}
		d.omitted(more, "note")
	}
}

func (d *document) deviations() {
	d.part("Deviations")
	t := d.table(column{head: "Device", width: 30}, column{head: "What was out of order, and makes no verdict void", width: 140})
	shown, more := upTo(d.Deviations, 200)
	for _, x := range shown {
		t.row(strong(line(x.Device)), plain(line(x.Text)))
	}
	t.end("None is recorded.")
	d.omitted(more, "deviation")
}

func (d *document) faults() {
	d.part("Faults of the bench and lost frames")
	t := d.table(column{head: "Time in s", width: 18, right: true}, column{head: "Device", width: 26}, column{head: "What", width: 96}, column{head: "Spec", width: 30})
	byID := map[string]int{}
	for s, n := range d.number {
		byID[s.ID] = n
	}
	where := func(id string) cell {
		if n := byID[id]; n > 0 {
			return cell{text: specName(n), ink: black, key: specKey(n)}
		}
		return plain(cmp.Or(line(id), "outside of specs"))
	}
	faults, moreFaults := upTo(d.Faults, 200)
	for _, x := range faults {
		t.row(plain(seconds(x.T)), strong(line(x.Device)), plain(line(x.Text)), where(x.Spec))
	}
	lost, moreLost := upTo(d.Lost, 200)
	for _, x := range lost {
		t.row(plain(seconds(x.T)), strong(line(x.Device)), plain(reports.Count(int(x.Frames), "frame")+" lost"), where(x.Spec))
	}
	t.end("None is recorded.")
	d.omitted(moreFaults+moreLost, "event")
}

// safety says how the bench was left.
func (d *document) safety() {
	d.part("How the bench was left")
	if len(d.Safe) == 0 {
		d.paragraph(bold, sizeText, red, "✗ Not recorded: check the outputs by hand.")
		return
	}
	shown, more := upTo(d.Safe, 10)
	for _, x := range shown {
		t := d.table(column{head: "Output or switch", width: 36}, column{head: "Off or at rest, by its instrument", width: 44}, column{head: "Confirmed by a sensor", width: 50}, column{head: "Error", width: 44})
		t.caption = "By " + line(x.By) + ": " + line(x.Reason)
		outputs, left := upTo(x.Outputs, maxDevices)
		for _, o := range outputs {
			t.row(strong(line(o.Device)), yes(o.Off, cmp.Or(line(o.State), "off"), "not confirmed"), plain(confirmed(o)), plain(line(o.Error)))
		}
		t.end("No output is recorded.")
		d.omitted(left, "output")
		if len(x.Armed) > 0 {
			d.say("Watchdogs that were left armed: %s", line(strings.Join(x.Armed, ", ")))
		}
	}
	d.omitted(more, "account")
}

func confirmed(o record.SafeOutput) string {
	text := "no"
	if o.Confirmed {
		text = "✓ yes"
	}
	if o.Volts != nil {
		text += ", " + num(*o.Volts) + " V"
	}
	if o.Sensor != "" {
		text += " by " + line(o.Sensor)
	}
	return text
}
