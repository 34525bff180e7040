// Package traffic makes the rest bus of a bench: from what its bench file says and from the DBC files that it names.
//
//	entries, err := traffic.Entries(file, "body", folder)
//	...
//	sim, err := restbus.Start(ctx, bus, restbus.Schedule{Entries: entries})
//
// What is wrong with the file is a *config.Error with line and column.
package traffic
