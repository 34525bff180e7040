package uds_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"

	"otabench/ecu/uds"
)

// scapy runs a script with Debian's python3-scapy and returns its lines. These tests are about a peer, so they fail in CI
// when it is not there; elsewhere what they would have shown is left out.
func scapy(t *testing.T, script, input string) (lines []string, ran bool) {
	t.Helper()
	const interpreter = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), interpreter, "-c", "import scapy").Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("python3-scapy is missing; run .ci/install: %v", err)
		}
		t.Log("not checked: python3-scapy is not installed")
		return nil, false
	}
	cmd := exec.CommandContext(t.Context(), interpreter, "-c", scapyUDS+script)
	cmd.Stdin = strings.NewReader(input)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("scapy: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), true
}

// scapyUDS turns off what asks the network.
const scapyUDS = `
import sys, logging
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import Raw, load_contrib
load_contrib("automotive.uds", globals_dict=globals())
`

// dissect prints the layers that scapy sees in each message, with the fields that are not empty, and builds them again.
const dissect = `
def text(v):
    return v.hex() if isinstance(v, bytes) else str(v)
for line in sys.stdin:
    message = bytes.fromhex(line)
    p = UDS(message)
    fields = ["%s=%s" % (n, text(getattr(p.payload, n))) for n in
              [f.name for f in p.payload.fields_desc] if getattr(p.payload, n) is not None] if p.payload else []
    more = bytes(p.payload.payload).hex() if p.payload else ""
    print(p.payload.name, *fields, more and "+" + more, "" if bytes(p) == message else "BUILT DIFFERENTLY")
`

