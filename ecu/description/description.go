package description

import (
	"time"

	"periph.io/x/conn/v3/physic"
)

// ECU describes how one kind of ECU is addressed, unlocked and reprogrammed. Durations of zero, ids of zero and empty
// lists stand for the standard's defaults, which [ECU.WithDefaults] fills in.
type ECU struct {
	Address   Address   `yaml:"address" json:"address"`
	Transport Transport `yaml:"transport,omitempty" json:"transport,omitempty"`
	Timing    Timing    `yaml:"timing,omitempty" json:"timing,omitempty"`
	Sessions  Sessions  `yaml:"sessions,omitempty" json:"sessions,omitempty"`
	Security  Security  `yaml:"security" json:"security"`
	// Identifiers are the data identifiers by name. Those of the standard are known without being listed, see [Standard].
	Identifiers map[string]DID `yaml:"identifiers,omitempty" json:"identifiers,omitempty"`
	Routines    Routines       `yaml:"routines,omitempty" json:"routines,omitempty"`
	Programming Programming    `yaml:"programming" json:"programming"`
	Gates       Gates          `yaml:"gates,omitempty" json:"gates,omitempty"`
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
	P2         time.Duration `yaml:"p2,omitempty" json:"p2,omitempty"`                   // 50 ms
	P2Star     time.Duration `yaml:"p2_star,omitempty" json:"p2_star,omitempty"`         // 5 s
	S3Client   time.Duration `yaml:"s3_client,omitempty" json:"s3_client,omitempty"`     // 2 s
	MaxPending int           `yaml:"max_pending,omitempty" json:"max_pending,omitempty"` // responses 0x78 to one request, 60
	Boot       time.Duration `yaml:"boot,omitempty" json:"boot,omitempty"`               // from power-on or reset to the first response, at most; 5 s
	Confirm    time.Duration `yaml:"confirm,omitempty" json:"confirm,omitempty"`         // how long a trial boot waits for its confirmation; 10 s
}

// Sessions are the numbers of diagnostic sessions.
type Sessions struct {
	Default     uint8 `yaml:"default,omitempty" json:"default,omitempty"`         // 0x01
	Programming uint8 `yaml:"programming,omitempty" json:"programming,omitempty"` // 0x02
	Extended    uint8 `yaml:"extended,omitempty" json:"extended,omitempty"`       // 0x03
}

// Security says how the ECU is unlocked with service 0x27.
type Security struct {
	Level     uint8  `yaml:"level" json:"level" jsonschema:"description=odd sub-function of requestSeed,minimum=1,maximum=125"`
	Algorithm string `yaml:"algorithm" json:"algorithm" jsonschema:"description=how a key is made from a seed,enum=none,enum=xor,enum=add,enum=hmac-sha256"`
	// Secret is a reference, "env:NAME" or "file:PATH"; the file or variable holds hexadecimal digits. It is never the
	// secret itself, and "example" is the secret of the simulated ECUs.
	Secret   string        `yaml:"secret,omitempty" json:"secret,omitempty" jsonschema:"description=env:NAME or file:PATH holding hexadecimal digits; or example"`
	Attempts int           `yaml:"attempts,omitempty" json:"attempts,omitempty" jsonschema:"description=invalid keys until the ECU locks out"` // 3
	Delay    time.Duration `yaml:"delay,omitempty" json:"delay,omitempty" jsonschema:"description=how long a lock-out lasts"`                  // 10 s
}

// Routines are the identifiers of routines (service 0x31). A routine of 0 that has no default does not exist in the ECU.
type Routines struct {
	Preconditions uint16 `yaml:"preconditions,omitempty" json:"preconditions,omitempty"` // 0x0203 checkProgrammingPreconditions
	Erase         uint16 `yaml:"erase,omitempty" json:"erase,omitempty"`                 // 0xFF00 eraseMemory
	Verify        uint16 `yaml:"verify,omitempty" json:"verify,omitempty"`               // 0x0202 check of what was transferred
	Dependencies  uint16 `yaml:"dependencies,omitempty" json:"dependencies,omitempty"`   // 0xFF01 checkProgrammingDependencies
	Activate      uint16 `yaml:"activate,omitempty" json:"activate,omitempty"`           // marks the new software for a trial boot; no default
	Confirm       uint16 `yaml:"confirm,omitempty" json:"confirm,omitempty"`             // makes the trial permanent; no default
	Rollback      uint16 `yaml:"rollback,omitempty" json:"rollback,omitempty"`           // abandons the trial; no default
}

// Programming describes the download.
type Programming struct {
	Hardware string `yaml:"hardware" json:"hardware" jsonschema:"description=hardware number that packages must name"`
	// System is the name of the ECU that packages must name, as DID 0xF197 reads. Empty leaves that check to the ECU.
	System      string  `yaml:"system,omitempty" json:"system,omitempty" jsonschema:"description=name of the ECU that packages must name; not checked by the tester if left out"`
	Fingerprint string  `yaml:"fingerprint,omitempty" json:"fingerprint,omitempty" jsonschema:"description=hexadecimal bytes written to DID 0xF15A before erasing; not written if empty"`
	Blocks      []Block `yaml:"blocks" json:"blocks" jsonschema:"minItems=1"`
	// AddressLength and SizeLength are the bytes of addresses and sizes in 0x34 and erase requests, 4 and 4.
	AddressLength int   `yaml:"address_length,omitempty" json:"address_length,omitempty" jsonschema:"minimum=1,maximum=5"`
	SizeLength    int   `yaml:"size_length,omitempty" json:"size_length,omitempty" jsonschema:"minimum=1,maximum=4"`
	DataFormat    uint8 `yaml:"data_format,omitempty" json:"data_format,omitempty" jsonschema:"description=dataFormatIdentifier of 0x34"`
	// MaxBlock bounds a transfer block even where the ECU offers more, 4095 bytes if 0.
	MaxBlock int   `yaml:"max_block,omitempty" json:"max_block,omitempty"`
	Reset    uint8 `yaml:"reset,omitempty" json:"reset,omitempty" jsonschema:"description=sub-function of ECUReset; 0x01 hardReset if left out"`
}

// Block is one piece of a package and where it goes, in the order in which blocks are listed.
type Block struct {
	Name string `yaml:"name" json:"name"`
	// Source is "manifest" (the signed manifest as the ECU's bootloader reads it) or "image".
	Source  string `yaml:"source" json:"source" jsonschema:"enum=manifest,enum=image"`
	Address uint64 `yaml:"address" json:"address"`
	// Size is how much is erased, at least the data's size; the data's size if 0.
	Size uint64 `yaml:"size,omitempty" json:"size,omitempty"`
}

// Gates are the conditions under which the ECU agrees to be programmed. They are limits for verdicts; zero is no gate.
type Gates struct {
	MinVoltage physic.ElectricPotential `yaml:"min_voltage,omitempty" json:"min_voltage,omitempty"`
	MaxVoltage physic.ElectricPotential `yaml:"max_voltage,omitempty" json:"max_voltage,omitempty"`
	MinCharge  float64                  `yaml:"min_charge,omitempty" json:"min_charge,omitempty" jsonschema:"description=state of charge in percent below which an update is refused unless a charger is connected,minimum=0,maximum=100"`
}
