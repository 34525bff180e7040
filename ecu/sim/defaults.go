package sim

import (
	"cmp"
	"time"

	"periph.io/x/conn/v3/physic"
)

// ExampleSecret is the secret of simulated ECUs; it is none.
const ExampleSecret = "otabench-example-secret"

// WithDefaults fills in what c leaves open.
func (c Config) WithDefaults() Config {
	c.Name = cmp.Or(c.Name, "example")
	c.Hardware = cmp.Or(c.Hardware, "HW-1")
	c.Serial = cmp.Or(c.Serial, "SIM00000001")
	c.PartNumber = cmp.Or(c.PartNumber, "OB-0001")
	c.Supplier = cmp.Or(c.Supplier, "otabench")
	c.VIN = cmp.Or(c.VIN, "WOB00000000000001")
	c.Address = c.Address.withDefaults()
	c.Timing = c.Timing.withDefaults()
	c.Security.Level = cmp.Or(c.Security.Level, 0x01)
	c.Security.Algorithm = cmp.Or(c.Security.Algorithm, algorithmHMAC)
	c.Security.Attempts = cmp.Or(c.Security.Attempts, 3)
	c.Security.Delay = cmp.Or(c.Security.Delay, 10*time.Second)
	c.Flash = c.Flash.withDefaults()
	c.Gates = c.Gates.withDefaults()
	c.Power = c.Power.withDefaults()
	c.Status.Cycle = cmp.Or(c.Status.Cycle, 100*time.Millisecond)
	c.TrialBoots = cmp.Or(c.TrialBoots, 1)
	c.MaxBlock = cmp.Or(c.MaxBlock, maxMessage)
	if len(c.Secret) == 0 {
		c.Secret = []byte(ExampleSecret)
	}
	return c
}

func (a Address) withDefaults() Address {
	functional := uint32(0x7DF)
	if a.Extended {
		functional = 0x18DB33F1
	}
	a.Request = cmp.Or(a.Request, 0x7E0)
	a.Response = cmp.Or(a.Response, 0x7E8)
	a.Functional = cmp.Or(a.Functional, functional)
	return a
}

func (t Timing) withDefaults() Timing {
	t.P2 = cmp.Or(t.P2, 50*time.Millisecond)
	t.P2Star = cmp.Or(t.P2Star, 5*time.Second)
	t.S3 = cmp.Or(t.S3, 5*time.Second)
	t.Boot = cmp.Or(t.Boot, 200*time.Millisecond)
	t.Confirm = cmp.Or(t.Confirm, 10*time.Second)
	t.Watchdog = cmp.Or(t.Watchdog, time.Second)
	t.SelfTest = cmp.Or(t.SelfTest, 4*time.Second)
	return t
}

func (f Flash) withDefaults() Flash {
	f.SlotSize = cmp.Or(f.SlotSize, 576<<10)
	f.SectorSize = cmp.Or(f.SectorSize, 32<<10)
	f.PageSize = cmp.Or(f.PageSize, 256)
	f.HeaderSize = cmp.Or(f.HeaderSize, f.SectorSize)
	f.DataSector = cmp.Or(f.DataSector, 4<<10)
	f.EraseTime = cmp.Or(f.EraseTime, 50*time.Millisecond)
	f.DataErase = cmp.Or(f.DataErase, 8*time.Millisecond)
	f.ProgramTime = cmp.Or(f.ProgramTime, 500*time.Microsecond)
	f.HashRate = cmp.Or(f.HashRate, 4<<20)
	f.UpdateBase = cmp.Or(f.UpdateBase, 0x00A00000)
	f.SlotABase = cmp.Or(f.SlotABase, 0x00100000)
	f.SlotBBase = cmp.Or(f.SlotBBase, 0x00200000)
	return f
}

func (g Gates) withDefaults() Gates {
	g.MinVoltage = cmp.Or(g.MinVoltage, 10500*physic.MilliVolt)
	g.MaxVoltage = cmp.Or(g.MaxVoltage, 16*physic.Volt)
	g.Hysteresis = cmp.Or(g.Hysteresis, 200*physic.MilliVolt)
	g.ChargeID = cmp.Or(g.ChargeID, 0x3E0)
	if g.MinCharge == nil {
		g.MinCharge = new(30.0)
	}
	return g
}

func (p Power) withDefaults() Power {
	p.On = cmp.Or(p.On, 6500*physic.MilliVolt)
	p.BrownOut = cmp.Or(p.BrownOut, 5500*physic.MilliVolt)
	p.WriteMin = cmp.Or(p.WriteMin, 8*physic.Volt)
	p.BootCurrent = cmp.Or(p.BootCurrent, 300*physic.MilliAmpere)
	p.RunCurrent = cmp.Or(p.RunCurrent, 500*physic.MilliAmpere)
	p.WriteCurrent = cmp.Or(p.WriteCurrent, 200*physic.MilliAmpere)
	return p
}
