package uds

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"
)

// request sends a request and checks that its response repeats the echo and has at least that many bytes more.
// It returns what follows the echo.
func (c *Client) request(ctx context.Context, request, echo []byte, more int) ([]byte, error) {
	response, err := c.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	rest := response[1:]
	if !bytes.HasPrefix(rest, echo) {
		return nil, c.malformed(request, response, fmt.Sprintf("want it to repeat % X", echo))
	}
	if rest = rest[len(echo):]; len(rest) < more {
		return nil, c.malformed(request, response, fmt.Sprintf("%d bytes are missing", more-len(rest)))
	}
	return rest, nil
}

// SessionTiming is what a server asks of its clients in a session.
type SessionTiming struct{ P2, P2Star time.Duration }

// DiagnosticSessionControl enters a session (10.2). From then on the client uses the server's timing.
func (c *Client) DiagnosticSessionControl(ctx context.Context, session byte) (SessionTiming, error) {
	rest, err := c.request(ctx, []byte{SIDDiagnosticSessionControl, session}, []byte{session}, 0)
	if err != nil {
		return SessionTiming{}, err
	}
	if len(rest) >= 4 {
		p2 := time.Duration(binary.BigEndian.Uint16(rest)) * time.Millisecond
		p2star := time.Duration(binary.BigEndian.Uint16(rest[2:])) * 10 * time.Millisecond
		c.setTiming(p2, p2star)
	}
	p2, p2star := c.Timing()
	return SessionTiming{P2: p2, P2Star: p2star}, nil
}

// ECUReset restarts the server (10.3): 1 hard, 2 key off and on, 3 soft.
func (c *Client) ECUReset(ctx context.Context, kind byte) error {
	_, err := c.request(ctx, []byte{SIDECUReset, kind}, []byte{kind}, 0)
	if err == nil {
		c.ResetTiming()
	}
	return err
}

// ReadDataByIdentifier reads one identifier (11.2).
func (c *Client) ReadDataByIdentifier(ctx context.Context, did uint16) ([]byte, error) {
	id := binary.BigEndian.AppendUint16(nil, did)
	return c.request(ctx, append([]byte{SIDReadDataByIdentifier}, id...), id, 1)
}

// WriteDataByIdentifier writes one identifier (11.7).
func (c *Client) WriteDataByIdentifier(ctx context.Context, did uint16, data []byte) error {
	id := binary.BigEndian.AppendUint16(nil, did)
	_, err := c.request(ctx, append(append([]byte{SIDWriteDataByIdentifier}, id...), data...), id, 0)
	return err
}

// RequestSeed asks for a seed (10.4); level is the odd sub-function. A seed of zeros means that the level is unlocked.
func (c *Client) RequestSeed(ctx context.Context, level byte) ([]byte, error) {
	return c.request(ctx, []byte{SIDSecurityAccess, level}, []byte{level}, 1)
}

// SendKey answers a seed (10.4); level is that of RequestSeed.
func (c *Client) SendKey(ctx context.Context, level byte, key []byte) error {
	_, err := c.request(ctx, append([]byte{SIDSecurityAccess, level + 1}, key...), []byte{level + 1}, 0)
	return err
}

// Unlock opens a security level with the key that key makes of the seed. A level that is open already stays so.
func (c *Client) Unlock(ctx context.Context, level byte, key func(seed []byte) ([]byte, error)) error {
	seed, err := c.RequestSeed(ctx, level)
	if err != nil || len(bytes.Trim(seed, "\x00")) == 0 {
		return err
	}
	k, err := key(seed)
	if err != nil {
		return fmt.Errorf("%s: make the key of level 0x%02X: %w", c.opt.Name, level, err)
	}
	return c.SendKey(ctx, level, k)
}

// CommunicationControl switches normal communication on or off (10.5).
func (c *Client) CommunicationControl(ctx context.Context, on bool) error {
	req := communicationControl(on)
	_, err := c.request(ctx, req, req[1:2], 0)
	return err
}

func communicationControl(on bool) []byte {
	control := communicationDisableRxAndTx
	if on {
		control = communicationEnableRxAndTx
	}
	return []byte{SIDCommunicationControl, control, communicationTypeNormal}
}

// ControlDTCSetting switches the storing of trouble codes on or off (10.8).
func (c *Client) ControlDTCSetting(ctx context.Context, on bool) error {
	req := controlDTCSetting(on)
	_, err := c.request(ctx, req, req[1:], 0)
	return err
}

func controlDTCSetting(on bool) []byte {
	setting := dtcSettingOff
	if on {
		setting = dtcSettingOn
	}
	return []byte{SIDControlDTCSetting, setting}
}

// TesterPresent holds the session, and waits for the response (10.7).
func (c *Client) TesterPresent(ctx context.Context) error {
	_, err := c.request(ctx, []byte{SIDTesterPresent, 0}, []byte{0}, 0)
	return err
}

// RoutineStart starts a routine (14.2) and returns its status record, which may be empty.
func (c *Client) RoutineStart(ctx context.Context, id uint16, options ...byte) ([]byte, error) {
	return c.routine(ctx, routineStart, id, options)
}

