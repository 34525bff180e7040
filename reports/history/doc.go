// Package history keeps what runs came to in an SQLite database, so that verdicts and measurements can be seen over time.
//
// It answers what one run cannot: which specs are flaky, that is, passed and failed under the same conditions; which
// regressed, that is, fail since something changed; which durations and measurements drift; and which evidence is stale,
// because firmware, bench, suite or catalogue are no longer those that it was made with.
//
//	db, err := history.Open(path)
//	if err != nil {
//		return err
//	}
//	defer db.Close()
//	if err := db.Add(run); err != nil {
//		return err
//	}
//	o, err := db.Overview(history.Selection{Last: 50})
//
// A run that is void does not count: it is kept and shown, but nothing is concluded from its specs. Only a pass is a pass.
//
// Several processes may add runs to one database. It uses a write-ahead log, so it has to lie on a disk of this machine.
package history
