package description

import "time"

// ECU describes how one kind of ECU is addressed, unlocked and reprogrammed. Durations of zero, ids of zero and empty
// lists stand for the standard's defaults, which [ECU.WithDefaults] fills in.
type ECU struct {
	Address   Address   `yaml:"address" json:"address"`
	Transport Transport `yaml:"transport,omitempty" json:"transport,omitempty"`
	Timing    Timing    `yaml:"timing,omitempty" json:"timing,omitempty"`
	Sessions  Sessions  `yaml:"sessions,omitempty" json:"sessions,omitempty"`
	// Security is how the ECU is unlocked for programming; not at all if it is left out.
	Security Security `yaml:"security,omitempty" json:"security,omitempty"`
	// Unlocks are further security levels, by the names that steps of the programming sequence use.
	Unlocks map[string]Security `yaml:"unlocks,omitempty" json:"unlocks,omitempty" jsonschema:"description=further security levels by name"`
	// Authentication is what service 0x29 needs, nil for an ECU without it.
	Authentication *Authentication `yaml:"authentication,omitempty" json:"authentication,omitempty"`
	// Identifiers are the data identifiers by name. Those of the standard are known without being listed, see [Standard].
	Identifiers map[string]DID `yaml:"identifiers,omitempty" json:"identifiers,omitempty"`
	// Routines are the routines by name. Those of the programming sequence have the names of the constants here; the
	// standard's are there without being listed, see [StandardRoutines].
	Routines map[string]Routine `yaml:"routines,omitempty" json:"routines,omitempty" jsonschema:"description=routines by name; each its number or its number with more"`
	DTCs     map[string]DTC     `yaml:"dtcs,omitempty" json:"dtcs,omitempty" jsonschema:"description=trouble codes by name"`
	Memory   map[string]Region  `yaml:"memory,omitempty" json:"memory,omitempty" jsonschema:"description=parts of the address space by name"`
	// Programming is how it is programmed. Without it an ECU can be talked to, and no more.
	Programming Programming `yaml:"programming,omitempty" json:"programming,omitempty"`
	Gates       Gates       `yaml:"gates,omitempty" json:"gates,omitempty"`
}

// Address is the ECU's place on its bus (ISO 15765-2:2016, 10.3). Normal fixed addressing is normal addressing with the
// 29-bit identifiers that it fixes.
type Address struct {
	Request    uint32 `yaml:"request" json:"request" jsonschema:"description=CAN identifier of physical requests"`
	Response   uint32 `yaml:"response" json:"response" jsonschema:"description=CAN identifier of responses"`
	Functional uint32 `yaml:"functional,omitempty" json:"functional,omitempty" jsonschema:"description=CAN identifier of functional requests; 0x7DF (11 bit) or 0x18DB33F1 (29 bit) if left out"`
	Extended   bool   `yaml:"extended,omitempty" json:"extended,omitempty" jsonschema:"description=29-bit identifiers"`
	Format     string `yaml:"format,omitempty" json:"format,omitempty" jsonschema:"description=addressing format of ISO 15765-2; normal if left out,enum=normal,enum=extended,enum=mixed"`
	// The bytes with which frames begin in formats other than normal: N_TA, or N_AE in mixed addressing, where requests and
	// responses have the same.
	RequestByte    uint8 `yaml:"request_byte,omitempty" json:"request_byte,omitempty" jsonschema:"description=address byte (N_TA or N_AE) of physical requests"`
	ResponseByte   uint8 `yaml:"response_byte,omitempty" json:"response_byte,omitempty" jsonschema:"description=address byte (N_TA or N_AE) of responses"`
	FunctionalByte uint8 `yaml:"functional_byte,omitempty" json:"functional_byte,omitempty" jsonschema:"description=address byte (N_TA or N_AE) of functional requests"`
}

