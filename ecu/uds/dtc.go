package uds

import (
	"context"
	"encoding/binary"
	"fmt"
)

// ClearDiagnosticInformation clears the trouble codes of a group (12.2); 0xFFFFFF is all of them.
func (c *Client) ClearDiagnosticInformation(ctx context.Context, group uint32) error {
	_, err := c.request(ctx, appendUint([]byte{SIDClearDiagnosticInformation}, uint64(group&0xFFFFFF), 3), nil, 0)
	return err
}

// DTC is a trouble code with its status byte (annex D).
type DTC struct {
	Code   uint32 // 3 bytes
	Status byte
}

func (d DTC) String() string { return fmt.Sprintf("%06X status %02X", d.Code, d.Status) }

// ReadDTCs reads the trouble codes whose status has a bit of the mask (12.3, reportDTCByStatusMask).
func (c *Client) ReadDTCs(ctx context.Context, mask byte) ([]DTC, error) {
	req := []byte{SIDReadDTCInformation, reportDTCByStatusMask, mask}
	response, err := c.ask(ctx, req, req[1:2], 1)
	if err != nil {
		return nil, err
	}
	rest := response[3:] // behind DTCStatusAvailabilityMask
	if len(rest)%4 != 0 {
		return nil, c.malformed(req, response, "trouble codes have four bytes each")
	}
	var all []DTC
	for ; len(rest) > 0; rest = rest[4:] {
		all = append(all, DTC{Code: uint32(readUint(rest[:3])), Status: rest[3]})
	}
	return all, nil
}

// CountDTCs counts the trouble codes whose status has a bit of the mask (12.3, reportNumberOfDTCByStatusMask).
func (c *Client) CountDTCs(ctx context.Context, mask byte) (int, error) {
	req := []byte{SIDReadDTCInformation, reportNumberOfDTCByStatusMask, mask}
	rest, err := c.request(ctx, req, req[1:2], 4)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint16(rest[2:])), nil
}
