package socketcan

import "otabench/can"

// Options change what a Bus receives. The zero value receives everything.
type Options struct {
	// Filters are set in the kernel: frames that match none of them never reach this process, own ones included. Error
	// frames always do. At most 512; none lets everything through.
	Filters []can.Filter
	// ReceiveBuffer is the room for frames that wait to be taken, in bytes of the kernel's bookkeeping, about 900 for a
	// frame; 16 MiB if 0. Without CAP_NET_ADMIN the kernel gives no more than net.core.rmem_max.
	ReceiveBuffer int
}

const (
	defaultReceiveBuffer = 16 << 20
	maxFilters           = 512 // CAN_RAW_FILTER_MAX
)
