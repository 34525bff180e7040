package frames

// Index says where in a trace the frames of any moment lie. Times are in nanoseconds since 1970.
type Index struct {
	Size   int64 // bytes of the trace
	End    int64 // byte at which the index ends: Size, or where damage begins
	Frames uint64
	// Others counts packets of networks that are no CAN.
	Others   uint64
	From, To int64 // of the frames, if there are any
	Sections []Section
	Chunks   []Chunk
	// Damage says why the trace is not indexed behind End; empty if it is.
	Damage string
}

// Section is a part of a trace with its own byte order and interfaces.
type Section struct {
	Offset     int64
	BigEndian  bool
	Interfaces []Interface
}

// Interface is a bus as a section describes it.
type Interface struct {
	Name      string
	CAN       bool
	PerSecond uint64 // time stamps in a second
	Offset    int64  // in seconds, that a time stamp leaves out
}

// Chunk is a stretch of whole blocks, up to where the next one begins.
type Chunk struct {
	Offset   int64
	Frames   uint32
	From, To int64 // earliest and latest frame; both 0 if there is none
	Digest   Digest
}

// Digest is the beginning of the SHA-256 of a chunk.
type Digest [16]byte
