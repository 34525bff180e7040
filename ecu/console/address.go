package console

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.bug.st/serial"
)

// ErrAddress is wrapped by errors that the address itself causes.
var ErrAddress = errors.New("invalid console address")

// Accepted describes the addresses that [Dialer.Dial] understands.
const Accepted = "serial:DEVICE[@BAUD[,FRAME][,rtscts]] with a FRAME of data bits 5 to 8, parity N, E, O, M or S " +
	"and stop bits 1 or 2, such as serial:/dev/ttyUSB0@921600,8N1,rtscts; or virtual:NAME"

const (
	// defaultBaud is the rate of addresses that name none.
	defaultBaud = 115200
	// maxBaud is above what any adapter does, in bit/s.
	maxBaud = 50_000_000
)

// setup is how a serial line is set up.
type setup struct {
	device string
	mode   serial.Mode
	rtscts bool // flow control by RTS and CTS
}

// parities are the letters of frames.
var parities = map[byte]serial.Parity{
	'N': serial.NoParity, 'E': serial.EvenParity, 'O': serial.OddParity, 'M': serial.MarkParity, 'S': serial.SpaceParity,
}

// parseSetup parses what follows "serial:".
func parseSetup(text string) (setup, error) {
	device, settings, named := strings.Cut(text, "@")
	s := setup{device: device, mode: serial.Mode{BaudRate: defaultBaud, DataBits: 8}}
	if device == "" {
		return setup{}, errors.New("it names no device")
	}
	if !named {
		return s, nil
	}
	fields := strings.Split(settings, ",")
	var err error
	if s.mode.BaudRate, err = parseBaud(fields[0]); err != nil {
		return setup{}, err
	}
	framed := false
	for _, field := range fields[1:] {
		switch {
		case field == "rtscts" && !s.rtscts:
			s.rtscts = true
		case field != "rtscts" && !framed && !s.rtscts:
			framed = true
			err = s.frame(field)
		default:
			err = fmt.Errorf("%q is too much", field)
		}
		if err != nil {
			return setup{}, err
		}
	}
	return s, nil
}

func parseBaud(text string) (int, error) {
	baud, err := strconv.ParseUint(text, 10, 32)
	if err != nil || checkBaud(int(baud)) != nil {
		return 0, fmt.Errorf("%q is not a baud rate of 1 to %d", text, maxBaud)
	}
	return int(baud), nil
}

func checkBaud(baud int) error {
	if baud < 1 || baud > maxBaud {
		return fmt.Errorf("%d is not a baud rate of 1 to %d", baud, maxBaud)
	}
	return nil
}

// frame sets what a text such as 8N1 says.
func (s *setup) frame(text string) error {
	if len(text) == 3 && text[0] >= '5' && text[0] <= '8' && (text[2] == '1' || text[2] == '2') {
		if parity, ok := parities[text[1]]; ok {
			s.mode.DataBits, s.mode.Parity = int(text[0]-'0'), parity
			if text[2] == '2' {
				s.mode.StopBits = serial.TwoStopBits
			}
			return nil
		}
	}
	return fmt.Errorf("%q is neither a frame such as 8N1 nor rtscts", text)
}
