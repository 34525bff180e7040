package described

import (
	"crypto/x509"
	"errors"
	"fmt"

	"otabench/ecu/security"
	"otabench/ecu/sim/server"
)

// tester is the role of whoever has the certificate of the description.
const tester server.Roles = 1

// makeRoots reads what the tester's certificate goes back to: the last one of its file.
func (e *ECU) makeRoots() error {
	d := e.cfg.Description.Authentication
	if d == nil {
		return nil
	}
	if d.Roots != "" {
		return errors.New("authentication.roots: the ECU would have to prove itself, and only a real one has the key for that")
	}
	all, err := security.Certificates(d.Certificate)
	if err != nil {
		return fmt.Errorf("authentication: %w", err)
	}
	e.roots = all[len(all)-1:]
	return nil
}

func (e *ECU) authentication() *server.Authentication {
	if e.roots == nil {
		return nil
	}
	return &server.Authentication{
		Access: e.notDefault(), Roots: e.roots,
		Roles: func(*x509.Certificate) (server.Roles, error) { return tester, nil },
	}
}
