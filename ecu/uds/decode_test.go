package uds_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

func TestDescribe(t *testing.T) {
	for in, want := range map[string]string{
		"":               "empty message",
		"3611AABB":       "TransferData #17, 2 bytes",
		"7611":           "positive response to TransferData #17, 0 bytes",
		"3101FF00":       "RoutineControl start FF00",
		"22F190":         "ReadDataByIdentifier F190",
		"7F3693":         "negative response to TransferData: voltageTooLow (0x93)",
		"8502":           "ControlDTCSetting 02",
		"C502":           "positive response to ControlDTCSetting 02",
		"37":             "RequestTransferExit",
		"BA01":           "service 0xBA 01",
		"3400440000":     "RequestDownload",
		"3400220800FFFF": "RequestDownload, 65535 bytes at 0x800",
		"7420FFF0":       "positive response to RequestDownload, blocks of 65520 bytes",
		"7420FF":         "positive response to RequestDownload",
		"3105FF00":       "RoutineControl 05 FF00",
		"3103FF00":       "RoutineControl results of FF00",
		"3182FF00":       "RoutineControl stop FF00",
		"14FFFFFF":       "ClearDiagnosticInformation FFFFFF",
		"34":             "RequestDownload",
		"3400":           "RequestDownload",
		"7F31":           "service 0x7F 31",
		"7F":             "service 0x7F",
	} {
		b, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := uds.Describe(b); got != want {
			t.Errorf("Describe(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestEveryCodeHasAName(t *testing.T) {
	for c := range 256 {
		if s := uds.NRC(c).String(); !strings.HasSuffix(s, fmt.Sprintf("(0x%02X)", c)) {
			t.Error(s)
		}
	}
	if s := uds.NRC(0x88).Error(); s != "vehicleSpeedTooHigh (0x88)" {
		t.Error(s)
	}
}

func FuzzResponses(f *testing.F) {
	f.Add([]byte{0x74, 0x20, 0x0F, 0xFF})
	f.Add([]byte{0x59, 2, 0xFF, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, response []byte) {
		_ = uds.Describe(response)
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			for _, call := range []func(*uds.Client){
				func(c *uds.Client) { _, _ = c.DiagnosticSessionControl(ctx, 2) },
				func(c *uds.Client) { _, _ = c.RequestDownload(ctx, 0, uds.Memory{AddressLength: 1, SizeLength: 1}) },
				func(c *uds.Client) { _, _ = c.ReadRecords(ctx, uds.Record{ID: 0xF190, Length: 3}) },
				func(c *uds.Client) { _, _ = c.RequestTransferExit(ctx) },
				func(c *uds.Client) { _, _ = c.ReadDTCs(ctx, 0xFF) },
				func(c *uds.Client) { _, _ = c.CountDTCs(ctx, 0xFF) },
				func(c *uds.Client) { _, _ = c.ReadDataByIdentifier(ctx, 0xF190) },
			} {
				s := newServer(nil)
				s.inbox = make(chan isotp.Message, 2)
				c := uds.New(&fixed{s, response}, uds.Options{})
				call(c)
			}
		})
	})
}
