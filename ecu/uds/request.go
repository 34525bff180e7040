package uds

import (
	"bytes"
	"context"
	"fmt"
)

// ask sends a request and checks that its response repeats the echo and has at least that many bytes more.
func (c *Client) ask(ctx context.Context, request, echo []byte, more int) ([]byte, error) {
	response, err := c.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(response[1:], echo) {
		return nil, c.malformed(request, response, fmt.Sprintf("want it to repeat % X", echo))
	}
	if missing := 1 + len(echo) + more - len(response); missing > 0 {
		return nil, c.malformed(request, response, fmt.Sprintf("%d bytes are missing", missing))
	}
	return response, nil
}

// request does the same and returns what follows the echo.
func (c *Client) request(ctx context.Context, request, echo []byte, more int) ([]byte, error) {
	response, err := c.ask(ctx, request, echo, more)
	if err != nil {
		return nil, err
	}
	return response[1+len(echo):], nil
}

// short writes the beginning of a message.
func short(b []byte) string {
	const shown = 12
	if len(b) > shown {
		return fmt.Sprintf("% X … %d bytes", b[:shown], len(b))
	}
	return fmt.Sprintf("% X", b)
}

// malformed makes the error for a response that does not fit its request.
func (c *Client) malformed(request, response []byte, why string) error {
	return fmt.Errorf("%s: %w to %s: %s: [%s]", c.opt.Name, ErrResponse, ServiceName(request[0]), why, short(response))
}