func TestScapyUnderstandsRequests(t *testing.T) {
	region := uds.Memory{Address: 0x0800, Size: 2, AddressLength: 2, SizeLength: 1}
	tests := []struct {
		ask  func(context.Context, *uds.Client) error
		want string
	}{
		{
			func(ctx context.Context, c *uds.Client) error { _, err := c.NumberOfDTCs(ctx, 8); return err },
			"ReadDTCInformation reportType=1 DTCStatusMask=8",
		},
		{
			func(ctx context.Context, c *uds.Client) error {
				_, err := c.Snapshots(ctx, 0x123456, 7, nil)
				return err
			},
			"ReadDTCInformation reportType=4 DTCHighByte=18 DTCMiddleByte=52 DTCLowByte=86 DTCSnapshotRecordNumber=7",
		},
		{
			func(ctx context.Context, c *uds.Client) error {
				_, err := c.ExtendedData(ctx, 0x123456, 7, nil)
				return err
			},
			"ReadDTCInformation reportType=6 DTCHighByte=18 DTCMiddleByte=52 DTCLowByte=86 DTCExtendedDataRecordNumber=7",
		},
		{
			func(ctx context.Context, c *uds.Client) error { _, err := c.DTCsBySeverity(ctx, 0x20, 8); return err },
			"ReadDTCInformation reportType=8 DTCSeverityMask=32 DTCStatusMask=8",
		},
		{
			func(ctx context.Context, c *uds.Client) error { _, err := c.ReadMemory(ctx, region); return err },
			"ReadMemoryByAddress memorySizeLen=1 memoryAddressLen=2 memoryAddress2=2048 memorySize1=2",
		},
		{
			func(ctx context.Context, c *uds.Client) error { return c.WriteMemory(ctx, region, []byte{0xAA, 0xBB}) },
			"WriteMemoryByAddress memorySizeLen=1 memoryAddressLen=2 memoryAddress2=2048 memorySize1=2 dataRecord=aabb",
		},
		{func(ctx context.Context, c *uds.Client) error {
			_, err := c.VerifyCertificateBidirectional(ctx, uds.ClientCertificate{Configuration: 1, Certificate: []byte{2, 3}, Challenge: []byte{4}})
			return err
		}, "Authentication subFunction=2 communicationConfiguration=1 certificateClient=0203 challengeClient=04"},
		{
			func(ctx context.Context, c *uds.Client) error {
				_, err := c.ProofOfOwnership(ctx, []byte{1}, []byte{2})
				return err
			},
			"Authentication subFunction=3 proofOfOwnershipClient=01 ephemeralPublicKeyClient=02",
		},
		{
			func(ctx context.Context, c *uds.Client) error {
				_, err := c.TransmitCertificate(ctx, 0x1234, []byte{1})
				return err
			},
			"Authentication subFunction=4 certificateEvaluationId=4660 certificateData=01",
		},
		{func(ctx context.Context, c *uds.Client) error {
			_, err := c.VerifyProofBidirectional(ctx, uds.Proof{Proof: []byte{1}, Challenge: []byte{2}, Additional: []byte{3}})
			return err
		}, "Authentication subFunction=7 algorithmIndicator=00000000000000000000000000000000 proofOfOwnershipClient=01" +
			" challengeClient=02 additionalParameter=03"},
		{
			func(ctx context.Context, c *uds.Client) error { return c.StartPeriodic(ctx, uds.FastRate, 1, 2) },
			"ReadDataByPeriodicIdentifier transmissionMode=3 periodicDataIdentifier=1 furtherPeriodicDataIdentifier=02",
		},
		{func(ctx context.Context, c *uds.Client) error {
			_, err := c.AdjustIO(ctx, 0x9B00, []byte{0x3C}, 0xF0)
			return err
		}, "InputOutputControlByIdentifier dataIdentifier=39680 controlOptionRecord=3 controlEnableMaskRecord=3cf0"},
		{func(ctx context.Context, c *uds.Client) error {
			_, err := c.RequestFileTransfer(ctx, uds.FileRequest{
				Operation: uds.AddFile, Path: "a", DataFormat: 0x12, SizeLength: 2, Uncompressed: 100, Compressed: 50,
			})
			return err
		}, "RequestFileTransfer modeOfOperation=1 filePathAndName=61 compressionMethod=1 encryptingMethod=2" +
			" fileSizeUnCompressed=0064 fileSizeCompressed=0032"},
		{
			func(ctx context.Context, c *uds.Client) error { return c.VerifyBitrate(ctx, 150_000) },
			"LinkControl linkControlType=2 baudrateHighByte=2 baudrateMiddleByte=73 baudrateLowByte=240",
		},
		{
			func(ctx context.Context, c *uds.Client) error {
				return c.SetUpEvent(ctx, uds.EventOnDTC(2, 8, 0x19, 2))
			},
			"ResponseOnEvent eventType=1 eventWindowTime=2 eventTypeRecord=081902",
		},
	}
	var input strings.Builder
	for _, tt := range tests {
		s, _, _ := ask(t, nil, tt.ask)
		fmt.Fprintln(&input, s.sent[0])
	}
	lines, ran := scapy(t, dissect, input.String())
	if !ran {
		return
	}
	if len(lines) != len(tests) {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	for i, tt := range tests {
		// Lengths are no more than what follows them.
		var fields []string
		for _, f := range strings.Fields(lines[i]) {
			if !strings.HasPrefix(f, "lengthOf") && !strings.Contains(f, "Length=") {
				fields = append(fields, f)
			}
		}
		if got := strings.Join(fields, " "); got != tt.want {
			t.Errorf("scapy sees %s, want %s", got, tt.want)
		}
	}
}

// build prints responses that scapy makes.
const build = `
for p in [
    UDS()/UDS_AUTHPR(subFunction=2, returnValue=0x11, challengeServer=b"a", certificateServer=b"b",
                     proofOfOwnershipServer=b"c", ephemeralPublicKeyServer=b"d"),
    UDS()/UDS_AUTHPR(subFunction=5, returnValue=0, algorithmIndicator=bytes(16), challengeServer=b"a",
                     neededAdditionalParameter=b"b"),
    UDS()/UDS_AUTHPR(subFunction=7, returnValue=0x12, algorithmIndicator=bytes(16), proofOfOwnershipServer=b"a",
                     sessionKeyInfo=b"b"),
    UDS()/UDS_RFTPR(modeOfOperation=4, maxNumberOfBlockLength=b"\x0f\xff", compressionMethod=1, encryptingMethod=2,
                    fileSizeUncompressedOrDirInfoLength=b"\x00\x64", fileSizeCompressed=b"\x00\x32"),
    UDS()/UDS_RDTCIPR(reportType=7, DTCStatusAvailabilityMask=0xff, DTCFormatIdentifier=1, DTCCount=258),
    UDS()/UDS_ERPR(resetType=4, powerDownTime=9),
]:
    print(bytes(p).hex())
`

func TestScapyMakesResponses(t *testing.T) {
	lines, ran := scapy(t, build, "")
	if !ran {
		return
	}
	tests := []struct {
		ask  call
		want string
	}{
		{func(ctx context.Context, c *uds.Client) (any, error) {
			return c.VerifyCertificateBidirectional(ctx, uds.ClientCertificate{Certificate: []byte{1}})
		}, "{certificate verified, ownership verification necessary (0x11) [97] [98] [99] [100]}"},
		{
			func(ctx context.Context, c *uds.Client) (any, error) {
				return c.RequestChallenge(ctx, 0, uds.Algorithm{})
			},
			"{requestAccepted (0x00) [97] [98]}",
		},
		{func(ctx context.Context, c *uds.Client) (any, error) {
			o, err := c.VerifyProofBidirectional(ctx, uds.Proof{Proof: []byte{1}})
			return []any{o.Return, o.Proof, o.SessionKeyInfo}, err
		}, "[ownership verified, authentication complete (0x12) [97] [98]]"},
		{func(ctx context.Context, c *uds.Client) (any, error) {
			return c.RequestFileTransfer(ctx, uds.FileRequest{Operation: uds.ReadFile, Path: "a"})
		}, "{4095 18 100 50 0}"},
		{func(ctx context.Context, c *uds.Client) (any, error) {
			n, err := c.NumberOfDTCsBySeverity(ctx, 1, 1)
			return []any{n.Format, n.Count}, err
		}, "[ISO 14229-1 258]"},
		{func(ctx context.Context, c *uds.Client) (any, error) {
			down, _, err := c.EnableRapidPowerShutDown(ctx)
			return down, err
		}, "9s"},
	}
	if len(lines) != len(tests) {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	for i, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			response, err := hex.DecodeString(lines[i])
			if err != nil {
				t.Fatal(err)
			}
			got, err := tt.ask(t.Context(), uds.New(&fixed{newServer(nil), response}, uds.Options{}))
			if err != nil || fmt.Sprint(got) != tt.want {
				t.Errorf("% X is %v, %v; want %s", response, got, err, tt.want)
			}
		})
	}
}
