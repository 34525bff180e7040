// Package timestamp has a time-stamping authority (RFC 3161) say that evidence was there at a time.
//
//	request, err := timestamp.NewRequest(envelope)
//	reply, err := timestamp.Post(ctx, "https://tsa.example/", request)
//	stamp, err := timestamp.Parse(reply)
//	err = stamp.Trust(roots)
package timestamp
