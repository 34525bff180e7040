package description

// DTC is a trouble code (ISO 14229-1:2020, D.1).
type DTC struct {
	Code uint32 `yaml:"code" json:"code" jsonschema:"description=the 3-byte code,minimum=1,maximum=16777215"`
	Text string `yaml:"text,omitempty" json:"text,omitempty" jsonschema:"description=what it means"`
}

// Region is a part of the address space, for ReadMemoryByAddress and for uploads.
type Region struct {
	Address uint64 `yaml:"address" json:"address" jsonschema:"description=first address"`
	Size    uint64 `yaml:"size" json:"size" jsonschema:"description=bytes,minimum=1"`
	// Writable regions are for WriteMemoryByAddress too.
	Writable bool `yaml:"writable,omitempty" json:"writable,omitempty" jsonschema:"description=WriteMemoryByAddress may write it"`
}
