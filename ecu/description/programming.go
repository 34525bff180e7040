package description

// Programming describes the download.
type Programming struct {
	Hardware string `yaml:"hardware" json:"hardware" jsonschema:"description=hardware number that packages must name"`
	// System is the name of the ECU that packages must name, as DID 0xF197 reads. Empty leaves that check to the ECU.
	System string `yaml:"system,omitempty" json:"system,omitempty" jsonschema:"description=name of the ECU that packages must name; not checked by the tester if left out"`
	// Fingerprint is a [Template].
	Fingerprint string  `yaml:"fingerprint,omitempty" json:"fingerprint,omitempty" jsonschema:"description=hexadecimal bytes and fields such as {date} written to DID 0xF15A before erasing; not written if empty"`
	Blocks      []Block `yaml:"blocks" json:"blocks" jsonschema:"minItems=1"`
	// Sequence is the order of what is done up to the reset, [StandardSequence] if it is empty.
	Sequence []Step `yaml:"sequence,omitempty" json:"sequence,omitempty" jsonschema:"description=what is done in which order up to the reset; the standard's sequence if left out"`
	// AddressLength and SizeLength are the bytes of addresses and sizes in 0x34 and erase requests, 4 and 4.
	AddressLength int   `yaml:"address_length,omitempty" json:"address_length,omitempty" jsonschema:"minimum=1,maximum=5"`
	SizeLength    int   `yaml:"size_length,omitempty" json:"size_length,omitempty" jsonschema:"minimum=1,maximum=4"`
	DataFormat    uint8 `yaml:"data_format,omitempty" json:"data_format,omitempty" jsonschema:"description=dataFormatIdentifier of 0x34 for blocks that name none"`
	// MaxBlock bounds a transfer block even where the ECU offers more, 4095 bytes if 0.
	MaxBlock int   `yaml:"max_block,omitempty" json:"max_block,omitempty"`
	Reset    uint8 `yaml:"reset,omitempty" json:"reset,omitempty" jsonschema:"description=sub-function of ECUReset; 0x01 hardReset if left out"`
	// TrialBoots is how often the ECU boots software that nobody confirms, before it goes back; 0 is not known.
	TrialBoots int `yaml:"trial_boots,omitempty" json:"trial_boots,omitempty" jsonschema:"description=boots of software that nobody confirms before the ECU goes back by itself; not checked if left out,minimum=1,maximum=100"`
	// ChecksumSecret is a reference to the key of checksums that have one, as in [Security].
	ChecksumSecret string `yaml:"checksum_secret,omitempty" json:"checksum_secret,omitempty" jsonschema:"description=env:NAME or file:PATH holding the key of cmac-aes and hmac-sha256 in hexadecimal digits; or example"`
}

// Block is one piece of a package and where it goes, in the order in which blocks are listed.
type Block struct {
	Name string `yaml:"name" json:"name"`
	// Source is "manifest" (the signed manifest as the ECU's bootloader reads it), "image", or the name of a file of the
	// package.
	Source string `yaml:"source" json:"source" jsonschema:"description=manifest or image or the name of a file in the package"`
	// Address is where a source without addresses goes. Of a source that has addresses, the block is what lies from Address
	// on, Size bytes long; all of it if both are 0.
	Address uint64 `yaml:"address,omitempty" json:"address" jsonschema:"description=where the block begins in the ECU's memory; where the file says if left out with size"`
	// Size is how much is erased, at least the data's size; the data's size if 0.
	Size uint64 `yaml:"size,omitempty" json:"size,omitempty" jsonschema:"description=bytes of the block in the ECU's memory; those of the data if left out"`
	// Index is the logical number of the block, for ECUs that number their blocks. ByIndex puts it in the place of addresses
	// in requests.
	Index   uint8 `yaml:"index,omitempty" json:"index,omitempty" jsonschema:"description=logical number of the block"`
	ByIndex bool  `yaml:"by_index,omitempty" json:"by_index,omitempty" jsonschema:"description=requests name the block by its index in place of its address"`
	// Fill is what gaps in the source are filled with. Without it each piece between gaps is a transfer of its own.
	Fill *uint8 `yaml:"fill,omitempty" json:"fill,omitempty" jsonschema:"description=byte that fills gaps in the file; each piece is transferred by itself if left out"`
	// Align is the number of bytes that pieces are filled up to a multiple of.
	Align int  `yaml:"align,omitempty" json:"align,omitempty" jsonschema:"description=pieces begin and end at multiples of this many bytes; needs fill,minimum=1,maximum=65536"`
	Keep  bool `yaml:"keep,omitempty" json:"keep,omitempty" jsonschema:"description=the block is not erased before such as one in RAM"`
	// DataFormat and Compression say how the data is sent (15.2: compressionMethod and encryptingMethod).
	DataFormat  *uint8   `yaml:"data_format,omitempty" json:"data_format,omitempty" jsonschema:"description=dataFormatIdentifier of 0x34 for this block"`
	Compression string   `yaml:"compression,omitempty" json:"compression,omitempty" jsonschema:"description=how the data is compressed; not if left out"`
	Transform   []string `yaml:"transform,omitempty" json:"transform,omitempty" jsonschema:"description=command and arguments of the program that makes what is sent of the data such as an encryption"`
	// Check is the routine that checks the block once it is transferred.
	Check string `yaml:"check,omitempty" json:"check,omitempty" jsonschema:"description=name of the routine that checks the block after its transfer; none if left out"`
	// Resume is the identifier that reads how many bytes of the block an interrupted update has left behind.
	Resume   string `yaml:"resume,omitempty" json:"resume,omitempty" jsonschema:"description=name of the identifier that reads how many bytes of the block are in place after an interruption; the ECU cannot resume if left out"`
	Optional bool   `yaml:"optional,omitempty" json:"optional,omitempty" jsonschema:"description=packages without the source leave the block as it is"`
}

