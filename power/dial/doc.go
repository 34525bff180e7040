// Package dial opens the link to an instrument from one string, the same in a bench file, on the command line and in
// messages:
//
//	tcp:192.0.2.7:5555          a raw SCPI socket
//	serial:/dev/ttyUSB0@9600    a serial port, 8N1, 9600 baud if not said
//	usbtmc:/dev/usbtmc0         a USB instrument, through the kernel's driver usbtmc
//	virtual:psu                 an instrument of the embedded bench, through Dialer.Virtual
//
// What it returns is only bytes; power/scpi makes a supply of them.
package dial
