package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	sealed "otabench/reports/evidence"
	"otabench/reports/evidence/timestamp"
)

type stampFlags struct {
	authority, request, response string
}

func (a *app) stamp() *cobra.Command {
	var o stampFlags
	c := &cobra.Command{
		Use:   "stamp RUN --tsa URL",
		Short: "Have a time-stamping authority (RFC 3161) say that the evidence was there at this time",
		Long: `Have a time-stamping authority (RFC 3161) say that the evidence of a run folder was there at this time.

A bench without network writes the request into a file with --request; whoever has network sends it and brings back the
reply, which --response takes. The reply is kept as evidence.tsr, and verify --tsa-ca checks it. A reviewer may sign
before or after: the time-stamp holds for the signatures that were there.`,
		Example: `  otabench stamp runs/nightly --tsa https://tsa.example/
  otabench stamp runs/nightly --request nightly.tsq
  curl -H 'Content-Type: application/timestamp-query' --data-binary @nightly.tsq https://tsa.example/ > nightly.tsr
  otabench stamp runs/nightly --response nightly.tsr`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.stampRun(c.Context(), args[0], o) },
	}
	c.Flags().StringVar(&o.authority, "tsa", "", "address of the authority (http or https)")
	c.Flags().StringVar(&o.request, "request", "", "file to write the request to, in place of sending it")
	c.Flags().StringVar(&o.response, "response", "", "file with the authority's reply")
	return c
}

func (a *app) stampRun(ctx context.Context, dir string, o stampFlags) error {
	given := 0
	for _, flag := range []string{o.authority, o.request, o.response} {
		if flag != "" {
			given++
		}
	}
	if given != 1 {
		return usage("want one of --tsa, --request and --response; see otabench stamp --help")
	}
	reply, err := o.reply(ctx, dir)
	if err != nil || o.request != "" {
		return err
	}
	s, err := sealed.AddStamp(dir, reply)
	if err != nil {
		return usage("%w", err)
	}
	view := sealed.Stamp{Time: s.Time, Authority: s.Authority}
	return a.print(view, func(w io.Writer) {
		fmt.Fprintf(w, "stamped %s by %q\n", s.Time.Format(time.RFC3339), s.Authority)
	})
}

// reply is the authority's, from wherever it comes; none if the request was only written.
func (o stampFlags) reply(ctx context.Context, dir string) ([]byte, error) {
	if o.response != "" {
		reply, err := os.ReadFile(o.response)
		if err != nil {
			return nil, usage("--response: %w", err)
		}
		return reply, nil
	}
	request, err := sealed.StampRequest(dir)
	if err != nil {
		return nil, usage("%w", err)
	}
	if o.request != "" {
		if err := os.WriteFile(o.request, request, 0o644); err != nil {
			return nil, usage("--request: %w", err)
		}
		return nil, nil
	}
	u, err := url.Parse(o.authority)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, usage("--tsa %q: want an address such as https://tsa.example/", o.authority)
	}
	reply, err := timestamp.Post(ctx, o.authority, request)
	if err != nil {
		return nil, fault("%w", err)
	}
	return reply, nil
}
