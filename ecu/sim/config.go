package sim

import (
	"crypto/ed25519"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/ecu/firmware"
	"otabench/ecu/sim/flashmem"
)

// Config describes a simulated ECU. Zero values stand for the defaults in the comments.
type Config struct {
	Name       string `yaml:"name,omitempty" jsonschema:"description=system name as DID 0xF197 and manifests have it; example if left out"`
	Hardware   string `yaml:"hardware,omitempty" jsonschema:"description=hardware number; HW-1 if left out"`
	Serial     string `yaml:"serial,omitempty" jsonschema:"description=serial number; SIM00000001 if left out"`
	PartNumber string `yaml:"part_number,omitempty" jsonschema:"description=spare part number; OB-0001 if left out"`
	Supplier   string `yaml:"supplier,omitempty" jsonschema:"description=system supplier; otabench if left out"`
	VIN        string `yaml:"vin,omitempty" jsonschema:"description=17 characters; WOB00000000000001 if left out"`
	// DTCs are trouble codes that are stored at manufacture.
	DTCs []uint32 `yaml:"dtcs,omitempty" jsonschema:"description=3-byte trouble codes stored at manufacture"`

	Address   Address   `yaml:"address,omitempty"`
	Transport Transport `yaml:"transport,omitempty"`
	Timing    Timing    `yaml:"timing,omitempty"`
	Security  Security  `yaml:"security,omitempty"`
	Flash     Flash     `yaml:"flash,omitempty"`
	Gates     Gates     `yaml:"gates,omitempty"`
	Power     Power     `yaml:"power,omitempty"`
	Status    Status    `yaml:"status,omitempty"`
	// TrialBoots is how often unconfirmed software is booted before it is reverted, 1 to 3.
	TrialBoots int `yaml:"trial_boots,omitempty" jsonschema:"description=boots of unconfirmed software before it is reverted; 1 if left out,minimum=1,maximum=3"`
	// MaxBlock is maxNumberOfBlockLength of service 0x34, service and counter included.
	MaxBlock int `yaml:"max_block,omitempty" jsonschema:"description=bytes of a TransferData request; 4095 if left out,minimum=3,maximum=4095"`
	// Faults are what is wrong with it; nothing if left out.
	Faults []Fault `yaml:"faults,omitempty" jsonschema:"description=mistakes that the ECU is made with to show that a suite finds them"`

	// Factory is installed and confirmed in slot A at manufacture; without it there is only a bootloader.
	Factory *firmware.Package `yaml:"-" json:"-"`
	// TrustedKey verifies packages.
	TrustedKey ed25519.PublicKey `yaml:"-" json:"-"`
	// Secret of security access, the example secret if it is empty.
	Secret []byte `yaml:"-" json:"-"`
	// OnFlashOp is called before each flash operation with its number; it must not block. It may be nil.
	OnFlashOp func(n int, op flashmem.Op) `yaml:"-" json:"-"`
	// Vary turns the time of a boot, a check or an operation of the flash into what it takes this time. If it is nil, all
	// of them are exact.
	Vary func(time.Duration) time.Duration `yaml:"-" json:"-"`
	// Latency is how long a response waits before it leaves; nil is not at all.
	Latency func() time.Duration `yaml:"-" json:"-"`
}

// Address is the ECU's place on its bus, as the tester sees it.
type Address struct {
	Request    uint32 `yaml:"request,omitempty" jsonschema:"description=CAN identifier of physical requests; 0x7E0 if left out"`
	Response   uint32 `yaml:"response,omitempty" jsonschema:"description=CAN identifier of responses; 0x7E8 if left out"`
	Functional uint32 `yaml:"functional,omitempty" jsonschema:"description=CAN identifier of functional requests; 0x7DF or 0x18DB33F1 if left out"`
	Extended   bool   `yaml:"extended,omitempty" jsonschema:"description=29-bit identifiers"`
	// Format and the address bytes of requests, responses and functional requests are as in a description.
	Format         string `yaml:"format,omitempty" jsonschema:"description=addressing format of ISO 15765-2; normal if left out,enum=normal,enum=extended,enum=mixed"`
	RequestByte    uint8  `yaml:"request_byte,omitempty" jsonschema:"description=address byte (N_TA or N_AE) of physical requests"`
	ResponseByte   uint8  `yaml:"response_byte,omitempty" jsonschema:"description=address byte (N_TA or N_AE) of responses"`
	FunctionalByte uint8  `yaml:"functional_byte,omitempty" jsonschema:"description=address byte (N_TA or N_AE) of functional requests"`
}

