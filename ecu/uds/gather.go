package uds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Answer is what one server said to a functional request.
type Answer struct {
	Client   *Client
	Response []byte // the positive one; nil with an error
	Err      error  // a *NegativeResponse, or what went wrong with this server after it began to answer
}

// Gather sends a request to all servers and collects what those of the clients answer: until P2 of each, and of a server
// that answers "response pending" until it is done, as for its own requests. Servers that stay silent have no Answer;
// the others have one each, in the order of the clients. While it lasts, the clients' own requests wait. Clients may
// be gathered through one Functional only.
//
// The error is that of sending. Each client's Observe is told of its part if it answered, and the Functional's of the
// request.
func (f *Functional) Gather(ctx context.Context, clients []*Client, request ...byte) ([]Answer, error) {
	if len(request) == 0 {
		return nil, errEmpty
	}
	release, err := f.hold(ctx, clients)
	if err != nil {
		return nil, fmt.Errorf("functional %s: %w", ServiceName(request[0]), err)
	}
	for _, c := range clients {
		c.clear(ctx)
	}
	e := query{request: bytes.Clone(request)}.exchange()
	if err := f.Send(ctx, request...); err != nil {
		release()
		return nil, err
	}
	e.Functional, e.Left = true, time.Now()
	all := collect(ctx, clients, e)
	release()
	var answers []Answer
	for i, e := range all {
		if errors.Is(e.Err, ErrNoResponse) && e.Pending == 0 {
			continue
		}
		answers = append(answers, Answer{Client: clients[i], Response: e.Response, Err: e.Err})
		if observe := clients[i].opt.Observe; observe != nil {
			observe(e)
		}
	}
	return answers, nil
}

// hold takes the turns of all clients. One Gather at a time does, or two could wait for each other.
func (f *Functional) hold(ctx context.Context, clients []*Client) (release func(), err error) {
	select {
	case f.gather <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var held []*Client
	release = func() {
		for _, c := range held {
			c.turns.release()
		}
		<-f.gather
	}
	for _, c := range clients {
		if slices.Contains(held, c) {
			release()
			return nil, fmt.Errorf("%w: %s is to answer twice", ErrRequest, c.opt.Name)
		}
		if err := c.turns.acquire(ctx); err != nil {
			release()
			return nil, err
		}
		held = append(held, c)
	}
	return release, nil
}

// collect waits for the responses of all clients' servers at the same time.
func collect(ctx context.Context, clients []*Client, sent Exchange) []Exchange {
	all := make([]Exchange, len(clients))
	var wait sync.WaitGroup
	for i, c := range clients {
		wait.Go(func() {
			e := sent
			e.Response, e.Err = c.await(ctx, &e, query{request: e.Request})
			_ = errors.As(e.Err, &e.NRC)
			e.Done = time.Now()
			if e.Err == nil {
				c.adopt(e.Request, e.Response)
			}
			all[i] = e
		})
	}
	wait.Wait()
	return all
}
