package uds

import (
	"bytes"
	"context"
	"fmt"
)

// highestLevel is the last sub-function that requests a seed. 0x7F is reserved, and its key would be sent with the bit
// that suppresses responses.
const highestLevel = 0x7D

// RequestSeed asks for a seed (10.4); level is the odd sub-function, 0x01 to 0x7D, and record the maker's
// securityAccessDataRecord. A seed of zeros means that the level is unlocked.
func (c *Client) RequestSeed(ctx context.Context, level byte, record ...byte) ([]byte, error) {
	if err := c.checkLevel(level); err != nil {
		return nil, err
	}
	return c.request(ctx, join([]byte{SIDSecurityAccess, level}, record), []byte{level}, 1)
}

// SendKey answers a seed (10.4); level is that of RequestSeed.
func (c *Client) SendKey(ctx context.Context, level byte, key []byte) error {
	if err := c.checkLevel(level); err != nil {
		return err
	}
	_, err := c.request(ctx, join([]byte{SIDSecurityAccess, level + 1}, key), []byte{level + 1}, 0)
	return err
}

func (c *Client) checkLevel(level byte) error {
	if level%2 == 0 || level > highestLevel {
		return c.invalid(SIDSecurityAccess, "level %02X; want an odd one from 01 to 7D", level)
	}
	return nil
}

// Unlock opens a security level with the key that key makes of the seed. A level that is open already stays so.
// record is the securityAccessDataRecord that goes with the request for the seed.
func (c *Client) Unlock(ctx context.Context, level byte, key func(seed []byte) ([]byte, error), record ...byte) error {
	seed, err := c.RequestSeed(ctx, level, record...)
	if err != nil || len(bytes.Trim(seed, "\x00")) == 0 {
		return err
	}
	k, err := key(seed)
	if err != nil {
		return fmt.Errorf("%s: make the key of level 0x%02X: %w", c.opt.Name, level, err)
	}
	return c.SendKey(ctx, level, k)
}