// Transport holds what the ECU asks for when it receives, and how it sends.
type Transport struct {
	Padding   *uint8        `yaml:"padding,omitempty" jsonschema:"description=byte that fills frames; frames are not padded if left out"`
	BlockSize uint8         `yaml:"block_size,omitempty" jsonschema:"description=frames between flow controls; 0 is no limit"`
	STmin     time.Duration `yaml:"st_min,omitempty" jsonschema:"description=least gap between frames"`
	FD        bool          `yaml:"fd,omitempty" jsonschema:"description=send CAN FD frames"`
	BRS       bool          `yaml:"brs,omitempty" jsonschema:"description=send the data of FD frames at the bus's data bit rate"`
	TxDL      int           `yaml:"tx_dl,omitempty" jsonschema:"description=longest frame in bytes; 64 with FD and 8 without if left out"`
}

// Status is the application's cyclic message: a counter, and 1 in a programming session. CommunicationControl stops it.
type Status struct {
	ID    uint32        `yaml:"id,omitempty" jsonschema:"description=CAN identifier; no message if left out"`
	Cycle time.Duration `yaml:"cycle,omitempty" jsonschema:"description=100ms if left out"`
}

// Timing holds times of the server and of the boot.
type Timing struct {
	P2       time.Duration `yaml:"p2,omitempty" jsonschema:"description=50ms if left out"`
	P2Star   time.Duration `yaml:"p2_star,omitempty" jsonschema:"description=5s if left out"`
	S3       time.Duration `yaml:"s3,omitempty" jsonschema:"description=session timeout; 5s if left out"`
	Boot     time.Duration `yaml:"boot,omitempty" jsonschema:"description=from power-on to the end of the bootloader without its checks; 200ms if left out"`
	Confirm  time.Duration `yaml:"confirm,omitempty" jsonschema:"description=how long a trial waits for its confirmation; 10s if left out"`
	Watchdog time.Duration `yaml:"watchdog,omitempty" jsonschema:"description=until an application that hangs is reset; 1s if left out"`
	SelfTest time.Duration `yaml:"self_test,omitempty" jsonschema:"description=how long routine 0x0213 takes; 4s if left out"`
}

// Security describes service 0x27.
type Security struct {
	Level     uint8         `yaml:"level,omitempty" jsonschema:"description=odd sub-function of requestSeed; 0x01 if left out,minimum=1,maximum=125"`
	Algorithm string        `yaml:"algorithm,omitempty" jsonschema:"description=hmac-sha256 if left out,enum=none,enum=xor,enum=add,enum=hmac-sha256"`
	Attempts  int           `yaml:"attempts,omitempty" jsonschema:"description=invalid keys to a lock-out; 3 if left out"`
	Delay     time.Duration `yaml:"delay,omitempty" jsonschema:"description=of a lock-out; 10s if left out"`
}

