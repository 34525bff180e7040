package uds

import (
	"context"
	"math"
)

// FileOperation is what is done with a file (modeOfOperation, annex G.1).
type FileOperation byte

// Operations on files.
const (
	AddFile     FileOperation = 0x01
	DeleteFile  FileOperation = 0x02
	ReplaceFile FileOperation = 0x03
	ReadFile    FileOperation = 0x04
	ReadDir     FileOperation = 0x05
	ResumeFile  FileOperation = 0x06
)

// writes says whether the client sends the file.
func (o FileOperation) writes() bool { return o == AddFile || o == ReplaceFile || o == ResumeFile }

// FileRequest asks for an operation on a file of the server.
type FileRequest struct {
	Operation  FileOperation
	Path       string // 1 to 65535 bytes
	DataFormat byte   // compression in the high half, encryption in the low one; not of DeleteFile and ReadDir
	// SizeLength is how many bytes the sizes have in the request, 1 to 8. Uncompressed and Compressed are the sizes of the
	// file in bytes. They belong to AddFile, ReplaceFile and ResumeFile.
	SizeLength               int
	Uncompressed, Compressed uint64
}

// FileResponse is what the server says of the transfer that follows.
type FileResponse struct {
	// BlockLength is maxNumberOfBlockLength, the longest TransferData message in bytes, service identifier and counter
	// included; 0 after DeleteFile.
	BlockLength uint64
	DataFormat  byte
	// Uncompressed and Compressed are the sizes in bytes of the file that ReadFile gives. Uncompressed is the length of
	// what ReadDir gives.
	Uncompressed, Compressed uint64
	Position                 uint64 // at which ResumeFile goes on, in bytes
}

// RequestFileTransfer begins a transfer of a file (15.6). The data follow with TransferData or FetchData, and
// RequestTransferExit ends it; only DeleteFile is complete at once.
func (c *Client) RequestFileTransfer(ctx context.Context, f FileRequest) (FileResponse, error) {
	req, err := c.file(f)
	if err != nil {
		return FileResponse{}, err
	}
	return parsed(ctx, c, req, []byte{byte(f.Operation)}, func(r *reader) FileResponse { return r.file(f.Operation) })
}

func (c *Client) file(f FileRequest) ([]byte, error) {
	switch {
	case f.Operation < AddFile || f.Operation > ResumeFile:
		return nil, c.invalid(SIDRequestFileTransfer, "operation %02X; want 01 to 06", byte(f.Operation))
	case len(f.Path) == 0 || len(f.Path) > math.MaxUint16:
		return nil, c.invalid(SIDRequestFileTransfer, "a path of %d bytes; want 1 to 65535", len(f.Path))
	}
	req := join([]byte{SIDRequestFileTransfer, byte(f.Operation)}, field([]byte(f.Path)))
	if f.Operation.writes() || f.Operation == ReadFile {
		req = append(req, f.DataFormat)
	}
	if !f.Operation.writes() {
		return req, nil
	}
	if !fits(f.Uncompressed, f.SizeLength) || !fits(f.Compressed, f.SizeLength) {
		return nil, c.invalid(SIDRequestFileTransfer, "sizes of %d and %d bytes in %d bytes; want 1 to 8, wide enough",
			f.Uncompressed, f.Compressed, f.SizeLength)
	}
	req = appendUint(append(req, byte(f.SizeLength)), f.Uncompressed, f.SizeLength)
	return appendUint(req, f.Compressed, f.SizeLength), nil
}

// file reads a response. Unlike that of RequestDownload, its lengthFormatIdentifier is the length itself.
func (r *reader) file(o FileOperation) FileResponse {
	var f FileResponse
	if o == DeleteFile {
		return f
	}
	f.BlockLength = r.uint(int(r.byte()))
	f.DataFormat = r.byte()
	switch o {
	case ReadFile:
		width := int(r.word())
		f.Uncompressed, f.Compressed = r.uint(width), r.uint(width)
	case ReadDir:
		f.Uncompressed = r.uint(int(r.word()))
	case ResumeFile:
		f.Position = r.uint(8)
	}
	return f
}
