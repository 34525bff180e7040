package compress_test

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"otabench/ecu/image/internal/peertest"
)

//go:embed peer.py
var script string

// exchange is one line to the peer, and what is to be held against its answer.
type exchange struct {
	codec, verb, sample string
	data                []byte
}

// TestPeers exchanges data with implementations that have nothing to do with this one: Python's zlib and gzip, the C
// library of LZ4, and LZSS.C itself in python3-lzss.
func TestPeers(t *testing.T) {
	var exchanges []exchange
	var input bytes.Buffer
	for _, codec := range []string{"deflate", "zlib", "gzip", "lz4", "lzss"} {
		for sample, data := range samples() {
			exchanges = append(exchanges, exchange{codec, "unpack", sample, pack(t, codec, data)})
			exchanges = append(exchanges, exchange{codec, "pack", sample, data})
		}
	}
	for _, e := range exchanges {
		fmt.Fprintf(&input, "%s %s %x\n", e.codec, e.verb, e.data)
	}
	out, ran := peertest.Run(t, input.Bytes(), peertest.Python, "-c", script)
	if !ran {
		return
	}
	answers := strings.Split(string(out), "\n")
	if len(answers) != len(exchanges)+1 {
		t.Fatalf("the peer gave %d answers to %d lines", len(answers)-1, len(exchanges))
	}
	for i, e := range exchanges {
		got, err := hex.DecodeString(answers[i])
		want := samples()[e.sample]
		if err == nil && e.verb == "pack" {
			got, err = lookup(t, e.codec).Decompress(got, len(want))
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: the peer's %s of %s gives %d bytes, want %d (%v)", e.codec, e.verb, e.sample, len(got), len(want), err)
		}
	}
}
