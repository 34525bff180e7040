package link

import (
	"errors"
	"fmt"
	"net"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Get reads an interface.
func Get(name string) (Info, error) {
	var info Info
	err := on(name, func(c *netlink.Conn, index int) error {
		answers, err := c.Execute(netlink.Message{
			Header: netlink.Header{Type: unix.RTM_GETLINK, Flags: netlink.Request},
			Data:   header(index, 0, 0),
		})
		if err != nil {
			return fmt.Errorf("read the interface: %w", err)
		}
		if len(answers) != 1 {
			return fmt.Errorf("read the interface: %d answers", len(answers))
		}
		info, err = parse(answers[0].Data)
		return err
	})
	return info, err
}

// Configure takes an interface down, sets up its controller, brings it up and checks what the driver made of the bit
// rates. Programs that use the interface lose it meanwhile.
func Configure(name string, s Settings) error {
	if err := s.validate(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := Down(name); err != nil {
		return err
	}
	err := on(name, func(c *netlink.Conn, index int) error {
		b, err := controller(header(index, 0, 0), s.encode)
		if err != nil {
			return err
		}
		return change(c, "set the controller up", b)
	})
	if err != nil {
		return err
	}
	if err := Up(name); err != nil {
		return err
	}
	got, err := Get(name)
	if err == nil && (got.Bitrate != s.Bitrate || got.DataBitrate != s.DataBitrate) {
		err = fmt.Errorf("%s: asked for %d and %d bit/s, the driver can do %d and %d", name,
			s.Bitrate, s.DataBitrate, got.Bitrate, got.DataBitrate)
	}
	return err
}

// Up brings an interface up. A controller needs its bit rate before.
func Up(name string) error { return setUp(name, "bring the interface up", flagUp) }

// Down takes an interface down.
func Down(name string) error { return setUp(name, "take the interface down", 0) }

func setUp(name, what string, flags uint32) error {
	return on(name, func(c *netlink.Conn, index int) error { return change(c, what, header(index, flags, flagUp)) })
}

// Restart makes a controller that is bus-off take part again. The kernel refuses it in another state, and while it
// restarts controllers by itself.
func Restart(name string) error {
	return on(name, func(c *netlink.Conn, index int) error {
		b, err := controller(header(index, 0, 0), func(e *netlink.AttributeEncoder) { e.Uint32(canRestart, 1) })
		if err != nil {
			return err
		}
		return change(c, "restart the controller", b)
	})
}

func change(c *netlink.Conn, what string, data []byte) error {
	_, err := c.Execute(netlink.Message{
		Header: netlink.Header{Type: unix.RTM_NEWLINK, Flags: netlink.Request | netlink.Acknowledge},
		Data:   data,
	})
	if err != nil {
		return fmt.Errorf("%s: %w%s", what, err, hint(err))
	}
	return nil
}

func hint(err error) string {
	switch {
	case errors.Is(err, unix.EPERM):
		return "; this needs CAP_NET_ADMIN: run it as root, or set the interface up with ip before"
	case errors.Is(err, unix.EOPNOTSUPP):
		return "; the interface cannot do that"
	case errors.Is(err, unix.EBUSY):
		return "; it is not bus-off, or in use"
	case errors.Is(err, unix.EINVAL):
		return "; a controller needs a bit rate that its clock can make, and to be bus-off for a restart"
	}
	return ""
}

// on does something with an interface.
func on(name string, do func(c *netlink.Conn, index int) error) error {
	ifi, err := net.InterfaceByName(name)
	if err != nil {
		return fmt.Errorf("%s: no such interface: %w; see `ip link show type can`", name, err)
	}
	c, err := netlink.Dial(unix.NETLINK_ROUTE, nil)
	if err != nil {
		return fmt.Errorf("%s: open rtnetlink: %w", name, err)
	}
	if err := errors.Join(do(c, ifi.Index), c.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
