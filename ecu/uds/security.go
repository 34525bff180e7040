package uds

import (
	"bytes"
	"context"
	"fmt"
)

// RequestSeed asks for a seed (10.4); level is the odd sub-function. A seed of zeros means that the level is unlocked.
func (c *Client) RequestSeed(ctx context.Context, level byte) ([]byte, error) {
	return c.request(ctx, []byte{SIDSecurityAccess, level}, []byte{level}, 1)
}

// SendKey answers a seed (10.4); level is that of RequestSeed.
func (c *Client) SendKey(ctx context.Context, level byte, key []byte) error {
	_, err := c.request(ctx, append([]byte{SIDSecurityAccess, level + 1}, key...), []byte{level + 1}, 0)
	return err
}

// Unlock opens a security level with the key that key makes of the seed. A level that is open already stays so.
func (c *Client) Unlock(ctx context.Context, level byte, key func(seed []byte) ([]byte, error)) error {
	seed, err := c.RequestSeed(ctx, level)
	if err != nil || len(bytes.Trim(seed, "\x00")) == 0 {
		return err
	}
	k, err := key(seed)
	if err != nil {
		return fmt.Errorf("%s: make the key of level 0x%02X: %w", c.opt.Name, level, err)
	}
	return c.SendKey(ctx, level, k)
}
