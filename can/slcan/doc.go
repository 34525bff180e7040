// Package slcan attaches to CAN buses through serial-line adapters that speak the LAWICEL protocol (SLCAN): CANable,
// CANUSB, USBtin and others.
//
//	bus, err := slcan.OpenDevice(ctx, "/dev/ttyACM0", slcan.Options{Bitrate: 500_000})
//	if err != nil {
//		return err
//	}
//	defer bus.Close()
//	err = bus.Send(ctx, can.New(0x7E0, 2, 0x10, 3))
//
// Classic frames go to every adapter. FD frames go to those that have the extension of the CANable 2 firmware, if
// Options.DataBitrate is set: commands d and D for FD frames, b and B for those with BRS.
//
// What such an adapter does not tell: when a frame of another node ended on the bus, so a frame is stamped when it is
// read, a USB transfer (about 1 ms) after that; whether a frame of its own was acknowledged by another node, so a Send
// ends when the adapter has taken the frame; and error frames, so the state is what the adapter's flags say when it is
// asked, four times a second. Frames that it lost are counted as one for each time that it reports an overrun.
package slcan
