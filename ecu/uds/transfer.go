package uds

import (
	"context"
	"fmt"
)

// RequestDownload begins a download (15.2) and returns maxNumberOfBlockLength: the longest TransferData request in
// bytes, service identifier and counter included.
func (c *Client) RequestDownload(ctx context.Context, dataFormat byte, m Memory) (uint64, error) {
	return c.requestTransfer(ctx, SIDRequestDownload, dataFormat, m)
}

// RequestUpload begins an upload (15.3) and returns maxNumberOfBlockLength: the longest TransferData response in bytes.
func (c *Client) RequestUpload(ctx context.Context, dataFormat byte, m Memory) (uint64, error) {
	return c.requestTransfer(ctx, SIDRequestUpload, dataFormat, m)
}

func (c *Client) requestTransfer(ctx context.Context, service, dataFormat byte, m Memory) (uint64, error) {
	memory, err := m.Encode()
	if err != nil {
		return 0, fmt.Errorf("%s: %s: %w", c.opt.Name, ServiceName(service), err)
	}
	req := append([]byte{service, dataFormat}, memory...)
	response, err := c.ask(ctx, req, nil, 2)
	if err != nil {
		return 0, err
	}
	n, ok := blockLength(response[1:])
	if !ok {
		return 0, c.malformed(req, response, "lengthFormatIdentifier does not fit what follows")
	}
	return n, nil
}

// TransferData sends one block (15.4). Counters run from 0x01 to 0xFF and go on with 0x00.
func (c *Client) TransferData(ctx context.Context, counter byte, data []byte) error {
	_, err := c.request(ctx, append([]byte{SIDTransferData, counter}, data...), []byte{counter}, 0)
	return err
}

// FetchData asks for one block of an upload (15.4), which may be empty.
func (c *Client) FetchData(ctx context.Context, counter byte) ([]byte, error) {
	return c.request(ctx, []byte{SIDTransferData, counter}, []byte{counter}, 0)
}

// RequestTransferExit ends a transfer (15.5) and returns the server's parameter record.
func (c *Client) RequestTransferExit(ctx context.Context, parameters ...byte) ([]byte, error) {
	return c.request(ctx, append([]byte{SIDRequestTransferExit}, parameters...), nil, 0)
}
