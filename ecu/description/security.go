package description

import "time"

// Security says how the ECU is unlocked with service 0x27.
type Security struct {
	Level uint8 `yaml:"level" json:"level" jsonschema:"description=odd sub-function of requestSeed,minimum=1,maximum=125"`
	// Algorithm is a built-in one, or "program".
	Algorithm string `yaml:"algorithm" json:"algorithm" jsonschema:"description=how a key is made from a seed,enum=none,enum=xor,enum=add,enum=hmac-sha256,enum=cmac-aes,enum=aes,enum=program"`
	// Program makes the keys of algorithm "program": a command and its arguments, relative to the file of the description.
	Program []string `yaml:"program,omitempty" json:"program,omitempty" jsonschema:"description=command and arguments of the program that makes keys; for algorithm program"`
	// Secret is a reference, "env:NAME" or "file:PATH"; the file or variable holds hexadecimal digits. It is never the
	// secret itself, and "example" is the secret of the simulated ECUs.
	Secret  string `yaml:"secret,omitempty" json:"secret,omitempty" jsonschema:"description=env:NAME or file:PATH holding hexadecimal digits; or example"`
	Request Bytes  `yaml:"request,omitempty" json:"request,omitempty" jsonschema:"description=securityAccessDataRecord of requestSeed in hexadecimal; none if left out"`
	// SeedLength is for simulated ECUs; testers take any seed. 0 is what the algorithm takes, and 4 where it takes any.
	SeedLength int           `yaml:"seed_length,omitempty" json:"seed_length,omitempty" jsonschema:"description=bytes of a seed of the simulated ECU; those that the algorithm takes if left out,minimum=1,maximum=255"`
	Attempts   int           `yaml:"attempts,omitempty" json:"attempts,omitempty" jsonschema:"description=invalid keys until the ECU locks out"` // 3
	Delay      time.Duration `yaml:"delay,omitempty" json:"delay,omitempty" jsonschema:"description=how long a lock-out lasts"`                  // 10 s
}

// Algorithms of [Security].
const (
	AlgorithmNone       = "none"        // the ECU has no security access
	AlgorithmXOR        = "xor"         // key[i] = seed[i] XOR secret[i mod len(secret)]
	AlgorithmAdd        = "add"         // seed and secret as big-endian 32-bit numbers, added modulo 2^32
	AlgorithmHMACSHA256 = "hmac-sha256" // the first 16 bytes of HMAC-SHA256(secret, seed)
	AlgorithmCMACAES    = "cmac-aes"    // AES-CMAC of the seed (RFC 4493), with a secret of 16, 24 or 32 bytes
	AlgorithmAES        = "aes"         // the seed of 16 bytes encrypted with AES, with a secret of 16, 24 or 32 bytes
	AlgorithmProgram    = "program"     // a program of the maker's
)

// Algorithms are the names that [Security] accepts.
func Algorithms() []string {
	return []string{
		AlgorithmNone, AlgorithmXOR, AlgorithmAdd, AlgorithmHMACSHA256, AlgorithmCMACAES, AlgorithmAES, AlgorithmProgram,
	}
}

// Authentication says how a tester authenticates itself with service 0x29 and certificates (ISO 14229-1:2020, 10.6, PKI
// certificate exchange).
type Authentication struct {
	Certificate string `yaml:"certificate" json:"certificate" jsonschema:"description=file with the tester's certificate and those that lead to its root in PEM"`
	// Key is a reference to the certificate's private key, "env:NAME" or "file:PATH", in PEM.
	Key string `yaml:"key" json:"key" jsonschema:"description=env:NAME or file:PATH holding the private key in PEM"`
	// Roots verify the ECU's certificate. With them authentication is bidirectional.
	Roots         string `yaml:"roots,omitempty" json:"roots,omitempty" jsonschema:"description=file with the certificates in PEM that the ECU's has to lead to; the ECU is not authenticated if left out"`
	Configuration uint8  `yaml:"configuration,omitempty" json:"configuration,omitempty" jsonschema:"description=communicationConfiguration; 0 if left out"`
}
