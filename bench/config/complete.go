package config

// complete fills in what a bench file may leave out.
func (f *File) complete() {
	for role, e := range f.ECUs {
		e.Description = e.Description.WithDefaults()
		f.ECUs[role] = e
	}
	if f.Vehicle != nil {
		f.Vehicle.complete()
	}
	for role, s := range f.Switches {
		f.Switches[role] = s.withDefaults()
	}
}
