package uds_test

import (
	"context"
	"encoding/asn1"
	"errors"
	"testing"
	"time"

	"otabench/ecu/uds"
)

func TestFurtherServices(t *testing.T) {
	type ctx = context.Context
	type client = *uds.Client
	region := uds.Memory{Address: 0x0800, Size: 2, AddressLength: 2, SizeLength: 1}
	testServices(t, []serviceTest{
		{"rapid power shut down", "1104", "51040A", func(ctx ctx, c client) (any, error) {
			down, known, err := c.EnableRapidPowerShutDown(ctx)
			return []any{down, known}, err
		}, "[10s true]", []string{"5104"}},
		{"rapid power shut down without a time", "1104", "5104FF", func(ctx ctx, c client) (any, error) {
			down, known, err := c.EnableRapidPowerShutDown(ctx)
			return []any{down, known}, err
		}, "[0s false]", nil},
		{"slow power shut down", "1105", "5105", none(func(ctx ctx, c client) error { return c.DisableRapidPowerShutDown(ctx) }), "", nil},
		{
			"read memory", "2312080002", "63AABB", func(ctx ctx, c client) (any, error) { return c.ReadMemory(ctx, region) },
			"[170 187]",
			[]string{"63AA", "63AABBCC", "63"},
		},
		{"write memory", "3D12080002AABB", "7D12080002", none(func(ctx ctx, c client) error {
			return c.WriteMemory(ctx, region, []byte{0xAA, 0xBB})
		}), "", []string{"7D12080003"}},
		{
			"scaling, the standard's example", "240105", "640105 01 9500E04B001E A130", func(ctx ctx, c client) (any, error) {
				return c.ReadScalingData(ctx, 0x105)
			}, "[{unSignedNumeric 1 [] 0 []} {formula 5 [] 0 [0.75 30]} {unit/format 1 [48] 0 []}]",
			[]string{"640105", "64010595", "640105 9400", "640106 01", "640105 A1"},
		},
		{"scaling without sizes", "24F190", "64F190 6F 62 2280FF 9006FFFF A04A B085 C1", func(ctx ctx, c client) (any, error) {
			return c.ReadScalingData(ctx, 0xF190)
		}, "[{ASCII 15 [] 0 []} {ASCII 2 [] 0 []} {bitMappedReportedWithOutMask 2 [128 255] 0 []} {formula 0 [] 6 [-0.1]}" +
			" {unit/format 0 [74] 0 []} {stateAndConnectionType 0 [133] 0 []} {reserved (0xC) 1 [] 0 []}]", []string{"64F190 900A"}},
		{"seed with a record", "277D0102", "677D55", func(ctx ctx, c client) (any, error) { return c.RequestSeed(ctx, 0x7D, 1, 2) }, "[85]", []string{"677D"}},
		{"subnet", "2801F3", "6801", none(func(ctx ctx, c client) error {
			return c.SetCommunication(ctx, uds.Communication{
				Control: uds.EnableRxAndDisableTx, Messages: uds.AllMessages, Subnet: uds.ReceivingNetwork,
			})
		}), "", []string{"6802"}},
		{"node", "2805021234", "6805", none(func(ctx ctx, c client) error {
			return c.SetCommunication(ctx, uds.Communication{
				Control: uds.EnableRxAndTxWithEnhancedAddress, Messages: uds.NetworkManagementMessages, Node: 0x1234,
			})
		}), "", nil},
		{"start periodic", "2A030102", "6A", none(func(ctx ctx, c client) error { return c.StartPeriodic(ctx, uds.FastRate, 1, 2) }), "", nil},
		{"stop periodic", "2A04", "6A", none(func(ctx ctx, c client) error { return c.StopPeriodic(ctx) }), "", nil},
		{"define by identifier", "2C01F300F1900102F1910304", "6C01F300", none(func(ctx ctx, c client) error {
			return c.DefineByIdentifier(ctx, 0xF300, uds.Source{ID: 0xF190, Position: 1, Size: 2}, uds.Source{ID: 0xF191, Position: 3, Size: 4})
		}), "", []string{"6C01F301", "6C01"}},
		{"define by address", "2C02F30012080002080002", "6C02F300", none(func(ctx ctx, c client) error {
			return c.DefineByMemoryAddress(ctx, 0xF300, region, region)
		}), "", []string{"6C02F301"}},
		{"clear a definition", "2C03F300", "6C03F300", none(func(ctx ctx, c client) error { return c.ClearDefinition(ctx, 0xF300) }), "", []string{"6C03"}},
		{"clear all definitions", "2C03", "6C03", none(func(ctx ctx, c client) error { return c.ClearDefinitions(ctx) }), "", []string{"6C01"}},
		{"adjust", "2F9B00033CF0", "6F9B00033C", func(ctx ctx, c client) (any, error) {
			return c.AdjustIO(ctx, 0x9B00, []byte{0x3C}, 0xF0)
		}, "[60]", []string{"6F9B0002", "6F9B01033C"}},
		{"return control", "2F9B0000", "6F9B0000", func(ctx ctx, c client) (any, error) {
			return c.InputOutputControl(ctx, 0x9B00, uds.ReturnControlToECU)
		}, "[]", []string{"6F9B00"}},
		{"freeze", "2F9B000280", "6F9B000201", func(ctx ctx, c client) (any, error) {
			return c.InputOutputControl(ctx, 0x9B00, uds.FreezeCurrentState, 0x80)
		}, "[1]", nil},
		{"add file", "380100032F612F110200640032", "7801020FFF11", func(ctx ctx, c client) (any, error) {
			return c.RequestFileTransfer(ctx, uds.FileRequest{
				Operation: uds.AddFile, Path: "/a/", DataFormat: 0x11, SizeLength: 2, Uncompressed: 100, Compressed: 50,
			})
		}, "{4095 17 0 0 0}", []string{"7801020FFF", "780109", "7803020FFF11", "7801020FFF1100", "780100"}},
		{"delete file", "3802000161", "7802", func(ctx ctx, c client) (any, error) {
			return c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.DeleteFile, Path: "a"})
		}, "{0 0 0 0 0}", []string{"780200"}},
		{"replace file", "380300016100010505", "78030142 00", func(ctx ctx, c client) (any, error) {
			return c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ReplaceFile, Path: "a", SizeLength: 1, Uncompressed: 5, Compressed: 5})
		}, "{66 0 0 0 0}", nil},
		{"read file", "380400016100", "780401420000020064 0032", func(ctx ctx, c client) (any, error) {
			return c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ReadFile, Path: "a"})
		}, "{66 0 100 50 0}", []string{"78040142000002006400", "78040142000000", "7804014200FFFF"}},
		{"read directory", "3805000161", "7805014200000164", func(ctx ctx, c client) (any, error) {
			return c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ReadDir, Path: "a"})
		}, "{66 0 100 0 0}", nil},
		{"resume file", "380600016100010505", "78060142000000000000000003", func(ctx ctx, c client) (any, error) {
			return c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ResumeFile, Path: "a", SizeLength: 1, Uncompressed: 5, Compressed: 5})
		}, "{66 0 0 0 3}", []string{"780601420000"}},
		{"extended timing", "8301", "C301AA", func(ctx ctx, c client) (any, error) { return c.ReadExtendedTiming(ctx) }, "[170]", []string{"C302"}},
		{"current timing", "8303", "C303BB", func(ctx ctx, c client) (any, error) { return c.ReadCurrentTiming(ctx) }, "[187]", nil},
		{"default timing", "8302", "C302", none(func(ctx ctx, c client) error { return c.SetDefaultTiming(ctx) }), "", nil},
		{"given timing", "8304AABB", "C304", none(func(ctx ctx, c client) error { return c.SetTiming(ctx, 0xAA, 0xBB) }), "", nil},
		{"DTC setting of some", "8502123456", "C502", none(func(ctx ctx, c client) error {
			return c.ControlDTCSetting(ctx, false, 0x12, 0x34, 0x56)
		}), "", nil},
		{"fixed link mode", "870112", "C701", none(func(ctx ctx, c client) error { return c.VerifyLinkMode(ctx, uds.LinkCAN500k) }), "", []string{"C702"}},
		{"link rate", "87020249F0", "C702", none(func(ctx ctx, c client) error { return c.VerifyBitrate(ctx, 150_000) }), "", nil},
		{"link transition", "8703", "C703", none(func(ctx ctx, c client) error { return c.TransitionLink(ctx) }), "", nil},
	})
}

