package uds_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"otabench/ecu/uds"
)

func FuzzDescribe(f *testing.F) {
	for _, seed := range [][]byte{
		{0x22, 0xF1, 0x90},
		{0x59, 2, 0xFF, 1, 2, 3, 4},
		{0x38, 1, 0, 1, 'a', 0},
		{0x78, 4, 1, 1, 0, 0, 1, 1, 1},
		{0x84, 0, 1, 0, 0, 0, 0, 1, 0x84},
		{0x86, 7, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x22},
		{0x7F, 0x22, 0x31},
		{0x23, 0x12, 1, 2, 3},
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		text := uds.Describe(message)
		if text == "" || len(text) > 2000 {
			t.Errorf("%d characters of % X", len(text), message)
		}
	})
}

// FuzzResponses feeds arbitrary responses to every method that reads more than an echo. What is returned without an error
// has to be a response to the request.
func FuzzResponses(f *testing.F) {
	f.Add(byte(0), []byte{0x74, 0x20, 0x0F, 0xFF})
	f.Add(byte(5), []byte{0x59, 2, 0xFF, 1, 2, 3, 4})
	f.Add(byte(9), []byte{0x59, 4, 1, 2, 3, 9, 1, 1, 0xF1, 0x90, 7, 7})
	f.Add(byte(16), []byte{0x64, 0xF1, 0x90, 0x95, 0, 0xE0, 0x4B, 0, 0x1E, 0xA1, 0x30})
	f.Add(byte(17), []byte{0x78, 4, 1, 0xFF, 0, 0, 1, 9, 9})
	f.Add(byte(20), []byte{0x69, 2, 0x11, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0})
	f.Add(byte(22), []byte{0xC6, 4, 1, 1, 2, 8, 0x22, 0xF1, 0x90})
	f.Fuzz(func(t *testing.T, which byte, response []byte) {
		service := typed[int(which)%len(typed)]
		synctest.Test(t, func(t *testing.T) {
			c := uds.New(&fixed{newServer(nil), response}, uds.Options{Timing: uds.Timing{MaxPending: -1, MaxBusy: -1}})
			empty, err := service.ask(t.Context(), c)
			switch {
			case err == nil && (len(response) == 0 || response[0] != service.sid+0x40):
				t.Errorf("% X passed for a response to %s", response, uds.ServiceName(service.sid))
			case err != nil && !empty:
				t.Errorf("% X: a result together with %v", response, err)
			}
		})
	})
}

// typed are the methods that FuzzResponses tries; empty says that they return nothing.
var typed = []struct {
	sid byte
	ask func(context.Context, *uds.Client) (empty bool, err error)
}{
	{0x34, func(ctx context.Context, c *uds.Client) (bool, error) {
		n, err := c.RequestDownload(ctx, 0, uds.Memory{AddressLength: 1, SizeLength: 1})
		return n == 0, err
	}},
	{0x22, func(ctx context.Context, c *uds.Client) (bool, error) {
		all, err := c.ReadRecords(ctx, uds.Record{ID: 0xF190, Length: 3})
		return all == nil, err
	}},
	{0x10, func(ctx context.Context, c *uds.Client) (bool, error) {
		s, err := c.DiagnosticSessionControl(ctx, 2)
		return s == uds.SessionTiming{}, err
	}},
	{0x11, func(ctx context.Context, c *uds.Client) (bool, error) {
		_, known, err := c.EnableRapidPowerShutDown(ctx)
		return !known, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		n, err := c.NumberOfDTCs(ctx, 0xFF)
		return n == uds.DTCCount{}, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.DTCsByStatus(ctx, 0xFF)
		return r.DTCs == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.SnapshotIdentification(ctx)
		return r == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.FaultDetectionCounters(ctx)
		return r == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.DTCsBySeverity(ctx, 0xE0, 0xFF)
		return r.DTCs == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.Snapshots(ctx, 0x010203, uds.AllRecords, lengths)
		return r.Records == nil && r.Raw == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.StoredData(ctx, uds.AllRecords, lengths)
		return r.Records == nil && r.Raw == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.UserMemoryExtendedData(ctx, 1, 0x010203, uds.AllRecords, lengths)
		return r.Records == nil && r.Raw == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.ExtendedDataByNumber(ctx, 1, 2)
		return r == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.DTCsWithExtendedData(ctx, 1)
		return r.DTCs == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.WWHOBDDTCs(ctx, uds.GroupEmissions, 1, 1)
		return r.DTCs == nil, err
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.ReadinessGroupDTCs(ctx, uds.GroupEmissions, 1)
		return r.DTCs == nil, err
	}},
	{0x24, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.ReadScalingData(ctx, 0xF190)
		return r == nil, err
	}},
	{0x38, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ReadFile, Path: "a"})
		return r == uds.FileResponse{}, err
	}},
	{0x38, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ResumeFile, Path: "a", SizeLength: 1})
		return r == uds.FileResponse{}, err
	}},
	{0x23, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.ReadMemory(ctx, uds.Memory{Size: 2, AddressLength: 1, SizeLength: 1})
		return r == nil, err
	}},
	{0x29, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.VerifyCertificateBidirectional(ctx, uds.ClientCertificate{Certificate: []byte{1}})
		return bytes.Equal(r.Certificate, nil), err
	}},
	{0x29, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.VerifyProofBidirectional(ctx, uds.Proof{Proof: []byte{1}})
		return r.Proof == nil, err
	}},
	{0x86, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := c.ActivatedEvents(ctx, nil)
		return r == nil, err
	}},
	{0x86, func(ctx context.Context, c *uds.Client) (bool, error) {
		n, err := c.StopEvents(ctx, false)
		return n == 0, err
	}},
	{0x84, func(ctx context.Context, c *uds.Client) (bool, error) {
		r, err := uds.NewSecuredLink(c, open{}, 0).Do(ctx, []byte{0x22, 0xF1, 0x90})
		if errors.Is(err, uds.ErrInsecure) || r == nil {
			return true, err
		}
		return r[0] != 0x62, err
	}},
}
