// Package nvm keeps one small record in flash so that it is never lost to a power cut.
//
// The record is stored twice, each copy in a sector of its own with a sequence number and a CRC-32. A new record is
// written over the older copy first: it counts from the moment at which its last byte is programmed, and until then the
// other copy does. Then the second copy follows. Opening a store repairs the copy that a cut left behind.
//
//	s := nvm.New(flash, 0x0000, 0x1000, 0x1000)
//	record, err := s.Open(ctx) // ErrEmpty: neither copy is whole
//	...
//	err = s.Write(ctx, record)
package nvm
