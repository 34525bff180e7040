package uds

import "context"

// Ways to define an identifier (11.6).
const (
	defineByIdentifier     byte = 0x01
	defineByMemoryAddress  byte = 0x02
	clearDynamicIdentifier byte = 0x03
)

// Source is a piece of the data of an identifier.
type Source struct {
	ID       uint16
	Position byte // of its first byte, from 1
	Size     byte // in bytes
}

// DefineByIdentifier makes an identifier of pieces of others (11.6).
func (c *Client) DefineByIdentifier(ctx context.Context, did uint16, sources ...Source) error {
	req, err := c.defineByIdentifier(did, sources)
	if err != nil {
		return err
	}
	return c.define(ctx, req)
}

func (c *Client) defineByIdentifier(did uint16, sources []Source) ([]byte, error) {
	req := join([]byte{SIDDynamicallyDefineDataIdentifier, defineByIdentifier}, word(did))
	for _, s := range sources {
		if s.Position == 0 || s.Size == 0 {
			return nil, c.invalid(req[0], "%d bytes from position %d of %04X; both count from 1", s.Size, s.Position, s.ID)
		}
		req = append(append(req, word(s.ID)...), s.Position, s.Size)
	}
	if len(sources) == 0 {
		return nil, c.invalid(req[0], "%04X of nothing", did)
	}
	return req, nil
}

// DefineByMemoryAddress makes an identifier of regions of memory (11.6), which have the same widths.
func (c *Client) DefineByMemoryAddress(ctx context.Context, did uint16, regions ...Memory) error {
	req, err := c.defineByMemoryAddress(did, regions)
	if err != nil {
		return err
	}
	return c.define(ctx, req)
}

func (c *Client) defineByMemoryAddress(did uint16, regions []Memory) ([]byte, error) {
	req := join([]byte{SIDDynamicallyDefineDataIdentifier, defineByMemoryAddress}, word(did))
	for i, m := range regions {
		region, err := m.Encode()
		switch {
		case err != nil:
			return nil, c.invalid(req[0], "%v", err)
		case i == 0:
			req = append(req, region...)
		case region[0] != req[4]:
			return nil, c.invalid(req[0], "regions with different widths of address and size")
		default:
			req = append(req, region[1:]...)
		}
	}
	if len(regions) == 0 {
		return nil, c.invalid(req[0], "%04X of nothing", did)
	}
	return req, nil
}

func (c *Client) define(ctx context.Context, req []byte) error {
	_, err := c.request(ctx, req, req[1:4], 0)
	return err
}

// ClearDefinition takes the definition of an identifier back (11.6).
func (c *Client) ClearDefinition(ctx context.Context, did uint16) error {
	return c.define(ctx, join([]byte{SIDDynamicallyDefineDataIdentifier, clearDynamicIdentifier}, word(did)))
}

// ClearDefinitions takes the definitions of all identifiers back (11.6).
func (c *Client) ClearDefinitions(ctx context.Context) error {
	req := []byte{SIDDynamicallyDefineDataIdentifier, clearDynamicIdentifier}
	_, err := c.request(ctx, req, req[1:], 0)
	return err
}
