package traffic

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"otabench/bench/config"
	"otabench/can/signal"
	"otabench/can/signal/restbus"
)

// Database reads the DBC file of a bus, whose path starts from folder. It is nil if the bus has none.
func Database(f *config.File, bus, folder string) (*signal.Database, error) {
	path := f.Buses[bus].DBC
	if path == "" {
		return nil, nil
	}
	return Read(f, "buses."+bus+".dbc", path, folder)
}

// Read reads a DBC file that the bench file names at a place, by a path that starts from folder.
func Read(f *config.File, at, path, folder string) (*signal.Database, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, f.Wrong(at, "%v", err)
	}
	defer file.Close()
	db, err := signal.ReadDBC(path, file)
	if err != nil {
		return nil, f.Wrong(at, "%v", err)
	}
	return db, nil
}

// Entries returns the messages that the bench sends on a bus, in the order of the DBC file: none if there is no rest bus.
func Entries(f *config.File, bus, folder string) ([]restbus.Entry, error) {
	rest := f.Buses[bus].RestBus
	if rest == nil {
		return nil, nil
	}
	db, err := Database(f, bus, folder)
	if err != nil {
		return nil, err
	}
	path := "buses." + bus + ".restbus"
	cyclic, err := restbus.Rest(db, rest.Present...)
	if err != nil {
		return nil, f.Wrong(path+".present", "%v", err)
	}
	return differing(f, path+".messages.", db, cyclic, rest.Messages)
}

// differing applies what the bench file says of messages to those of the DBC file.
func differing(f *config.File, path string, db *signal.Database, cyclic []restbus.Entry,
	messages map[string]config.RestMessage,
) ([]restbus.Entry, error) {
	for _, name := range slices.Sorted(maps.Keys(messages)) {
		m, err := db.Message(name)
		if err != nil {
			return nil, f.Wrong(path+name, "%v", err)
		}
		at := slices.IndexFunc(cyclic, func(e restbus.Entry) bool { return e.Message == m })
		if messages[name].Silent {
			if at >= 0 {
				cyclic = slices.Delete(cyclic, at, at+1)
			}
			continue
		}
		if at < 0 {
			at = len(cyclic)
			cyclic = append(cyclic, restbus.Entry{Message: m})
		}
		if err := apply(messages[name], &cyclic[at]); err != nil {
			return nil, f.Wrong(path+name, "%v", err)
		}
	}
	return cyclic, nil
}

func apply(c config.RestMessage, e *restbus.Entry) error {
	e.Cycle = c.Cycle
	if e.Cycle == 0 && e.Message.Cycle == 0 {
		return fmt.Errorf("the DBC file has no cycle for it; say one with cycle")
	}
	e.Values = map[string]signal.Input{}
	for name, value := range c.Values {
		e.Values[name] = input(value)
	}
	if c.Counter != "" {
		e.Counter = &restbus.Counter{Signal: c.Counter}
	}
	if c.Checksum != nil {
		e.Checksum = &restbus.Checksum{Signal: c.Checksum.Signal, Sum: sums[c.Checksum.Algorithm]}
	}
	if c.E2E != nil {
		p, err := protector(*c.E2E, e.Message.Size)
		if err != nil {
			return err
		}
		e.Protection = p
	}
	// What is left can only be judged by encoding a frame.
	_, err := e.Message.Encode(e.Values)
	return err
}

// input is a number in the signal's unit, or a text of its value table.
func input(value string) signal.Input {
	if number, err := strconv.ParseFloat(value, 64); err == nil {
		return signal.Physical(number)
	}
	return signal.Text(value)
}
