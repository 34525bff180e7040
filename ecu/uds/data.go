package uds

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
)

// ReadDataByIdentifier reads one identifier (11.2).
func (c *Client) ReadDataByIdentifier(ctx context.Context, did uint16) ([]byte, error) {
	id := binary.BigEndian.AppendUint16(nil, did)
	return c.request(ctx, append([]byte{SIDReadDataByIdentifier}, id...), id, 1)
}

// WriteDataByIdentifier writes one identifier (11.7).
func (c *Client) WriteDataByIdentifier(ctx context.Context, did uint16, data []byte) error {
	id := binary.BigEndian.AppendUint16(nil, did)
	_, err := c.request(ctx, append(append([]byte{SIDWriteDataByIdentifier}, id...), data...), id, 0)
	return err
}

// Record names an identifier and the length of its data in bytes, which responses do not tell.
type Record struct {
	ID     uint16
	Length int
}

// ReadRecords reads several identifiers with one request (11.2), and returns their data in the same order.
func (c *Client) ReadRecords(ctx context.Context, records ...Record) ([][]byte, error) {
	req := []byte{SIDReadDataByIdentifier}
	for _, r := range records {
		if r.Length < 1 {
			return nil, fmt.Errorf("%s: read %04X: a record of %d bytes; want 1 or more", c.opt.Name, r.ID, r.Length)
		}
		req = binary.BigEndian.AppendUint16(req, r.ID)
	}
	response, err := c.ask(ctx, req, nil, 0)
	if err != nil {
		return nil, err
	}
	all, ok := splitRecords(response[1:], records)
	if !ok {
		return nil, c.malformed(req, response, "it does not consist of the records that were asked for")
	}
	return all, nil
}

func splitRecords(b []byte, records []Record) (all [][]byte, ok bool) {
	for _, r := range records {
		id := binary.BigEndian.AppendUint16(nil, r.ID)
		if !bytes.HasPrefix(b, id) || len(b)-len(id) < r.Length {
			return nil, false
		}
		b = b[len(id):]
		all = append(all, b[:r.Length:r.Length])
		b = b[r.Length:]
	}
	return all, len(b) == 0
}
