package master

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/ecu/description"
	"otabench/ecu/ota/cloud"
)

// Config describes a master. Zero values stand for the defaults in the comments.
type Config struct {
	Gates  Gates  `yaml:"gates,omitempty"`
	Timing Timing `yaml:"timing,omitempty"`
	// Storage is the room for downloads, in bytes.
	Storage int64 `yaml:"storage,omitempty" jsonschema:"description=bytes for downloads; 786432 if left out"`
	// Attempts is how often an update is installed before it is given up.
	Attempts int `yaml:"attempts,omitempty" jsonschema:"description=installations of one update before it is given up; 3 if left out,minimum=1,maximum=15"`
	// Faults are what is wrong with it; nothing if left out.
	Faults []Fault `yaml:"faults,omitempty" jsonschema:"description=mistakes that the master is made with to show that a suite finds them"`

	// Behind are the ECUs that it programs.
	Behind []Behind `yaml:"-" json:"-"`
	// Profiles are the accounts of the dashboard's users by number.
	Profiles map[int]string `yaml:"-" json:"-"`
	// Credentials are what it has of its backend.
	Credentials cloud.Credentials `yaml:"-" json:"-"`
}

// Behind is an ECU behind the master.
type Behind struct {
	Name        string // role in the vehicle
	Description description.ECU
}

// Gates are the conditions of an update.
type Gates struct {
	MinCharge  float64                  `yaml:"min_charge,omitempty" jsonschema:"description=percent without a charger; 30 if left out,minimum=0,maximum=100"`
	MinVoltage physic.ElectricPotential `yaml:"min_voltage,omitempty" jsonschema:"description=of its own supply; 11.5V if left out"`
	MinRate    int                      `yaml:"min_rate,omitempty" jsonschema:"description=bit/s of the connection to the backend; 256000 if left out"`
	MaxLatency time.Duration            `yaml:"max_latency,omitempty" jsonschema:"description=of an answer of the backend; 1s if left out"`
}

// Timing holds the master's times.
type Timing struct {
	Boot    time.Duration `yaml:"boot,omitempty" jsonschema:"description=from power-on to the start of its software; 200ms if left out"`
	Poll    time.Duration `yaml:"poll,omitempty" jsonschema:"description=between two questions to the backend; 1s if left out"`
	Remind  time.Duration `yaml:"remind,omitempty" jsonschema:"description=until an offer that was put off is shown again; 3s if left out"`
	Confirm time.Duration `yaml:"confirm,omitempty" jsonschema:"description=how long a confirmation is waited for; 5s if left out"`
	Stall   time.Duration `yaml:"stall,omitempty" jsonschema:"description=without a byte until the connection counts as lost; 2s if left out"`
	Retry   time.Duration `yaml:"retry,omitempty" jsonschema:"description=until the second attempt; each further one waits twice as long; 2s if left out"`
}

func (c Config) withDefaults() Config {
	c.Gates.MinCharge = cmp.Or(c.Gates.MinCharge, 30)
	c.Gates.MinVoltage = cmp.Or(c.Gates.MinVoltage, 11500*physic.MilliVolt)
	c.Gates.MinRate = cmp.Or(c.Gates.MinRate, 256_000)
	c.Gates.MaxLatency = cmp.Or(c.Gates.MaxLatency, time.Second)
	t := &c.Timing
	t.Boot = cmp.Or(t.Boot, 200*time.Millisecond)
	t.Poll = cmp.Or(t.Poll, time.Second)
	t.Remind = cmp.Or(t.Remind, 3*time.Second)
	t.Confirm = cmp.Or(t.Confirm, 5*time.Second)
	t.Stall = cmp.Or(t.Stall, 2*time.Second)
	t.Retry = cmp.Or(t.Retry, 2*time.Second)
	c.Storage = cmp.Or(c.Storage, 768<<10)
	c.Attempts = cmp.Or(c.Attempts, 3)
	return c
}

func (c Config) validate() error {
	if len(c.Behind) == 0 {
		return errors.New("simulated update master: no ECU is behind it")
	}
	if c.Credentials.VIN == "" || c.Credentials.Authorities == nil {
		return errors.New("simulated update master: it has no credentials of a backend")
	}
	if c.Attempts < 1 || c.Attempts > maxAttempts {
		return fmt.Errorf("simulated update master: attempts %d; 1 to %d are accepted", c.Attempts, maxAttempts)
	}
	return c.checkFaults()
}

// maxAttempts is the most that the dashboard can show.
const maxAttempts = 15
