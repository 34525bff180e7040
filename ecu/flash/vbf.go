package flash

import (
	"otabench/ecu/description"
	"otabench/ecu/image"
)

// eraseRanges are the regions that a file wants erased; none if it says nothing of it.
func eraseRanges(m *image.Image) []image.Range {
	if m.VBF == nil {
		return nil
	}
	return m.VBF.Erase
}

// fileSignature is what the ECU is to check a file with; none if it has none. A file for development has another one than
// a file of series production.
func fileSignature(m *image.Image) []byte {
	switch {
	case m.VBF == nil:
		return nil
	case len(m.VBF.Signature) > 0:
		return m.VBF.Signature
	}
	return m.VBF.SignatureDev
}

// processed are the pieces of a file that is compressed or encrypted already: they are transferred as they are, and what
// they become in memory is for the ECU to know. Nothing comes back for other files.
func processed(m *image.Image) []Piece {
	if m.VBF == nil || !m.VBF.Processed() {
		return nil
	}
	pieces := make([]Piece, len(m.VBF.Blocks))
	for i, b := range m.VBF.Blocks {
		pieces[i] = Piece{Address: uint64(b.Address), Data: b.Data, Sent: b.Data}
	}
	return pieces
}

// dataFormat is the dataFormatIdentifier of a block: that of the block, of its file, or of the description.
func (s Segment) dataFormat(p description.Programming) byte {
	switch {
	case s.block.DataFormat != nil:
		return *s.block.DataFormat
	case s.source.VBF != nil && s.source.VBF.Processed():
		return s.source.VBF.DataFormat
	}
	return p.DataFormat
}
