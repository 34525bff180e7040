// Package inverter simulates the ECU of an inverter, written for a maker who does everything in another way than the
// body controller of package sim. It stands on the server library, and on nothing that knows of descriptions: what a
// description says of it, and what it does, are two works.
//
//		unit, err := inverter.New(inverter.Config{Key: inverter.ExampleKey()}, bus, sim.Fixed(13*physic.Volt))
//		err = unit.Start(ctx)
//
//	  - It is addressed with 29 bits in normal fixed addressing (its address is 0x1D) and answers in CAN FD frames.
//	  - Its programming session 0x02 is entered from the extended session only, at 9 V or more, and level 0x09 of security
//	    access wants the AES-CMAC of a seed of 16 bytes.
//	  - It has two blocks at 0x80000 and 0xA0000, and one slot: it is programmed in place. Data comes compressed
//	    (dataFormatIdentifier 0x10, LZSS as in VBF files), in pages of 256 bytes.
//	  - Routine 0x0301 erases a block, 0x0302 compares the CRC-32 of one, and 0x0303 the versions of both.
//	  - Without two blocks that were checked it stays in its bootloader, which has no version.
package inverter
