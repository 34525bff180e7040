package uds_test

import (
	"context"
	"reflect"
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

// FuzzResponses feeds arbitrary responses to every method that returns something. What is returned without an error has to
// be a response to the request, and nothing is returned with one.
func FuzzResponses(f *testing.F) {
	for i, seed := range [][]byte{
		{0x74, 0x20, 0x0F, 0xFF},
		{0x59, 2, 0xFF, 1, 2, 3, 4},
		{0x59, 4, 1, 2, 3, 9, 1, 1, 0xF1, 0x90, 7, 7},
		{0x64, 0xF1, 0x90, 0x95, 0, 0xE0, 0x4B, 0, 0x1E, 0xA1, 0x30},
		{0x78, 4, 1, 0xFF, 0, 0, 1, 9, 9},
		{0x69, 2, 0x11, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0},
		{0xC6, 4, 1, 1, 2, 8, 0x22, 0xF1, 0x90},
		{0xC4, 0, 0, 0, 0, 0, 0, 3, 0x62, 0xF1, 0x90, 1},
	} {
		f.Add(byte(i), seed)
	}
	f.Fuzz(func(t *testing.T, which byte, response []byte) {
		service := typed[int(which)%len(typed)]
		synctest.Test(t, func(t *testing.T) {
			c := uds.New(&fixed{newServer(nil), response}, uds.Options{Timing: uds.Timing{MaxPending: -1, MaxBusy: -1}})
			got, err := service.ask(t.Context(), c)
			switch {
			case err == nil && (len(response) == 0 || response[0] != service.sid+0x40):
				t.Errorf("% X passed for a response to %s", response, uds.ServiceName(service.sid))
			case err != nil && !reflect.ValueOf(got).IsZero():
				t.Errorf("% X: %v together with %v", response, got, err)
			}
		})
	})
}

// typed are the methods that FuzzResponses tries.
var typed = []struct {
	sid byte
	ask call
}{
	{0x34, func(ctx context.Context, c *uds.Client) (any, error) { return c.RequestDownload(ctx, 0, oneByte) }},
	{0x35, func(ctx context.Context, c *uds.Client) (any, error) { return c.RequestUpload(ctx, 0, oneByte) }},
	{0x36, func(ctx context.Context, c *uds.Client) (any, error) { return c.FetchData(ctx, 1) }},
	{0x37, func(ctx context.Context, c *uds.Client) (any, error) { return c.RequestTransferExit(ctx) }},
	{0x23, func(ctx context.Context, c *uds.Client) (any, error) { return c.ReadMemory(ctx, oneByte) }},
	{0x22, func(ctx context.Context, c *uds.Client) (any, error) { return c.ReadDataByIdentifier(ctx, 0xF190) }},
	{0x22, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.ReadRecords(ctx, uds.Record{ID: 0xF190, Length: 3}, uds.Record{ID: 0xF191, Length: 1})
	}},
	{0x10, func(ctx context.Context, c *uds.Client) (any, error) { return c.DiagnosticSessionControl(ctx, 2) }},
	{0x11, func(ctx context.Context, c *uds.Client) (any, error) {
		down, _, err := c.EnableRapidPowerShutDown(ctx)
		return down, err
	}},
	{0x27, func(ctx context.Context, c *uds.Client) (any, error) { return c.RequestSeed(ctx, 1) }},
	{0x31, func(ctx context.Context, c *uds.Client) (any, error) { return c.RoutineStart(ctx, 0x203) }},
	{0x24, func(ctx context.Context, c *uds.Client) (any, error) { return c.ReadScalingData(ctx, 0xF190) }},
	{0x2F, func(ctx context.Context, c *uds.Client) (any, error) { return c.AdjustIO(ctx, 0x9B00, []byte{1}) }},
	{0x83, func(ctx context.Context, c *uds.Client) (any, error) { return c.ReadCurrentTiming(ctx) }},

	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.NumberOfDTCs(ctx, 1) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.DTCsByStatus(ctx, 1) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.SnapshotIdentification(ctx) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.Snapshots(ctx, 0x010203, uds.AllRecords, lengths)
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.StoredData(ctx, uds.AllRecords, lengths)
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.StoredData(ctx, 1, nil) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.ExtendedData(ctx, 0x010203, 1, nil) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.NumberOfDTCsBySeverity(ctx, 1, 1) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.DTCsBySeverity(ctx, 1, 1) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.SeverityOfDTC(ctx, 0x010203) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.SupportedDTCs(ctx) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.FaultDetectionCounters(ctx) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.ExtendedDataByNumber(ctx, 1, 2) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.UserMemoryDTCs(ctx, 1, 1) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.UserMemorySnapshots(ctx, 1, 0x010203, uds.AllRecords, lengths)
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.UserMemoryExtendedData(ctx, 1, 0x010203, uds.AllRecords, lengths)
	}},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.DTCsWithExtendedData(ctx, 1) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.WWHOBDDTCs(ctx, 0x33, 1, 1) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.WWHOBDPermanentDTCs(ctx, 0x33) }},
	{0x19, func(ctx context.Context, c *uds.Client) (any, error) { return c.ReadinessGroupDTCs(ctx, 0x33, 1) }},

	{0x38, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ReadFile, Path: "a"})
	}},
	{0x38, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ResumeFile, Path: "a", SizeLength: 1})
	}},
	{0x29, func(ctx context.Context, c *uds.Client) (any, error) { return c.AuthenticationConfiguration(ctx) }},
	{0x29, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.VerifyCertificateUnidirectional(ctx, uds.ClientCertificate{Certificate: []byte{1}})
	}},
	{0x29, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.VerifyCertificateBidirectional(ctx, uds.ClientCertificate{Certificate: []byte{1}})
	}},
	{0x29, func(ctx context.Context, c *uds.Client) (any, error) { return c.ProofOfOwnership(ctx, []byte{1}, nil) }},
	{0x29, func(ctx context.Context, c *uds.Client) (any, error) { return c.TransmitCertificate(ctx, 1, []byte{1}) }},
	{0x29, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.RequestChallenge(ctx, 0, uds.Algorithm{})
	}},
	{0x29, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.VerifyProofUnidirectional(ctx, uds.Proof{Proof: []byte{1}})
	}},
	{0x29, func(ctx context.Context, c *uds.Client) (any, error) {
		return c.VerifyProofBidirectional(ctx, uds.Proof{Proof: []byte{1}})
	}},
	{0x86, func(ctx context.Context, c *uds.Client) (any, error) { return c.ActivatedEvents(ctx, nil) }},
	{0x86, func(ctx context.Context, c *uds.Client) (any, error) { return c.StopEvents(ctx, false) }},
	{0x84, func(ctx context.Context, c *uds.Client) (any, error) {
		return uds.NewSecuredLink(c, open{}, 0).Do(ctx, []byte{0x22, 0xF1, 0x90})
	}},
}

var oneByte = uds.Memory{Size: 1, AddressLength: 1, SizeLength: 1}
