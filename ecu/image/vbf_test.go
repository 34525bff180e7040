package image_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/image"
	"otabench/ecu/image/checksum"
	"otabench/ecu/image/compress"
)

// block is one block of a VBF file.
func block(address uint32, data string) string {
	return blockWith(address, data, checksum.CRC16CCITT([]byte(data)))
}

func blockWith(address uint32, data string, crc uint16) string {
	b := binary.BigEndian.AppendUint32(nil, address)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	return string(binary.BigEndian.AppendUint16(append(b, data...), crc))
}

// vbf is a file with the blocks and a header that ends with their checksum, which the text has in the place of
// CHECKSUM.
func vbf(header string, blocks ...string) string {
	binaryPart := strings.Join(blocks, "")
	sum := fmt.Sprintf("file_checksum = 0x%08X;", crc32.ChecksumIEEE([]byte(binaryPart)))
	return strings.ReplaceAll(header, "CHECKSUM", sum) + binaryPart
}

// fullHeader has every field, and what else the grammar allows.
const fullHeader = "// a comment \xE4 in Latin-1\r\n" + `vbf_version = 2.6;

header {
    //**********
    /* generated;
       do not edit } */
    description = { "ECM; application }", // strings keep what is punctuation elsewhere
                    "second line", };
    sw_part_number = "31808832";sw_version="AB";
    sw_current_part_number = "31808831";
    sw_current_version = "AA";
    sw_part_type = EXE;
    data_format_identifier = 0x00;
    network = { CAN_HS, SUB_CAN1 };
    ecu_address = { 0x723, 16 };
    frame_format = CAN_STANDARD;
    erase = { { 0x00000000, 0x00010000 }, {0xFFFFE800,0x1800} };
    call = 0x00001000;
    verification_block_start = 0xFFFFE800;
    verification_block_length = 0x0000002C;
    verification_block_root_hash = 0x3F78E0606EABC512;
    sw_part_number_DID = 0xF188; // no meaning here
    omit = { { 0x1, 0x2 } , /* and */ { 0x3, 0x4 }};
    CHECKSUM
    sw_signature = 0x0102;
    sw_signature_dev = 0xA0B0C0;
}`