// Step is one step of the programming sequence.
type Step struct {
	Step string `yaml:"step" json:"step" jsonschema:"enum=preconditions,enum=quiet,enum=session,enum=unlock,enum=authenticate,enum=fingerprint,enum=erase,enum=transfer,enum=blocks,enum=verify,enum=dependencies,enum=activate,enum=routine,enum=write,enum=reset"`
	// Session of a session step, the programming session if 0.
	Session uint8 `yaml:"session,omitempty" json:"session,omitempty" jsonschema:"description=session of step session; the programming session if left out,maximum=127"`
	// Unlock names the security level of an unlock step; that of Security if it is empty.
	Unlock string `yaml:"unlock,omitempty" json:"unlock,omitempty" jsonschema:"description=name in unlocks for step unlock; security if left out"`
	// Blocks are those of a step erase, transfer or blocks; all that were in none before if there are none.
	Blocks []string `yaml:"blocks,omitempty" json:"blocks,omitempty" jsonschema:"description=names of blocks for steps erase and transfer and blocks; all others if left out"`
	// Routine is started in a step routine. Block is the one that fields of its options are about.
	Routine string `yaml:"routine,omitempty" json:"routine,omitempty" jsonschema:"description=name of the routine for step routine"`
	Block   string `yaml:"block,omitempty" json:"block,omitempty" jsonschema:"description=name of the block that the options of the routine are about"`
	// Identifier is written with Value, a [Template], in a step write.
	Identifier string `yaml:"identifier,omitempty" json:"identifier,omitempty" jsonschema:"description=name of the identifier for step write"`
	Value      string `yaml:"value,omitempty" json:"value,omitempty" jsonschema:"description=hexadecimal bytes and fields such as {date} for step write"`
}

// Kinds of steps.
const (
	StepPreconditions = "preconditions" // extended session, and the routine of that name
	StepQuiet         = "quiet"         // DTC setting off, normal communication off
	StepSession       = "session"
	StepUnlock        = "unlock"       // security access
	StepAuthenticate  = "authenticate" // service 0x29
	StepFingerprint   = "fingerprint"
	StepErase         = "erase"    // erases blocks
	StepTransfer      = "transfer" // transfers blocks, and checks each
	StepBlocks        = "blocks"   // both, block by block
	StepVerify        = "verify"
	StepDependencies  = "dependencies"
	StepActivate      = "activate"
	StepRoutine       = "routine"
	StepWrite         = "write"
	StepReset         = "reset" // restarts the ECU, and waits until it answers
)

// StandardSequence is that of ISO 14229-1 (2013, clause 15). Steps for what an ECU does not have do nothing.
func StandardSequence() []Step {
	return []Step{
		{Step: StepPreconditions},
		{Step: StepQuiet},
		{Step: StepSession},
		{Step: StepAuthenticate},
		{Step: StepUnlock},
		{Step: StepFingerprint},
		{Step: StepBlocks},
		{Step: StepVerify},
		{Step: StepDependencies},
		{Step: StepActivate},
	}
}

// Sources that signed packages have.
const (
	SourceManifest = "manifest"
	SourceImage    = "image"
)
