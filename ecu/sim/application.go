package sim

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Behaviour is what software does once it runs.
type Behaviour string

// Behaviours.
const (
	Normal    Behaviour = "normal"
	Crash     Behaviour = "crash"     // resets itself after Application.After
	Hang      Behaviour = "hang"      // stops after Application.After and leaves the rest to the watchdog
	Unhealthy Behaviour = "unhealthy" // its self-test refuses the confirmation
	Silent    Behaviour = "silent"    // runs and answers nobody
	Troubled  Behaviour = "troubled"  // runs, and stores a trouble code when it starts: it takes a good supply for a low one
)

// Application is software for a simulated ECU, as the beginning of its image describes it.
type Application struct {
	Version   string        `json:"version"`
	Behaviour Behaviour     `json:"behaviour,omitempty"` // Normal if it is empty
	After     time.Duration `json:"after,omitempty"`     // of Crash and Hang, from the start of the application
	// DIDs are further identifiers that this software has, by hexadecimal number, with their bytes as text.
	DIDs map[string]string `json:"dids,omitempty"`
	// Seed makes the body of the image.
	Seed uint64 `json:"seed,omitempty"`
}

// applicationMagic opens an image.
const applicationMagic = "OTAAPP1\n"

// maxDescriptor bounds the descriptor, in bytes.
const maxDescriptor = 4096

// descriptorPreamble is the length of the magic and of the descriptor's length.
const descriptorPreamble = len(applicationMagic) + 4

// MinImage returns the size of the smallest image that holds the application's descriptor, in bytes.
func (a Application) MinImage() int { return descriptorPreamble + len(a.descriptor()) }

// Image returns an image of size bytes: the descriptor, and a body that follows from the seed. It panics if size is
// below MinImage.
func (a Application) Image(size int) []byte {
	if size < a.MinImage() {
		panic(fmt.Sprintf("sim: application %s needs an image of %d bytes, not %d", a.Version, a.MinImage(), size))
	}
	descriptor := a.descriptor()
	image := make([]byte, 0, size)
	image = append(image, applicationMagic...)
	image = binary.BigEndian.AppendUint32(image, uint32(len(descriptor)))
	image = append(image, descriptor...)
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], a.Seed)
	copy(key[8:], a.Version)
	body := rand.NewChaCha8(key)
	start := len(image)
	image = image[:size]
	_, _ = body.Read(image[start:])
	return image
}

func (a Application) descriptor() []byte {
	raw, err := json.Marshal(a)
	if err != nil {
		panic(fmt.Sprintf("sim: describe application %s: %v", a.Version, err)) // only strings and numbers are in it
	}
	return raw
}

var errNoApplication = errors.New("the image does not begin with an application")

// parseApplication reads the descriptor at the start of an image.
func parseApplication(image []byte) (Application, error) {
	if len(image) < descriptorPreamble || string(image[:len(applicationMagic)]) != applicationMagic {
		return Application{}, errNoApplication
	}
	length := binary.BigEndian.Uint32(image[len(applicationMagic):])
	rest := image[descriptorPreamble:]
	if length > maxDescriptor || int(length) > len(rest) {
		return Application{}, fmt.Errorf("%w: its descriptor has %d bytes", errNoApplication, length)
	}
	var a Application
	if err := json.Unmarshal(rest[:length], &a); err != nil {
		return Application{}, fmt.Errorf("%w: %w", errNoApplication, err)
	}
	return a, nil
}

// did returns the bytes of an identifier that the application itself brings.
func (a Application) did(id uint16) ([]byte, bool) {
	for name, text := range a.DIDs {
		number, err := hex.DecodeString(name)
		if err == nil && len(number) == 2 && binary.BigEndian.Uint16(number) == id {
			return []byte(text), true
		}
	}
	return nil, false
}
