package image

// vbfKnown is a field of the header that has a meaning.
type vbfKnown struct {
	name string
	to   any  // pointer to where it is in a VBF
	word bool // strings of it are written without quotes
}

// fields are the known fields of a header, in the order in which they are written. Other fields come before the
// checksum, and a signature is the last: there are tools that look for it before the closing brace.
func (h *VBF) fields() []vbfKnown {
	return []vbfKnown{
		{name: "description", to: &h.Description},
		{name: "sw_part_number", to: &h.PartNumbers},
		{name: "sw_version", to: &h.SoftwareVersion},
		{name: "sw_current_part_number", to: &h.CurrentPartNumber},
		{name: "sw_current_version", to: &h.CurrentVersion},
		{name: "sw_part_type", to: &h.PartType, word: true},
		{name: "data_format_identifier", to: &h.DataFormat},
		{name: "network", to: &h.Networks, word: true},
		{name: "ecu_address", to: &h.ECUAddresses},
		{name: "frame_format", to: &h.FrameFormat, word: true},
		{name: "erase", to: &h.Erase},
		{name: "call", to: &h.Call},
		{name: "verification_block_start", to: &h.VerificationStart},
		{name: "verification_block_length", to: &h.VerificationLength},
		{name: "verification_block_root_hash", to: &h.VerificationRootHash},
		{name: "file_checksum", to: &h.FileChecksum},
		{name: "sw_signature", to: &h.Signature},
		{name: "sw_signature_dev", to: &h.SignatureDev},
	}
}
