package odx

// ReadLimited reads with limits that a test can reach.
func ReadLimited(name string, data []byte, bytes int64, elements int) (*Database, error) {
	return read(name, data, bytes, elements)
}

// LimitSteps bounds the work on one description where a test can reach it.
func (d *Database) LimitSteps(n int) { d.steps = n }
