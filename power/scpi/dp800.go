package scpi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// rigolDP832 is Rigol's DP832: two outputs of 30 V, 3 A and one of 5 V, 3 A, each with some headroom.
func rigolDP832() model {
	const amps = 3200 * physic.MilliAmpere
	return model{
		maker: "RIGOL TECHNOLOGIES", model: "DP832",
		start:   []string{":SYST:REM"},
		ratings: []rating{{32 * physic.Volt, amps}, {32 * physic.Volt, amps}, {5300 * physic.MilliVolt, amps}},
		channel: func(s *supply, n int, r rating) power.Channel { return &dp800Channel{s, n, r} },
	}
}

// dp800Channel speaks the dialect of Rigol's DP800 series (DP800 Programming Guide). Every command names its channel, so
// that it does not matter which one somebody else has selected, on another connection or at the front panel.
type dp800Channel struct {
	supply *supply
	n      int
	rating rating
}

func (c *dp800Channel) String() string { return fmt.Sprintf("CH%d of %v", c.n, c.supply) }

func (c *dp800Channel) Rating() (physic.ElectricPotential, physic.ElectricCurrent) {
	return c.rating.voltage, c.rating.current
}

func (c *dp800Channel) change(ctx context.Context, format string, args ...any) error {
	return c.supply.session.change(ctx, fmt.Sprintf(format, args...))
}

func (c *dp800Channel) SetVoltage(ctx context.Context, v physic.ElectricPotential) error {
	return c.change(ctx, ":SOUR%d:VOLT %s", c.n, decimal(v))
}

func (c *dp800Channel) SetCurrent(ctx context.Context, i physic.ElectricCurrent) error {
	return c.change(ctx, ":SOUR%d:CURR %s", c.n, decimal(i))
}

func (c *dp800Channel) SetProtection(ctx context.Context, ovp physic.ElectricPotential, ocp physic.ElectricCurrent) error {
	if err := c.protect(ctx, "OVP", decimal(ovp), ovp > 0); err != nil {
		return err
	}
	return c.protect(ctx, "OCP", decimal(ocp), ocp > 0)
}

func (c *dp800Channel) protect(ctx context.Context, protection, level string, armed bool) error {
	if !armed {
		return c.change(ctx, ":OUTP:%s CH%d,OFF", protection, c.n)
	}
	if err := c.change(ctx, ":OUTP:%s:VAL CH%d,%s", protection, c.n, level); err != nil {
		return err
	}
	return c.change(ctx, ":OUTP:%s CH%d,ON", protection, c.n)
}

func (c *dp800Channel) Settings(ctx context.Context) (power.Settings, error) {
	var s power.Settings
	var ovpOn, ocpOn bool
	for _, step := range []func() error{
		dp800Read(ctx, c, ":SOUR%d:VOLT?", parseVoltage, &s.Voltage),
		dp800Read(ctx, c, ":SOUR%d:CURR?", parseCurrent, &s.Current),
		dp800Read(ctx, c, ":OUTP:OVP? CH%d", parseFlag, &ovpOn),
		dp800Read(ctx, c, ":OUTP:OVP:VAL? CH%d", parseVoltage, &s.OVP),
		dp800Read(ctx, c, ":OUTP:OCP? CH%d", parseFlag, &ocpOn),
		dp800Read(ctx, c, ":OUTP:OCP:VAL? CH%d", parseCurrent, &s.OCP),
		dp800Read(ctx, c, ":OUTP? CH%d", parseFlag, &s.On),
	} {
		if err := step(); err != nil {
			return power.Settings{}, fmt.Errorf("read back %v: %w", c, err)
		}
	}
	if !ovpOn {
		s.OVP = 0
	}
	if !ocpOn {
		s.OCP = 0
	}
	return s, nil
}

// dp800Read is the question for one value of a channel.
func dp800Read[T any](ctx context.Context, c *dp800Channel, question string, parse func(string) (T, error), into *T) func() error {
	return func() (err error) {
		*into, err = query(ctx, c.supply.session, fmt.Sprintf(question, c.n), parse)
		return err
	}
}

func (c *dp800Channel) Enable(ctx context.Context, on bool) error {
	if on {
		return c.change(ctx, ":OUTP CH%d,ON", c.n)
	}
	return c.change(ctx, ":OUTP CH%d,OFF", c.n)
}

func (c *dp800Channel) Measure(ctx context.Context) (power.Reading, error) {
	return query(ctx, c.supply.session, fmt.Sprintf(":MEAS:ALL? CH%d", c.n), dp800Measurement)
}

// dp800Measurement reads "voltage,current,power".
func dp800Measurement(reply string) (power.Reading, error) {
	fields := strings.Split(reply, ",")
	if len(fields) != 3 {
		return power.Reading{}, errors.New("not voltage, current and power")
	}
	v, errV := parseVoltage(fields[0])
	i, errI := parseCurrent(fields[1])
	return power.Reading{Voltage: v, Current: i, Time: time.Now()}, errors.Join(errV, errI)
}

func (c *dp800Channel) Tripped(ctx context.Context) (power.Trip, error) {
	var ovp, ocp bool
	for _, step := range []func() error{
		dp800Read(ctx, c, ":OUTP:OVP:QUES? CH%d", parseFlag, &ovp),
		dp800Read(ctx, c, ":OUTP:OCP:QUES? CH%d", parseFlag, &ocp),
	} {
		if err := step(); err != nil {
			return 0, fmt.Errorf("ask %v for trips: %w", c, err)
		}
	}
	var t power.Trip
	if ovp {
		t |= power.TripOVP
	}
	if ocp {
		t |= power.TripOCP
	}
	return t, nil
}

func (c *dp800Channel) ClearTrip(ctx context.Context) error {
	return errors.Join(
		c.change(ctx, ":OUTP:OVP:CLEAR CH%d", c.n),
		c.change(ctx, ":OUTP:OCP:CLEAR CH%d", c.n),
	)
}