// RoutineStop stops a routine (14.2).
func (c *Client) RoutineStop(ctx context.Context, id uint16, options ...byte) ([]byte, error) {
	return c.routine(ctx, routineStop, id, options)
}

// RoutineResults asks for the results of a routine (14.2).
func (c *Client) RoutineResults(ctx context.Context, id uint16) ([]byte, error) {
	return c.routine(ctx, routineResults, id, nil)
}

func (c *Client) routine(ctx context.Context, kind byte, id uint16, options []byte) ([]byte, error) {
	echo := binary.BigEndian.AppendUint16([]byte{kind}, id)
	return c.request(ctx, append(append([]byte{SIDRoutineControl}, echo...), options...), echo, 0)
}

// Memory is a region of a server's memory with the widths, in bytes, of its address and size in requests.
type Memory struct {
	Address, Size             uint64
	AddressLength, SizeLength int
}

// Encode writes addressAndLengthFormatIdentifier, address and size as requests carry them (annex H).
func (m Memory) Encode() ([]byte, error) {
	if !fits(m.Address, m.AddressLength) || !fits(m.Size, m.SizeLength) {
		return nil, fmt.Errorf("memory %#x with %d bytes does not fit an address of %d and a size of %d bytes",
			m.Address, m.Size, m.AddressLength, m.SizeLength)
	}
	b := []byte{byte(m.SizeLength<<4 | m.AddressLength)}
	b = appendUint(b, m.Address, m.AddressLength)
	return appendUint(b, m.Size, m.SizeLength), nil
}

func fits(v uint64, width int) bool {
	return width >= 1 && width <= 8 && (width == 8 || v>>(8*width) == 0)
}

func appendUint(b []byte, v uint64, width int) []byte {
	for i := width - 1; i >= 0; i-- {
		b = append(b, byte(v>>(8*i)))
	}
	return b
}

// RequestDownload begins a download (15.2) and returns maxNumberOfBlockLength: the longest TransferData request in
// bytes, service identifier and counter included.
func (c *Client) RequestDownload(ctx context.Context, dataFormat byte, m Memory) (uint64, error) {
	memory, err := m.Encode()
	if err != nil {
		return 0, err
	}
	req := append([]byte{SIDRequestDownload, dataFormat}, memory...)
	rest, err := c.request(ctx, req, nil, 2)
	if err != nil {
		return 0, err
	}
	width := int(rest[0] >> 4)
	if width < 1 || width > 8 || len(rest) < 1+width {
		return 0, c.malformed(req, rest, "lengthFormatIdentifier does not fit what follows")
	}
	var n uint64
	for _, b := range rest[1 : 1+width] {
		n = n<<8 | uint64(b)
	}
	return n, nil
}

// TransferData sends one block (15.4). Counters run from 0x01 to 0xFF and go on with 0x00.
func (c *Client) TransferData(ctx context.Context, counter byte, data []byte) error {
	_, err := c.request(ctx, append([]byte{SIDTransferData, counter}, data...), []byte{counter}, 0)
	return err
}

// RequestTransferExit ends a transfer (15.5) and returns the server's parameter record.
func (c *Client) RequestTransferExit(ctx context.Context, parameters ...byte) ([]byte, error) {
	return c.request(ctx, append([]byte{SIDRequestTransferExit}, parameters...), nil, 0)
}

// ClearDiagnosticInformation clears the trouble codes of a group (12.2); 0xFFFFFF is all of them.
func (c *Client) ClearDiagnosticInformation(ctx context.Context, group uint32) error {
	_, err := c.request(ctx, appendUint([]byte{SIDClearDiagnosticInformation}, uint64(group&0xFFFFFF), 3), nil, 0)
	return err
}

// DTC is a trouble code with its status byte (annex D).
type DTC struct {
	Code   uint32 // 3 bytes
	Status byte
}

func (d DTC) String() string { return fmt.Sprintf("%06X status %02X", d.Code, d.Status) }

// ReadDTCs reads the trouble codes whose status has a bit of the mask (12.3, reportDTCByStatusMask).
func (c *Client) ReadDTCs(ctx context.Context, mask byte) ([]DTC, error) {
	req := []byte{SIDReadDTCInformation, reportDTCByStatusMask, mask}
	rest, err := c.request(ctx, req, req[1:2], 1)
	if err != nil {
		return nil, err
	}
	rest = rest[1:] // DTCStatusAvailabilityMask
	if len(rest)%4 != 0 {
		return nil, c.malformed(req, rest, "trouble codes have four bytes each")
	}
	var all []DTC
	for ; len(rest) > 0; rest = rest[4:] {
		all = append(all, DTC{Code: uint32(rest[0])<<16 | uint32(rest[1])<<8 | uint32(rest[2]), Status: rest[3]})
	}
	return all, nil
}

// CountDTCs counts the trouble codes whose status has a bit of the mask (12.3, reportNumberOfDTCByStatusMask).
func (c *Client) CountDTCs(ctx context.Context, mask byte) (int, error) {
	req := []byte{SIDReadDTCInformation, reportNumberOfDTCByStatusMask, mask}
	rest, err := c.request(ctx, req, req[1:2], 4)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint16(rest[2:])), nil
}
