package dashboard

import (
	"bytes"
	_ "embed"
	"sync"

	"otabench/can/signal"
)

// DBC is the file of the embedded vehicle, with a comment for whatever its names do not tell.
//
//go:embed vehicle.dbc
var DBC []byte

// Vehicle is the database of the embedded vehicle. It is not changed.
var Vehicle = sync.OnceValue(func() *signal.Database {
	db, err := signal.ReadDBC("vehicle.dbc", bytes.NewReader(DBC))
	if err != nil {
		panic(err) // the file is part of the program
	}
	return db
})
