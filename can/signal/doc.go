// Package signal gives the bytes of CAN frames their meaning: it reads DBC files and translates between frames and the
// physical values of signals.
//
//	file, err := os.Open("body.dbc")
//	...
//	db, err := signal.ReadDBC(file.Name(), file)
//	...
//	message, values, err := db.Decode(nil, frame)
//	for _, v := range values {
//		fmt.Println(v) // "Speed = 87.5 km/h", "Gear = 3 (Third)"
//	}
//
// [ReadDBC] makes a [Database] of [Message] and [Signal]. [Database.Decode] and [Message.Decode] list what is in a
// frame: multiplexed signals only where their multiplexer selects them, and values outside a signal's limits as they
// are, marked. [Message.Encode] makes a frame of physical values, raw values and texts ([Physical], [Raw], [Text]); a
// [Content] is the same for a message that is sent again and again while its values change.
//
// Databases are read, not built: a Message or Signal made by hand has no meaning. They do not change after ReadDBC, so
// several goroutines may use them.
//
// Package restbus sends messages cyclically in the place of ECUs that are not there; package e2e protects and checks
// them as AUTOSAR does.
package signal
