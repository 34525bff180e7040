package equipment

import (
	"fmt"

	"otabench/bench/config"
	"otabench/can/dial"
	"otabench/can/socketcan/link"
)

// CheckBus says whether the kernel interface behind a bus is as the bench file wants it, and describes it. Of buses of
// other kinds it knows nothing and says nothing.
func CheckBus(c config.Bus) (description string, err error) {
	name, ok := dial.Interface(c.Address)
	if !ok {
		return "", nil
	}
	info, err := link.Get(name)
	if err != nil {
		return "", err
	}
	return info.String(), asWanted(c, info)
}

// PrepareBus is CheckBus, but sets the interface up if the bench file says that the bench may.
func PrepareBus(c config.Bus) (description string, err error) {
	description, err = CheckBus(c)
	name, ok := dial.Interface(c.Address)
	if err == nil || !c.Configure || !ok {
		return description, err
	}
	if err := link.Configure(name, link.Settings{Bitrate: c.Bitrate, DataBitrate: c.DataBitrate}); err != nil {
		return description, err
	}
	return CheckBus(c)
}

// asWanted compares a controller with the bench file. Virtual interfaces have no bit rate.
func asWanted(c config.Bus, i link.Info) error {
	const can = "can"
	switch {
	case i.Kind == can && c.Bitrate > 0 && (i.Bitrate != c.Bitrate || c.DataBitrate != i.DataBitrate):
		return fmt.Errorf("%s runs at %d bit/s, data %d, the bench file says %d, data %d; set it up with ip, "+
			"or let the bench do it with configure: true", i.Name, i.Bitrate, i.DataBitrate, c.Bitrate, c.DataBitrate)
	case !i.Up:
		return fmt.Errorf("%s is down; bring it up with `ip link set %s up`, "+
			"or let the bench do it with configure: true", i.Name, i.Name)
	case c.DataBitrate > 0 && !i.FD:
		return fmt.Errorf("%s carries classic frames only; set it up with `mtu 72`, a real one with `fd on`", i.Name)
	}
	return nil
}
