package auth

import (
	"crypto/ecdh"
	"errors"
	"fmt"
)

// agreement is the client's part of a key agreement; its zero value is that of none.
type agreement struct {
	key    *ecdh.PrivateKey
	secret []byte
}

// agree answers the server's ephemeral key with one's own.
func (o Options) agree(server []byte) (agreement, error) {
	if o.Curve == nil {
		return agreement{}, nil
	}
	if len(server) == 0 {
		return agreement{}, errors.New("the server offers no key agreement")
	}
	theirs, err := o.Curve.NewPublicKey(server)
	if err != nil {
		return agreement{}, fmt.Errorf("the server's ephemeral key: %w", err)
	}
	key, err := o.Curve.GenerateKey(o.Random)
	if err != nil {
		return agreement{}, fmt.Errorf("make an ephemeral key: %w", err)
	}
	secret, err := key.ECDH(theirs)
	if err != nil {
		return agreement{}, fmt.Errorf("agree on a key: %w", err)
	}
	return agreement{key: key, secret: secret}, nil
}

// public is what is sent.
func (a agreement) public() []byte {
	if a.key == nil {
		return nil
	}
	return a.key.PublicKey().Bytes()
}
