package uds

import (
	"context"
	"fmt"
)

// ReadMemory reads a region of the server's memory (11.3).
func (c *Client) ReadMemory(ctx context.Context, m Memory) ([]byte, error) {
	region, err := m.Encode()
	if err != nil {
		return nil, c.invalid(SIDReadMemoryByAddress, "%v", err)
	}
	req := join([]byte{SIDReadMemoryByAddress}, region)
	data, err := c.request(ctx, req, nil, 1)
	if err != nil {
		return nil, err
	}
	if uint64(len(data)) != m.Size {
		return nil, c.malformed(req, join([]byte{SIDReadMemoryByAddress + positive}, data),
			fmt.Sprintf("%d bytes of memory instead of %d", len(data), m.Size))
	}
	return data, nil
}

// WriteMemory writes a region of the server's memory (11.8). data fills it.
func (c *Client) WriteMemory(ctx context.Context, m Memory, data []byte) error {
	region, err := m.Encode()
	switch {
	case err != nil:
		return c.invalid(SIDWriteMemoryByAddress, "%v", err)
	case uint64(len(data)) != m.Size:
		return c.invalid(SIDWriteMemoryByAddress, "%d bytes for a region of %d", len(data), m.Size)
	}
	_, err = c.request(ctx, join([]byte{SIDWriteMemoryByAddress}, region, data), region, 0)
	return err
}
