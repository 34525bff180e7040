-- What a run was made with. Two runs under the same conditions share a row.
CREATE TABLE condition (
	id       INTEGER PRIMARY KEY,
	text     TEXT NOT NULL UNIQUE, -- as JSON
	known    INTEGER NOT NULL      -- nothing of it is unknown
) STRICT;

CREATE TABLE run (
	id         INTEGER PRIMARY KEY,
	run        TEXT NOT NULL UNIQUE, -- id in the record's header
	digest     TEXT NOT NULL,        -- SHA-256 of the record
	statement  TEXT NOT NULL,        -- digest of the signed statement, empty if the folder was not sealed
	dir        TEXT NOT NULL,        -- run folder when it was added
	started    INTEGER NOT NULL,     -- ns since 1970
	length     INTEGER NOT NULL,     -- ns
	tool       TEXT NOT NULL,
	host       TEXT NOT NULL,
	bench      TEXT NOT NULL,        -- name of the bench
	file       TEXT NOT NULL,
	condition  INTEGER NOT NULL REFERENCES condition (id),
	status     TEXT NOT NULL,
	reason     TEXT NOT NULL,
	totals     TEXT NOT NULL,        -- of its specs by verdict, as JSON
	filter     TEXT NOT NULL,
	unselected INTEGER NOT NULL,
	lost       INTEGER NOT NULL,     -- frames
	sweep      TEXT                  -- plan and counts as JSON; NULL if it is none
) STRICT;
CREATE INDEX run_started ON run (started);

CREATE TABLE spec (
	id   INTEGER PRIMARY KEY,
	spec TEXT NOT NULL UNIQUE, -- stable id
	name TEXT NOT NULL,        -- and where it stands, as in the run that was added last
	file TEXT NOT NULL,
	line INTEGER NOT NULL
) STRICT;

CREATE TABLE result (
	run      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	spec     INTEGER NOT NULL REFERENCES spec (id),
	verdict  TEXT NOT NULL,
	reason   TEXT NOT NULL, -- the first one
	duration INTEGER NOT NULL, -- ns
	lost     INTEGER NOT NULL, -- frames
	PRIMARY KEY (run, spec)
) STRICT, WITHOUT ROWID;

CREATE TABLE quantity (
	id     INTEGER PRIMARY KEY,
	spec   INTEGER NOT NULL REFERENCES spec (id),
	name   TEXT NOT NULL,
	unit   TEXT NOT NULL,
	source TEXT NOT NULL,
	UNIQUE (spec, name, unit, source)
) STRICT;

-- What a spec measured in a run; several values of one quantity are one row.
CREATE TABLE measurement (
	run         INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	quantity    INTEGER NOT NULL REFERENCES quantity (id),
	n           INTEGER NOT NULL, -- values
	median      REAL NOT NULL,
	worst       REAL NOT NULL,    -- nearest to a limit, or outside of one by the most; limits and uncertainty are its own
	min         REAL,
	max         REAL,
	uncertainty REAL,
	verdict     TEXT NOT NULL,
	PRIMARY KEY (run, quantity)
) STRICT, WITHOUT ROWID;

CREATE TABLE clause (
	id        INTEGER PRIMARY KEY,
	catalogue TEXT NOT NULL,
	clause    TEXT NOT NULL,
	UNIQUE (catalogue, clause)
) STRICT;

CREATE TABLE edition (
	id        INTEGER PRIMARY KEY,
	catalogue TEXT NOT NULL,
	version   TEXT NOT NULL,
	digest    TEXT NOT NULL, -- SHA-256 of its file; empty if unknown
	UNIQUE (catalogue, version, digest)
) STRICT;

CREATE TABLE judgement (
	run     INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	clause  INTEGER NOT NULL REFERENCES clause (id),
	edition INTEGER NOT NULL REFERENCES edition (id),
	verdict TEXT NOT NULL,
	totals  TEXT NOT NULL, -- of its specs by verdict, as JSON
	PRIMARY KEY (run, clause)
) STRICT, WITHOUT ROWID;
