// Package link reads and sets what belongs to a CAN interface of the Linux kernel and not to a program that uses it: bit
// rates, controller modes, state and error counters, up and down. It speaks rtnetlink, as ip does.
//
//	info, err := link.Get("can0")
//	if err == nil && info.Bitrate != 500000 {
//		err = link.Configure("can0", link.Settings{Bitrate: 500000})
//	}
//
// Reading needs no rights, everything else CAP_NET_ADMIN.
package link