func TestVBF(t *testing.T) {
	blocks := []string{block(0x1000, "application"), block(0x100B, "data"), block(0xFFFFFFFC, "hash")}
	got, err := image.ParseVBF("app.vbf", []byte(vbf(fullHeader, blocks...)))
	if err != nil {
		t.Fatal(err)
	}
	want := &image.Image{
		Name: "app.vbf", Format: image.FormatVBF, Entry: new(uint64(0x1000)),
		Segments: []image.Segment{at(0x1000, "applicationdata"), at(0xFFFFFFFC, "hash")},
		VBF: &image.VBF{
			Version:     "2.6",
			Description: []string{"ECM; application }", "second line"},
			PartNumbers: []string{"31808832"}, SoftwareVersion: "AB",
			CurrentPartNumber: "31808831", CurrentVersion: "AA", PartType: "EXE",
			Networks: []string{"CAN_HS", "SUB_CAN1"}, ECUAddresses: []uint32{0x723, 16}, FrameFormat: "CAN_STANDARD",
			Erase:                []image.Range{{From: 0, To: 0x10000}, {From: 0xFFFFE800, To: 1 << 32}},
			Call:                 new(uint32(0x1000)),
			VerificationStart:    new(uint32(0xFFFFE800)),
			VerificationLength:   new(uint32(0x2C)),
			VerificationRootHash: []byte{0x3F, 0x78, 0xE0, 0x60, 0x6E, 0xAB, 0xC5, 0x12},
			Signature:            []byte{1, 2}, SignatureDev: []byte{0xA0, 0xB0, 0xC0},
			Other: []image.VBFField{
				{Name: "sw_part_number_DID", Text: "0xF188"},
				{Name: "omit", Text: "{ { 0x1, 0x2 } , /* and */ { 0x3, 0x4 }}"},
			},
			FileChecksum: crc32.ChecksumIEEE([]byte(strings.Join(blocks, ""))),
			Blocks: []image.VBFBlock{
				{Address: 0x1000, Data: []byte("application"), CRC: checksum.CRC16CCITT([]byte("application"))},
				{Address: 0x100B, Data: []byte("data"), CRC: checksum.CRC16CCITT([]byte("data"))},
				{Address: 0xFFFFFFFC, Data: []byte("hash"), CRC: checksum.CRC16CCITT([]byte("hash"))},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVBFVersions(t *testing.T) {
	for _, version := range []string{"2.2", "2.6", "3.0", "3.14", "JLR3.0", `"2.5"`} {
		text := vbf("vbf_version = "+version+";header{CHECKSUM}", block(1, "x"))
		m, err := image.ParseVBF("", []byte(text))
		if err != nil || m.VBF.Version != strings.Trim(version, `"`) {
			t.Errorf("version %s: %v", version, err)
		}
	}
}

func TestVBFHeaderErrors(t *testing.T) {
	tests := []struct {
		text string
		at   place
		want string
	}{
		{"", place{1, 1, 0}, "vbf_version is expected here, and this is the end of the file"},
		{"vbf_version = 2.6;", place{1, 19, 18}, "header is expected here, and this is the end of the file"},
		{"vbf_version : 2.6", place{1, 13, 12}, `= is expected here, and this is ":"`},
		{"vbf_version = 1.8;", place{1, 15, 14}, `version "1.8" is not known; versions 2 and 3 are`},
		{"vbf_version = {2.6};", place{1, 15, 14}, "version { is not known"},
		{"vbf_version = 2.6 header", place{1, 19, 18}, `; is expected here, and this is "header"`},
		{"vbf_version = =", place{1, 15, 14}, "a value is expected here, and this is ="},
		{"\n/* never ends", place{2, 1, 1}, "this comment has no end"},
		{"// ends with the file", place{1, 1, 0}, "this comment has no end"},
		{"vbf_version = 2.6;\nheader = {", place{2, 8, 26}, "{ is expected here, and this is ="},
		{head + "erase", place{3, 6, 33}, "= is expected here, and this is the end of the file"},
		{head + "{", place{3, 1, 28}, "the name of a field is expected here, and this is {"},
		{head + `call = "0x10";`, place{3, 8, 35}, `a number up to 0xFFFFFFFF is expected here, and this is "0x10"`},
		{head + "call = 0x100000000;", place{3, 8, 35}, "a number up to 0xFFFFFFFF"},
		{head + "call = { 1 };", place{3, 8, 35}, "and this is {"},
		{head + "data_format_identifier = 256;", place{3, 26, 53}, "a number up to 0xFF is"},
		{head + "sw_version = \"A\n\";", place{3, 14, 41}, "this string has no closing quote in its line"},
		{head + `sw_version = "A`, place{3, 14, 41}, "this string has no closing quote in its line"},
		{head + `sw_version = { "A", "B" };`, place{3, 14, 41}, "one value is expected here, and this is a list"},
		{head + "network = { A B };", place{3, 15, 42}, `, or } is expected here, and this is "B"`},
		{head + "network = { A, ; };", place{3, 16, 43}, "a value is expected here, and this is ;"},
		{head + "network = { { A } };", place{3, 13, 40}, "one value is expected here, and this is a list"},
		{head + "other = {{{{{", place{3, 13, 40}, "more than 4 lists in each other"},
		{head + "erase = { { 1 } };", place{3, 11, 38}, "{ start, length } is expected here"},
		{head + "erase = { { 1, x } };", place{3, 16, 43}, `a number up to 0xFFFFFFFF is expected here, and this is "x"`},
		{head + "erase = { { x, 1 } };", place{3, 13, 40}, `a number up to 0xFFFFFFFF is expected here, and this is "x"`},
		{head + "erase = { { 0xFFFFFFFF, 2 } };", place{3, 25, 52}, "a number up to 0x1 is"},
		{head + "sw_signature = 0102;", place{3, 16, 43}, "bytes as 0x and pairs of hexadecimal digits"},
		{head + "sw_signature = 0x102;", place{3, 16, 43}, "bytes as 0x and pairs of hexadecimal digits"},
		{head + "sw_signature = 0x;", place{3, 16, 43}, "bytes as 0x and pairs of hexadecimal digits"},
		{head + "call = 1;\ncall = 2;", place{4, 1, 38}, "call is given twice"},
		{head + "call = 1;\n}", place{4, 1, 38}, "the header has no file_checksum"},
		{head + "call = 1", place{3, 9, 36}, "; is expected here, and this is the end of the file"},
	}
	for _, tt := range tests {
		_, err := image.ParseVBF("app.vbf", []byte(tt.text))
		checkError(t, err, tt.at, tt.want)
	}
}

// head begins a header; its next line is the third one, at byte 28.
const head = "vbf_version = 2.6;\nheader {\n"

func TestVBFBlockErrors(t *testing.T) {
	const header = "vbf_version = 2.6; header { CHECKSUM }"
	const begin = int64(len("vbf_version = 2.6; header {  }") + len("file_checksum = 0x00000000;"))
	tests := []struct {
		blocks []string
		offset int64
		want   string
	}{
		{nil, 0, "the file has no data"},
		{[]string{block(1, "x"), "\n"}, 11, "1 bytes are left, which is too short for a block"},
		{[]string{block(1, "")}, 0, "a block of 0 bytes for 0x1, and 2 are left"},
		{[]string{block(0x8000, "abc")[:12]}, 0, "a block of 3 bytes for 0x8000, and 4 are left"},
		{[]string{blockWith(0x8000, "abc", 0x1234)}, 11, "the CRC-16 of the block at 0x8000 is 1234, and 514A by its data"},
		{[]string{block(0xFFFFFFFF, "ab")}, 0, "the block at 0xFFFFFFFF goes beyond 4 GiB"},
		{[]string{block(9, "z"), block(0, "abcdefgh"), block(2, "x")}, 29, "a block before has data at 0x2 already"},
	}
	for _, tt := range tests {
		_, err := image.ParseVBF("app.vbf", []byte(vbf(header, tt.blocks...)))
		checkError(t, err, place{0, 0, begin + tt.offset}, tt.want)
	}
	wrong := "vbf_version = 2.6; header { file_checksum = 0x12345678; }" + block(1, "x")
	_, err := image.ParseVBF("app.vbf", []byte(wrong))
	const want = "app.vbf: at byte 0x39: file_checksum is 0x12345678, and 0x4C3FACE9 by the blocks"
	checkError(t, err, place{0, 0, begin}, want)
}

// packedVBF is a file whose blocks are compressed.
func packedVBF(t testing.TB, texts map[uint32]string) *image.Image {
	t.Helper()
	codec, err := compress.Lookup("lzss-vbf")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for address, text := range texts {
		packed, err := codec.Compress([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, blockWith(address, string(packed), checksum.CRC16CCITT([]byte(text))))
	}
	header := "vbf_version = 2.6; header { data_format_identifier = 0x10; CHECKSUM }"
	m, err := image.ParseVBF("packed.vbf", []byte(vbf(header, blocks...)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestUnpack(t *testing.T) {
	application := strings.Repeat("application ", 20)
	m := packedVBF(t, map[uint32]string{0x1000: application, 0x8000: "data"})
	if m.Size() != 0 || len(m.VBF.Blocks) != 2 || !m.VBF.Processed() {
		t.Errorf("before: %v, %d blocks", m, len(m.VBF.Blocks))
	}
	codec, err := compress.Lookup("lzss-vbf")
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := m.Unpack(codec.Decompress)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]image.Segment{at(0x1000, application), at(0x8000, "data")}, unpacked.Segments); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if unpacked.VBF.Processed() || unpacked.VBF.Blocks != nil || !m.VBF.Processed() {
		t.Errorf("headers: %+v of %+v", unpacked.VBF, m.VBF)
	}
	if again, err := unpacked.Unpack(nil); again != unpacked || err != nil {
		t.Errorf("Unpack of what is unpacked: %v", err)
	}
}

func TestUnpackErrors(t *testing.T) {
	m := packedVBF(t, map[uint32]string{0x1000: "application"})
	asIs := func(data []byte, _ int) ([]byte, error) { return data, nil }
	if _, err := m.Unpack(asIs); !errors.Is(err, image.ErrUnpack) || !strings.Contains(err.Error(), "block at 0x1000") {
		t.Errorf("by the wrong method: %v", err)
	}
	fail := func([]byte, int) ([]byte, error) { return nil, compress.ErrCorrupt }
	if _, err := m.Unpack(fail); !errors.Is(err, compress.ErrCorrupt) {
		t.Errorf("of corrupt data: %v", err)
	}
	overlapping := packedVBF(t, map[uint32]string{0x1000: "application", 0x1004: "data"})
	codec, err := compress.Lookup("lzss-vbf")
	if err != nil {
		t.Fatal(err)
	}
	_, err = overlapping.Unpack(codec.Decompress)
	if err == nil || !strings.Contains(err.Error(), "data at 0x1004 to 0x1007") {
		t.Errorf("of blocks that overlap: %v", err)
	}
}
