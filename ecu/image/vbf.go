package image

// VBF is the header of a VBF file, and its blocks. Fields that the file does not have are empty.
type VBF struct {
	Version           string   // vbf_version, as 2.6 or JLR3.0
	Description       []string // description
	PartNumbers       []string // sw_part_number, mostly one
	SoftwareVersion   string   // sw_version
	CurrentPartNumber string   // sw_current_part_number: what a delta applies to
	CurrentVersion    string   // sw_current_version
	PartType          string   // sw_part_type: EXE, SBL, DATA, ...
	// DataFormat is data_format_identifier, as in RequestDownload of ISO 14229-1: the compression in the high four bits
	// and the encryption in the low ones. At 0 the blocks are what is to be in memory.
	DataFormat   byte
	Networks     []string // network: CAN_HS, ...
	ECUAddresses []uint32 // ecu_address, mostly one
	FrameFormat  string   // frame_format: CAN_STANDARD, ...
	Erase        []Range  // erase: what to erase before the blocks are written
	Call         *uint32  // call: where an SBL starts
	// VerificationStart and VerificationLength say where the table of the blocks' digests is: verification_block_start
	// and _length. VerificationRootHash is the digest of that table, verification_block_root_hash.
	VerificationStart, VerificationLength *uint32
	VerificationRootHash                  []byte
	Signature                             []byte // sw_signature, by the key of series production
	SignatureDev                          []byte // sw_signature_dev, by the key of development
	// Other are all other fields, in the order of the file.
	Other []VBFField
	// FileChecksum is file_checksum, the CRC-32 of all blocks with their addresses, lengths and CRCs. Reading verifies
	// it, writing computes it.
	FileChecksum uint32
	// Blocks are the data as they are in the file. To write a file from the segments of an image instead, leave them
	// out.
	Blocks []VBFBlock
}

// VBFField is a field of a VBF header that has no meaning here.
type VBFField struct{ Name, Text string }

// VBFBlock is a block of a VBF file.
type VBFBlock struct {
	Address uint32
	Data    []byte // as it is to be transferred
	CRC     uint16 // CRC-16-CCITT of the data after decompression and decryption
}

// Processed reports whether the blocks are compressed or encrypted. Their lengths say nothing of memory then, so that
// an image has no segments until Unpack has made some.
func (h *VBF) Processed() bool { return h.DataFormat != 0 }

// ParseVBF reads a VBF file of version 2 or 3. The CRCs of its blocks and the checksum of the file must be right; those
// of blocks that are Processed are left to Unpack. Blocks that overlap are an error. The image keeps data. The name is
// for messages.
func ParseVBF(name string, data []byte) (*Image, error) {
	p := vbfParser{vbfLexer{file: name, data: data, at: len(data) - len(trimByteOrder(data))}}
	header, err := p.parse()
	if err != nil {
		return nil, err
	}
	if header.Blocks, err = p.blocks(header.Processed()); err != nil {
		return nil, err
	}
	m := &Image{Name: name, Format: FormatVBF, VBF: header}
	if header.Call != nil {
		m.Entry = new(uint64(*header.Call))
	}
	if !header.Processed() {
		m.Segments, err = p.segments(header.Blocks)
	}
	if err == nil {
		err = p.verify(header.FileChecksum)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}
