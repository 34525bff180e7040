package server

import (
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

// Files is RequestFileTransfer (15.6).
type Files struct {
	Access Access
	// Operations are those that there are.
	Operations map[uds.FileOperation]Access
	// MaxBlock is maxNumberOfBlockLength: the longest TransferData message in bytes, service and counter included.
	MaxBlock int
	// Open begins an operation, or refuses it.
	Open func(ctx context.Context, c Call, f FileRequest) (File, error)
}

// FileRequest is what is to be done with a file.
type FileRequest struct {
	Operation  uds.FileOperation
	Path       string
	DataFormat byte // compression in its high half, encryption in its low one
	// Uncompressed and Compressed are the sizes of the file in bytes, of AddFile, ReplaceFile and ResumeFile.
	Uncompressed, Compressed uint64
}

// File is what an operation leads to.
type File struct {
	// Sink takes the file's data, of AddFile, ReplaceFile and ResumeFile; Compressed of the request says how many they are.
	Sink Sink
	// Source gives the data of ReadFile and ReadDir: Compressed many of a file, Uncompressed many of a directory.
	Source                   Source
	Uncompressed, Compressed uint64
	// Position is at which byte ResumeFile goes on.
	Position uint64
}

func (s *Server) addFiles(t map[byte]service) {
	if f := s.cfg.Files; f != nil {
		t[uds.SIDRequestFileTransfer] = service{
			access: f.Access, least: 5, handle: s.requestFile, otherwise: uds.UploadDownloadNotAccepted,
		}
	}
}

func (s *Server) requestFile(ctx context.Context, c Call, req []byte) ([]byte, error) {
	f := s.cfg.Files
	operation := uds.FileOperation(req[1])
	access, known := f.Operations[operation]
	if !known {
		return nil, uds.RequestOutOfRange
	}
	request, err := parseFile(operation, req[2:])
	if err != nil {
		return nil, err
	}
	if err := access.refuse(c, uds.RequestOutOfRange); err != nil {
		return nil, err
	}
	if s.transfer != nil {
		return nil, uds.ConditionsNotCorrect
	}
	file, err := f.Open(ctx, c, request)
	if err != nil {
		return nil, err
	}
	s.transfer = file.transfer(request, f.MaxBlock)
	return append(req[1:2:2], file.answer(request, f.MaxBlock)...), nil
}

// parseFile reads what follows modeOfOperation.
func parseFile(operation uds.FileOperation, b []byte) (FileRequest, error) {
	path := int(binary.BigEndian.Uint16(b))
	b = b[2:]
	if len(b) < path {
		return FileRequest{}, uds.IncorrectMessageLengthOrInvalidFormat
	}
	f := FileRequest{Operation: operation, Path: string(b[:path])}
	b = b[path:]
	if operation != uds.DeleteFile && operation != uds.ReadDir {
		if len(b) == 0 {
			return FileRequest{}, uds.IncorrectMessageLengthOrInvalidFormat
		}
		f.DataFormat = b[0]
		b = b[1:]
	}
	if f.writes() {
		var err error
		if b, err = f.takeSizes(b); err != nil {
			return FileRequest{}, err
		}
	}
	switch {
	case len(b) > 0:
		return FileRequest{}, uds.IncorrectMessageLengthOrInvalidFormat
	case path == 0:
		return FileRequest{}, uds.RequestOutOfRange
	}
	return f, nil
}

// takeSizes takes fileSizeParameterLength and the two sizes.
func (f *FileRequest) takeSizes(b []byte) (rest []byte, err error) {
	const widest = 8
	if len(b) == 0 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	width := int(b[0])
	b = b[1:]
	switch {
	case width < 1 || width > widest:
		return nil, uds.RequestOutOfRange
	case len(b) < 2*width:
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	f.Uncompressed, f.Compressed = number(b[:width]), number(b[width:2*width])
	return b[2*width:], nil
}

// writes says whether the tester sends the file.
func (f FileRequest) writes() bool {
	return f.Operation == uds.AddFile || f.Operation == uds.ReplaceFile || f.Operation == uds.ResumeFile
}

// transfer is what follows, nil if nothing does.
func (f File) transfer(r FileRequest, maxBlock int) *transfer {
	t := &transfer{max: maxBlock, counted: true, counter: 1}
	switch {
	case f.Sink != nil:
		t.sink, t.end, t.left = f.Sink, f.Sink, r.Compressed-min(r.Compressed, f.Position)
	case f.Source != nil:
		t.source, t.end, t.left = f.Source, f.Source, f.Compressed
		if r.Operation == uds.ReadDir {
			t.left = f.Uncompressed
		}
	default:
		return nil
	}
	return t
}

// answer is what follows modeOfOperation in the response (15.6.3).
func (f File) answer(r FileRequest, maxBlock int) []byte {
	const width = 8 // of sizes and positions
	if r.Operation == uds.DeleteFile {
		return nil
	}
	b := blockLength(maxBlock)
	b[0] >>= 4 // lengthFormatIdentifier is in the low half here
	b = append(b, r.DataFormat)
	switch r.Operation {
	case uds.ReadFile:
		b = appendNumber(append(b, 0, width), f.Uncompressed, width)
		return appendNumber(b, f.Compressed, width)
	case uds.ReadDir:
		return appendNumber(append(b, 0, width), f.Uncompressed, width)
	case uds.ResumeFile:
		return appendNumber(b, f.Position, width)
	}
	return b
}