func TestAuthenticationTasks(t *testing.T) {
	type ctx = context.Context
	type client = *uds.Client
	algorithm, err := uds.NewAlgorithm(asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2})
	if err != nil {
		t.Fatal(err)
	}
	const oid = "06082A8648CE3D040302000000000000"
	mine := uds.ClientCertificate{Configuration: 1, Certificate: []byte{0xC1}, Challenge: []byte{0xCC, 0xCD}}
	proof := uds.Proof{Algorithm: algorithm, Proof: []byte{0xAA}, Challenge: []byte{0xBB}, Additional: []byte{0xCC}}
	testServices(t, []serviceTest{
		{
			"deauthenticate", "2900", "690010", func(ctx ctx, c client) (any, error) { return c.Deauthenticate(ctx) },
			"deAuthentication successful (0x10)",
			[]string{"6900", "69001000"},
		},
		{
			"configuration", "2908", "6908A0", func(ctx ctx, c client) (any, error) { return c.AuthenticationConfiguration(ctx) },
			"reserved or maker-specific (0xA0)", nil,
		},
		{
			"certificate", "2901010001C10002CCCD", "690111 0001AA 0000", func(ctx ctx, c client) (any, error) {
				return c.VerifyCertificateUnidirectional(ctx, mine)
			}, "{certificate verified, ownership verification necessary (0x11) [170] [] [] []}",
			[]string{"690111 0002AA", "6901110001AA", "690111 0001AA 000000", "690211 0001AA 0000"},
		},
		{
			"certificates", "2902010001C10002CCCD", "690211 0001AA 0001BB 0001CC 0001DD", func(ctx ctx, c client) (any, error) {
				return c.VerifyCertificateBidirectional(ctx, mine)
			}, "{certificate verified, ownership verification necessary (0x11) [170] [187] [204] [221]}",
			[]string{"690211 0001AA 0001BB 0001CC"},
		},
		{"proof", "29030001AA0001BB", "690312 0001CC", func(ctx ctx, c client) (any, error) {
			o, err := c.ProofOfOwnership(ctx, []byte{0xAA}, []byte{0xBB})
			return []any{o.Return, o.SessionKeyInfo}, err
		}, "[ownership verified, authentication complete (0x12) [204]]", []string{"690312"}},
		{"transmit", "290412340001C1", "690413", func(ctx ctx, c client) (any, error) {
			return c.TransmitCertificate(ctx, 0x1234, []byte{0xC1})
		}, "certificate verified (0x13)", nil},
		{"challenge", "290507" + oid, "690500" + oid + "0001AA 0001BB", func(ctx ctx, c client) (any, error) {
			return c.RequestChallenge(ctx, 7, algorithm)
		}, "{requestAccepted (0x00) [170] [187]}", []string{"690500" + "05" + oid[2:] + "0001AA 0001BB", "690500" + oid}},
		{"prove", "2906" + oid + "0001AA0001BB0001CC", "690612" + oid + "0001DD", func(ctx ctx, c client) (any, error) {
			o, err := c.VerifyProofUnidirectional(ctx, proof)
			return []any{o.Proof, o.SessionKeyInfo}, err
		}, "[[] [221]]", []string{"690612" + oid}},
		{"prove both", "2907" + oid + "0001AA0001BB0001CC", "690712" + oid + "0001EE 0000", func(ctx ctx, c client) (any, error) {
			o, err := c.VerifyProofBidirectional(ctx, proof)
			return []any{o.Proof, o.SessionKeyInfo}, err
		}, "[[238] []]", []string{"690712" + oid + "0001EE"}},
	})
}

