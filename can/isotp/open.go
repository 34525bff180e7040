package isotp

import "otabench/can"

func open(bus can.Bus, cfg Config) (Conn, error) { return nil, nil }