// Flash describes the memory and where a tester finds it. Sizes are bytes.
type Flash struct {
	SlotSize   int `yaml:"slot_size,omitempty" jsonschema:"description=589824 (576 KiB) if left out"`
	SectorSize int `yaml:"sector_size,omitempty" jsonschema:"description=32768 if left out"`
	PageSize   int `yaml:"page_size,omitempty" jsonschema:"description=256 if left out"`
	// HeaderSize is the room for manifest and signature before the image, a whole number of sectors.
	HeaderSize int `yaml:"header_size,omitempty" jsonschema:"description=room before the image; one sector if left out"`
	// DataSector is the size of the sectors that hold boot metadata and NVM.
	DataSector  int           `yaml:"data_sector,omitempty" jsonschema:"description=4096 if left out"`
	EraseTime   time.Duration `yaml:"erase_time,omitempty" jsonschema:"description=of one sector; 50ms if left out"`
	DataErase   time.Duration `yaml:"data_erase,omitempty" jsonschema:"description=of one data sector; 8ms if left out"`
	ProgramTime time.Duration `yaml:"program_time,omitempty" jsonschema:"description=of one page; 500us if left out"`
	// HashRate is how fast the ECU reads its flash to check it, in bytes per second.
	HashRate int    `yaml:"hash_rate,omitempty" jsonschema:"description=bytes per second; 4194304 if left out"`
	Seed     uint64 `yaml:"seed,omitempty" jsonschema:"description=of what interrupted operations leave behind"`
	// File keeps the contents while the simulation does not run.
	File string `yaml:"file,omitempty" jsonschema:"description=file that keeps the contents; none if left out"`

	UpdateBase uint32 `yaml:"update_base,omitempty" jsonschema:"description=address of the update region; 0x00A00000 if left out"`
	SlotABase  uint32 `yaml:"slot_a_base,omitempty" jsonschema:"description=address of slot A; 0x00100000 if left out"`
	SlotBBase  uint32 `yaml:"slot_b_base,omitempty" jsonschema:"description=address of slot B; 0x00200000 if left out"`
}

// Gates are the conditions of programming.
type Gates struct {
	MinVoltage physic.ElectricPotential `yaml:"min_voltage,omitempty" jsonschema:"description=10.5V if left out"`
	MaxVoltage physic.ElectricPotential `yaml:"max_voltage,omitempty" jsonschema:"description=16V if left out"`
	Hysteresis physic.ElectricPotential `yaml:"hysteresis,omitempty" jsonschema:"description=how far a voltage must come back to be accepted again; 200mV if left out"`
	// MinCharge is the least state of charge in percent without a charger; 0 is no gate.
	MinCharge *float64 `yaml:"min_charge,omitempty" jsonschema:"description=percent; 30 if left out; 0 is no gate,minimum=0,maximum=100"`
	// ChargeID is the battery's message: byte 0 the state of charge in 0.5 %, byte 1 bit 0 the charger, bits 4 to 7 a
	// counter that each message changes. What is older than a second is not known, and a gate refuses that.
	ChargeID uint32 `yaml:"charge_id,omitempty" jsonschema:"description=CAN identifier of the battery's message; 0x3E0 if left out"`
	// SpeedID is the vehicle speed's message, bytes 0 and 1 in 0.01 km/h, big endian; 0 is no gate.
	SpeedID uint32 `yaml:"speed_id,omitempty" jsonschema:"description=CAN identifier of the vehicle speed; no gate if left out"`
}

// Power describes the supply input.
type Power struct {
	On       physic.ElectricPotential `yaml:"on,omitempty" jsonschema:"description=level above which the ECU starts; 6.5V if left out"`
	BrownOut physic.ElectricPotential `yaml:"brown_out,omitempty" jsonschema:"description=level below which it dies; 5.5V if left out"`
	WriteMin physic.ElectricPotential `yaml:"write_min,omitempty" jsonschema:"description=level below which flash is written wrong; 8V if left out"`

	BootCurrent  physic.ElectricCurrent `yaml:"boot_current,omitempty" jsonschema:"description=300mA if left out"`
	RunCurrent   physic.ElectricCurrent `yaml:"run_current,omitempty" jsonschema:"description=500mA if left out"`
	WriteCurrent physic.ElectricCurrent `yaml:"write_current,omitempty" jsonschema:"description=more while flash is written; 200mA if left out"`
}