func TestEvents(t *testing.T) {
	type ctx = context.Context
	type client = *uds.Client
	setUp := func(e uds.Event) call {
		return none(func(ctx ctx, c client) error { return c.SetUpEvent(ctx, e) })
	}
	comparison, err := uds.EventOnComparison(uds.InfiniteWindow, uds.Comparison{
		ID: 0x0104, Operator: ">", Reference: 0x190, Hysteresis: 10, Signed: true, Bits: 8, Offset: 24,
	}, 0x22, 0x01, 0x05)
	if err != nil {
		t.Fatal(err)
	}
	testServices(t, []serviceTest{
		{
			"on a trouble code", "86010208190208", "C6010002 08 190208", setUp(uds.EventOnDTC(uds.InfiniteWindow, uds.ConfirmedDTC, 0x19, 2, 8)), "",
			[]string{"C6010002 09 190208", "C601000308190208", "C6010002", "C60100"},
		},
		{"on a timer", "8602030122F190", "C6020003 01 22F190", setUp(uds.EventOnTimer(uds.ShortWindow, uds.SlowRate, 0x22, 0xF1, 0x90)), "", nil},
		{"on data", "860302F19022F190", "C6030002 F190 22F190", setUp(uds.EventOnData(uds.InfiniteWindow, 0xF190, 0x22, 0xF1, 0x90)), "", nil},
		{"on a comparison", "860702010402000001900AA018220105", "C607000201040200000190 0AA018 220105", setUp(comparison), "", nil},
		{"on the last trouble code", "8608020E", "C60800020E", setUp(uds.EventOnRecentDTC(uds.InfiniteWindow, true)), "", nil},
		{"with a snapshot", "860902080401", "C609000208 0401", setUp(uds.EventOnDTCSnapshot(uds.InfiniteWindow, uds.ConfirmedDTC, 1)), "", nil},
		{"with extended data", "86090208190118", "C60900020819 0118", setUp(uds.EventOnDTCExtendedData(uds.InfiniteWindow, uds.ConfirmedDTC, 1, 0x18)), "", nil},
		{"start", "864502", "C6450002", none(func(ctx ctx, c client) error { return c.StartEvents(ctx, uds.InfiniteWindow, true) }), "", []string{"C6050002"}},
		{"stop", "860002", "C6000302", func(ctx ctx, c client) (any, error) { return c.StopEvents(ctx, false) }, "3", nil},
		{"clear", "860602", "C6060002", none(func(ctx ctx, c client) error { return c.ClearEvents(ctx) }), "", nil},
		{
			"which are activated", "860402", "C60403 410208190208 0303F19022F190 09020818FF18", func(ctx ctx, c client) (any, error) {
				return c.ActivatedEvents(ctx, nil)
			}, "[{onDTCStatusChange 2 [8] [25 2 8]} {onChangeOfDataIdentifier 3 [241 144] [34 241 144]}" +
				" {reportDTCRecordInformationOnDtcStatusChange 2 [8 24 255 24] []}]",
			[]string{"C604", "C60401", "C60401 0502", "C60400 00", "C60402 410208190208"},
		},
		{"activated, length told", "860402", "C60401 010208 3D00", func(ctx ctx, c client) (any, error) {
			return c.ActivatedEvents(ctx, func(b []byte) int { return len(b) })
		}, "[{onDTCStatusChange 2 [8] [61 0]}]", nil},
	})
	_, _, err = ask(t, map[string][]answer{"860402": {{0, "C60401 010208 3D00"}}}, func(ctx ctx, c client) error {
		_, err := c.ActivatedEvents(ctx, nil)
		return err
	})
	if !errors.Is(err, uds.ErrLength) {
		t.Errorf("a service of unknown length: %v", err)
	}
}

