package uds

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
)

// ask sends a request and checks that its response repeats the echo and has at least that many bytes more.
func (c *Client) ask(ctx context.Context, request, echo []byte, more int) ([]byte, error) {
	response, err := c.exchange(ctx, query{request: request, echo: echo})
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

// parsed sends a request and reads what follows the echo in its response, all of it.
func parsed[T any](ctx context.Context, c *Client, request, echo []byte, read func(*reader) T) (T, error) {
	var none T
	response, err := c.ask(ctx, request, echo, 0)
	if err != nil {
		return none, err
	}
	r := reader{rest: response[1+len(echo):]}
	result := read(&r)
	if r.fault == "" && len(r.rest) > 0 {
		r.fail("%d bytes are left over", len(r.rest))
	}
	if r.fault != "" {
		return none, c.unfit(r.cause, request, response, r.fault)
	}
	return result, nil
}

// invalid makes the error for parameters that no request can carry.
func (c *Client) invalid(service byte, format string, args ...any) error {
	return fmt.Errorf("%s: %s: %w: %s", c.opt.Name, ServiceName(service), ErrRequest, fmt.Sprintf(format, args...))
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
	return c.unfit(ErrResponse, request, response, why)
}

func (c *Client) unfit(cause error, request, response []byte, why string) error {
	return fmt.Errorf("%s: %w to %s: %s: [%s]", c.opt.Name, cause, ServiceName(request[0]), why, short(response))
}

// word is a number of two bytes.
func word(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }

// join puts the parts of a message behind each other.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