// Transport holds ISO-TP settings of the tester for this ECU (ISO 15765-2:2016).
type Transport struct {
	Padding   *uint8        `yaml:"padding,omitempty" json:"padding,omitempty" jsonschema:"description=byte that fills frames to 8 bytes; frames are not padded if left out"`
	BlockSize uint8         `yaml:"block_size,omitempty" json:"block_size,omitempty" jsonschema:"description=frames that the ECU may send between flow controls; 0 is no limit"`
	STmin     time.Duration `yaml:"st_min,omitempty" json:"st_min,omitempty" jsonschema:"description=least gap between the frames that the ECU sends"`
	FD        bool          `yaml:"fd,omitempty" json:"fd,omitempty" jsonschema:"description=send CAN FD frames"`
	BRS       bool          `yaml:"brs,omitempty" json:"brs,omitempty" jsonschema:"description=send the data of FD frames at the bus's data bit rate"`
	TxDL      int           `yaml:"tx_dl,omitempty" json:"tx_dl,omitempty" jsonschema:"description=longest frame in bytes; 64 with FD and 8 without if left out,enum=8,enum=12,enum=16,enum=20,enum=24,enum=32,enum=48,enum=64"`
	// Timeouts of the network layer (table 16), and N_WFTmax.
	NAs     time.Duration `yaml:"n_as,omitempty" json:"n_as,omitempty" jsonschema:"description=how long a frame may take to be sent; 1s if left out"`
	NBs     time.Duration `yaml:"n_bs,omitempty" json:"n_bs,omitempty" jsonschema:"description=how long the ECU may take to send flow control; 1s if left out"`
	NCr     time.Duration `yaml:"n_cr,omitempty" json:"n_cr,omitempty" jsonschema:"description=how long the ECU may take between its frames; 1s if left out"`
	MaxWait int           `yaml:"wft_max,omitempty" json:"wft_max,omitempty" jsonschema:"description=wait frames in a row that the ECU may send; 16 if left out,minimum=0"`
	// Kernel uses Linux's own ISO-TP, which needs a bus of the local kernel and cannot be told timeouts or N_WFTmax.
	Kernel bool `yaml:"kernel,omitempty" json:"kernel,omitempty" jsonschema:"description=use the ISO-TP of the Linux kernel (CAN_ISOTP); for socketcan buses"`
}

// Timing holds the client's timing parameters (ISO 14229-2:2021).
type Timing struct {
	P2       time.Duration `yaml:"p2,omitempty" json:"p2,omitempty"`               // 50 ms
	P2Star   time.Duration `yaml:"p2_star,omitempty" json:"p2_star,omitempty"`     // 5 s
	S3Client time.Duration `yaml:"s3_client,omitempty" json:"s3_client,omitempty"` // 2 s
	// DeltaP2 is what the way to the ECU and back adds to P2 for the tester: gateways, adapters, a busy computer.
	DeltaP2    time.Duration `yaml:"delta_p2,omitempty" json:"delta_p2,omitempty" jsonschema:"description=what the way to the ECU and back adds to P2; 10ms if left out"`
	MaxPending int           `yaml:"max_pending,omitempty" json:"max_pending,omitempty"` // responses 0x78 to one request, 60
	// MaxPendingTime is how long a request may be pending altogether.
	MaxPendingTime time.Duration `yaml:"max_pending_time,omitempty" json:"max_pending_time,omitempty"` // 10 min
	Boot           time.Duration `yaml:"boot,omitempty" json:"boot,omitempty"`                         // from power-on or reset to the first response, at most; 5 s
	Confirm        time.Duration `yaml:"confirm,omitempty" json:"confirm,omitempty"`                   // how long a trial boot waits for its confirmation; 10 s
}

// Sessions are the numbers of diagnostic sessions.
type Sessions struct {
	Default     uint8 `yaml:"default,omitempty" json:"default,omitempty"`         // 0x01
	Programming uint8 `yaml:"programming,omitempty" json:"programming,omitempty"` // 0x02
	Extended    uint8 `yaml:"extended,omitempty" json:"extended,omitempty"`       // 0x03
	// Others are the maker's own by name.
	Others map[string]uint8 `yaml:"others,omitempty" json:"others,omitempty" jsonschema:"description=further sessions by name"`
}
