package sense

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// Registers of the INA226 (TI SBOS547A, table 3).
const (
	regConfig      = 0x00
	regShunt       = 0x01
	regBus         = 0x02
	regCurrent     = 0x04
	regCalibration = 0x05
	regMask        = 0x06
	regMaker       = 0xFE
	regDie         = 0xFF
)

const (
	makerTI     = 0x5449
	dieINA226   = 0x2260
	dieMask     = 0xFFF0 // the last digit is the revision
	flagOverrun = 1 << 2 // OVF: the current does not fit its register

	busLSB = 1250 * physic.MicroVolt
	// A bus voltage of 7FFF and a shunt voltage at either end are clipped.
	fullScale, negativeFullScale = 0x7FFF, 0x8000
)

// Errors that callers decide on.
var (
	// ErrChip: another chip answers, or none.
	ErrChip = errors.New("no INA226")
	// ErrRange: voltage or current is larger than the sensor can tell.
	ErrRange = errors.New("beyond the range of the sensor")
	// ErrCalibration: the chip has lost its settings, as it does when its supply drops.
	ErrCalibration = errors.New("the sensor has lost its calibration")
)

// INA226 is a voltage and current sensor chip. Its methods may be called from several goroutines.
type INA226 struct {
	dev         i2c.Dev
	name        string
	config      uint16
	calibration uint16
	lsb         physic.ElectricCurrent

	mu sync.Mutex // a reading is several transactions
}

var _ power.Sensor = (*INA226)(nil)

// Open checks that an INA226 is at the address, sets it up, starts continuous conversion and waits for the first one. name
// is what it measures, for messages. It fails with ErrOptions, ErrChip or an error of the bus.
func Open(name string, bus i2c.Bus, opts Options) (*INA226, error) {
	opts = opts.withDefaults()
	s := &INA226{dev: i2c.Dev{Bus: bus, Addr: opts.Address}, name: name}
	var err error
	if s.config, err = opts.config(); err != nil {
		return nil, fmt.Errorf("set up %v: %w", s, err)
	}
	if s.calibration, s.lsb, err = opts.calibration(); err != nil {
		return nil, fmt.Errorf("set up %v: %w", s, err)
	}
	if err := errors.Join(s.expect(regMaker, makerTI, 0xFFFF), s.expect(regDie, dieINA226, dieMask)); err != nil {
		return nil, fmt.Errorf("identify %v: %w", s, err)
	}
	if err := errors.Join(s.write(regConfig, s.config), s.write(regCalibration, s.calibration)); err != nil {
		return nil, fmt.Errorf("set up %v: %w", s, err)
	}
	// Until the first conversion is over the registers hold older values, and nothing on the bus tells.
	time.Sleep(opts.age())
	return s, nil
}

func (s *INA226) String() string {
	return fmt.Sprintf("%s sensor (INA226 at %#x on %v)", s.name, s.dev.Addr, s.dev.Bus)
}

// Resolution returns the steps of a reading.
func (s *INA226) Resolution() (physic.ElectricPotential, physic.ElectricCurrent) {
	return busLSB, s.lsb
}

// Sense returns the latest conversion. It fails with ErrRange, ErrCalibration or an error of the bus. A transaction on
// the bus cannot be interrupted; ctx is looked at before.
func (s *INA226) Sense(ctx context.Context) (power.Reading, error) {
	if err := ctx.Err(); err != nil {
		return power.Reading{}, context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.sense()
	if err != nil {
		return power.Reading{}, fmt.Errorf("read %v: %w", s, err)
	}
	return r, nil
}

func (s *INA226) sense() (power.Reading, error) {
	values := map[byte]uint16{}
	for _, register := range []byte{regCalibration, regBus, regShunt, regCurrent, regMask} {
		v, err := s.read(register)
		if err != nil {
			return power.Reading{}, err
		}
		values[register] = v
	}
	switch {
	case values[regCalibration] != s.calibration:
		return power.Reading{}, fmt.Errorf("%w: register %#04x, written %#04x: check its supply and open it again",
			ErrCalibration, values[regCalibration], s.calibration)
	case values[regBus] >= fullScale:
		return power.Reading{}, fmt.Errorf("voltage %w", ErrRange)
	case values[regShunt] == fullScale, values[regShunt] == negativeFullScale, values[regMask]&flagOverrun != 0:
		return power.Reading{}, fmt.Errorf("current %w", ErrRange)
	}
	return power.Reading{
		Voltage: physic.ElectricPotential(values[regBus]) * busLSB,
		Current: physic.ElectricCurrent(int16(values[regCurrent])) * s.lsb,
		Time:    time.Now(),
	}, nil
}

// expect checks an identification register.
func (s *INA226) expect(register byte, want, mask uint16) error {
	got, err := s.read(register)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrChip, err)
	}
	if got&mask != want {
		return fmt.Errorf("%w: register %#02x holds %#04x, not %#04x", ErrChip, register, got, want)
	}
	return nil
}

func (s *INA226) read(register byte) (uint16, error) {
	var b [2]byte
	if err := s.dev.Tx([]byte{register}, b[:]); err != nil {
		return 0, fmt.Errorf("register %#02x: %w", register, err)
	}
	return binary.BigEndian.Uint16(b[:]), nil
}

func (s *INA226) write(register byte, value uint16) error {
	b := binary.BigEndian.AppendUint16([]byte{register}, value)
	if err := s.dev.Tx(b, nil); err != nil {
		return fmt.Errorf("register %#02x: %w", register, err)
	}
	return nil
}