func TestRespondLength(t *testing.T) {
	for _, tt := range []struct {
		request []byte
		want    int
	}{
		{[]byte{0x22, 0xF1, 0x90}, 3},
		{[]byte{0x31, 1, 2, 3}, 4},
		{[]byte{0x19, 2, 8}, 3},
		{[]byte{0x19, 0x8E}, 2},
		{[]byte{0x19, 4, 1, 2, 3, 1}, 6},
		{[]byte{0x19}, 0},
		{[]byte{0x3D}, 0},
		{nil, 0},
	} {
		if got := uds.RespondLength(tt.request); got != tt.want {
			t.Errorf("% X: %d, want %d", tt.request, got, tt.want)
		}
	}
}

// What no request can carry is not sent.
func TestInvalidRequests(t *testing.T) {
	long := make([]byte, 0x10000)
	region := uds.Memory{Address: 1, Size: 2, AddressLength: 1, SizeLength: 1}
	for name, f := range map[string]func(context.Context, *uds.Client) error{
		"even level":       func(ctx context.Context, c *uds.Client) error { _, err := c.RequestSeed(ctx, 2); return err },
		"reserved level":   func(ctx context.Context, c *uds.Client) error { return c.SendKey(ctx, 0x7F, nil) },
		"suppressed level": func(ctx context.Context, c *uds.Client) error { return c.Suppressed().SendKey(ctx, 0x80, nil) },
		"region":           func(ctx context.Context, c *uds.Client) error { _, err := c.ReadMemory(ctx, uds.Memory{}); return err },
		"written region":   func(ctx context.Context, c *uds.Client) error { return c.WriteMemory(ctx, uds.Memory{}, nil) },
		"written size":     func(ctx context.Context, c *uds.Client) error { return c.WriteMemory(ctx, region, []byte{1}) },
		"rate":             func(ctx context.Context, c *uds.Client) error { return c.StartPeriodic(ctx, 4, 1) },
		"nothing periodic": func(ctx context.Context, c *uds.Client) error { return c.StartPeriodic(ctx, uds.SlowRate) },
		"no source":        func(ctx context.Context, c *uds.Client) error { return c.DefineByIdentifier(ctx, 1) },
		"source of nothing": func(ctx context.Context, c *uds.Client) error {
			return c.Suppressed().DefineByIdentifier(ctx, 1, uds.Source{})
		},
		"no region":         func(ctx context.Context, c *uds.Client) error { return c.DefineByMemoryAddress(ctx, 1) },
		"region of nothing": func(ctx context.Context, c *uds.Client) error { return c.DefineByMemoryAddress(ctx, 1, uds.Memory{}) },
		"widths": func(ctx context.Context, c *uds.Client) error {
			return c.Suppressed().DefineByMemoryAddress(ctx, 1, region, uds.Memory{AddressLength: 2, SizeLength: 1})
		},
		"adjust to nothing": func(ctx context.Context, c *uds.Client) error { _, err := c.AdjustIO(ctx, 1, nil); return err },
		"control adjusts": func(ctx context.Context, c *uds.Client) error {
			_, err := c.InputOutputControl(ctx, 1, uds.ShortTermAdjustment)
			return err
		},
		"operation": func(ctx context.Context, c *uds.Client) error {
			_, err := c.RequestFileTransfer(ctx, uds.FileRequest{Path: "a"})
			return err
		},
		"no path": func(ctx context.Context, c *uds.Client) error {
			_, err := c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ReadFile})
			return err
		},
		"size": func(ctx context.Context, c *uds.Client) error {
			_, err := c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.AddFile, Path: "a", SizeLength: 1, Uncompressed: 256})
			return err
		},
		"no timing": func(ctx context.Context, c *uds.Client) error { return c.SetTiming(ctx) },
		"bit rate":  func(ctx context.Context, c *uds.Client) error { return c.VerifyBitrate(ctx, 1<<24) },
		"control type": func(ctx context.Context, c *uds.Client) error {
			return c.SetCommunication(ctx, uds.Communication{Control: 0x80, Messages: 1})
		},
		"no messages": func(ctx context.Context, c *uds.Client) error { return c.SetCommunication(ctx, uds.Communication{}) },
		"no node": func(ctx context.Context, c *uds.Client) error {
			return c.Suppressed().SetCommunication(ctx, uds.Communication{Control: uds.EnableRxAndTxWithEnhancedAddress, Messages: 1})
		},
		"needless node": func(ctx context.Context, c *uds.Client) error {
			return c.SetCommunication(ctx, uds.Communication{Messages: 1, Node: 1})
		},
		"long certificate": func(ctx context.Context, c *uds.Client) error {
			_, err := c.VerifyCertificateUnidirectional(ctx, uds.ClientCertificate{Certificate: long})
			return err
		},
		"no certificate": func(ctx context.Context, c *uds.Client) error {
			_, err := c.VerifyCertificateBidirectional(ctx, uds.ClientCertificate{})
			return err
		},
		"no certificate to transmit": func(ctx context.Context, c *uds.Client) error {
			_, err := c.TransmitCertificate(ctx, 1, nil)
			return err
		},
		"no proof": func(ctx context.Context, c *uds.Client) error {
			_, err := c.ProofOfOwnership(ctx, nil, nil)
			return err
		},
		"no proof of a challenge": func(ctx context.Context, c *uds.Client) error {
			_, err := c.VerifyProofUnidirectional(ctx, uds.Proof{})
			return err
		},
		"control as event": func(ctx context.Context, c *uds.Client) error {
			return c.SetUpEvent(ctx, uds.Event{Type: uds.StartResponseOnEvent})
		},
		"event record": func(ctx context.Context, c *uds.Client) error {
			return c.SetUpEvent(ctx, uds.Event{Type: uds.OnDTCStatusChange})
		},
		"event without service": func(ctx context.Context, c *uds.Client) error { return c.SetUpEvent(ctx, uds.EventOnDTC(2, 1)) },
		"no sub-function": func(ctx context.Context, c *uds.Client) error {
			return c.Suppressed().Do(ctx, []byte{0x22, 0xF1, 0x90})
		},
	} {
		s, _, err := ask(t, nil, f)
		if !errors.Is(err, uds.ErrRequest) || len(s.sent) != 0 {
			t.Errorf("%s: %v, sent %v", name, err, s.sent)
		}
	}
	if _, err := uds.NewAlgorithm(asn1.ObjectIdentifier{1, 2, 1 << 30, 1 << 30, 1 << 30, 1 << 30}); !errors.Is(err, uds.ErrRequest) {
		t.Errorf("long object identifier: %v", err)
	}
	for _, c := range []uds.Comparison{{Operator: "!", Bits: 1}, {Operator: "<"}, {Operator: "<", Bits: 33}, {Operator: "<", Bits: 1, Offset: 1024}} {
		if _, err := uds.EventOnComparison(2, c, 0x22); !errors.Is(err, uds.ErrRequest) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A session's timing is known again when it is entered without a response.
func TestTimingIsThatOfTheSession(t *testing.T) {
	_, _, err := ask(t, map[string][]answer{
		"1003": {{0, "500300C801F4"}}, "1001": {{0, "5001003201F4"}}, "1060": {{0, "5060"}}, "1101": {{0, "5101"}}, "1104": {{0, "510400"}},
	}, func(ctx context.Context, c *uds.Client) error {
		for _, step := range []struct {
			do   func() error
			want time.Duration
		}{
			{func() error { _, err := c.DiagnosticSessionControl(ctx, 3); return err }, 200 * ms},
			{func() error { _, _, err := c.EnableRapidPowerShutDown(ctx); return err }, 200 * ms},
			{func() error { _, err := c.DiagnosticSessionControl(ctx, 1); return err }, 50 * ms},
			{func() error { return c.Suppressed().DiagnosticSessionControl(ctx, 3) }, 200 * ms},
			{func() error { return c.Suppressed().DiagnosticSessionControl(ctx, 2) }, 50 * ms},
			{func() error { return c.Suppressed().DiagnosticSessionControl(ctx, 3) }, 200 * ms},
			{func() error { return c.Suppressed().ECUReset(ctx, uds.HardReset) }, 50 * ms},
			{func() error { return c.Suppressed().DiagnosticSessionControl(ctx, 3) }, 200 * ms},
			{func() error { _, err := c.DiagnosticSessionControl(ctx, 0x60); return err }, 50 * ms},
		} {
			if err := step.do(); err != nil {
				return err
			}
			if p2, _ := c.Timing(); p2 != step.want {
				t.Errorf("P2 %v, want %v", p2, step.want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
