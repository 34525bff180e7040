package server

import (
	"context"

	"otabench/ecu/uds"
)

// Download is RequestDownload (15.2).
type Download struct {
	Access Access
	// MaxBlock is maxNumberOfBlockLength: the longest TransferData request in bytes, service and counter included.
	MaxBlock int
	Ranges   Ranges
	// Begin starts a download into a region, or refuses it. format is dataFormatIdentifier: the compression in its high half
	// and the encryption in its low one.
	Begin func(ctx context.Context, c Call, format byte, region Region) (Sink, error)
}

// Sink takes the data of a download. One of Exit and Abort is the last call.
type Sink interface {
	// Write takes the data of the next block. An error ends the transfer.
	Write(ctx context.Context, data []byte) error
	// Exit completes the transfer. It gets transferRequestParameterRecord and returns transferResponseParameterRecord.
	Exit(ctx context.Context, parameters []byte) ([]byte, error)
	// Abort is told that the transfer ended otherwise.
	Abort()
}

// Upload is RequestUpload (15.3).
type Upload struct {
	Access Access
	// MaxBlock is maxNumberOfBlockLength: the longest TransferData response in bytes, service and counter included.
	MaxBlock int
	Ranges   Ranges
	// Begin starts an upload of a region, or refuses it. It returns how many bytes the Source gives.
	Begin func(ctx context.Context, c Call, format byte, region Region) (source Source, size uint64, err error)
}

// Source gives the data of an upload. One of Exit and Abort is the last call.
type Source interface {
	// Read fills data, which are the next bytes. An error ends the transfer.
	Read(ctx context.Context, data []byte) error
	// Exit and Abort are those of a Sink.
	Exit(ctx context.Context, parameters []byte) ([]byte, error)
	Abort()
}

// compressed are the bits of dataFormatIdentifier that make the size of what is transferred another than that of the
// memory.
const compressed = 0xF0

func (s *Server) requestDownload(ctx context.Context, c Call, req []byte) ([]byte, error) {
	d := s.cfg.Download
	region, err := s.transferRegion(c, req, d.Ranges)
	if err != nil {
		return nil, err
	}
	sink, err := d.Begin(ctx, c, req[1], region)
	if err != nil {
		return nil, s.failed(err, uds.UploadDownloadNotAccepted)
	}
	s.transfer = &transfer{end: sink, sink: sink, max: d.MaxBlock, left: region.Size, counted: req[1]&compressed == 0, counter: 1}
	return blockLength(d.MaxBlock), nil
}

func (s *Server) requestUpload(ctx context.Context, c Call, req []byte) ([]byte, error) {
	u := s.cfg.Upload
	region, err := s.transferRegion(c, req, u.Ranges)
	if err != nil {
		return nil, err
	}
	source, size, err := u.Begin(ctx, c, req[1], region)
	if err != nil {
		return nil, s.failed(err, uds.UploadDownloadNotAccepted)
	}
	s.transfer = &transfer{end: source, source: source, max: u.MaxBlock, left: size, counted: true, counter: 1}
	return blockLength(u.MaxBlock), nil
}

// transferRegion checks what both requests have in common: length, range, access, and that no transfer is under way.
func (s *Server) transferRegion(c Call, req []byte, ranges Ranges) (Region, error) {
	region, rest, err := takeRegion(req[2:])
	if err != nil {
		return Region{}, err
	}
	if len(rest) > 0 {
		return Region{}, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if err := ranges.refuse(c, region); err != nil {
		return Region{}, err
	}
	if s.transfer != nil {
		return Region{}, uds.ConditionsNotCorrect
	}
	return region, nil
}

// blockLength is lengthFormatIdentifier and maxNumberOfBlockLength, as short as it can be but two bytes at least.
func blockLength(n int) []byte {
	width := 2
	for n>>(8*width) > 0 {
		width++
	}
	return appendNumber([]byte{byte(width << 4)}, uint64(n), width)
}

// appendNumber appends a big-endian number.
func appendNumber(b []byte, n uint64, width int) []byte {
	for i := width - 1; i >= 0; i-- {
		b = append(b, byte(n>>(8*i)))
	}
	return b
}
