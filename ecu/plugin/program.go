package plugin

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Protocol is the name and version of what is spoken with programs.
const Protocol = "otabench/1"

// ErrProgram is wrapped by all errors of programs.
var ErrProgram = errors.New("the maker's program failed")

const (
	// limit is how long a program may take.
	limit = 30 * time.Second
	// maxAnswer bounds what is read from a program, in bytes. Transformed data in base64 is the longest.
	maxAnswer = 512 << 20
	// maxComplaint bounds what is repeated of its standard error.
	maxComplaint = 2 << 10
)

// Program is a command with its arguments.
type Program []string

func (p Program) String() string { return strings.Join(p, " ") }

// header is what all requests have.
type header struct {
	Protocol  string `json:"protocol"`
	Operation string `json:"operation"`
	ECU       string `json:"ecu,omitempty"`
}

// KeyRequest asks for the key to a seed.
type KeyRequest struct {
	ECU    string
	Level  uint8 // sub-function of requestSeed
	Seed   []byte
	Secret []byte // nil if the description names none
}

// Key returns the key to a seed.
func (p Program) Key(ctx context.Context, r KeyRequest) ([]byte, error) {
	request := struct {
		header
		Level  uint8  `json:"level"`
		Seed   string `json:"seed"`
		Secret string `json:"secret,omitempty"`
	}{header{Protocol, "key", r.ECU}, r.Level, hex.EncodeToString(r.Seed), hex.EncodeToString(r.Secret)}
	var answer struct {
		Error string `json:"error"`
		Key   string `json:"key"`
	}
	if err := p.call(ctx, request, &answer, &answer.Error, r.Secret); err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(answer.Key)
	if err != nil || len(key) == 0 {
		return nil, fmt.Errorf("%w: %v: its key is not an even number of hexadecimal digits", ErrProgram, p)
	}
	return key, nil
}

// TransformRequest asks for what is to be transferred in the place of data.
type TransformRequest struct {
	ECU, Block string
	Address    uint64
	Data       []byte
}

// Transform returns what is to be transferred in the place of data.
func (p Program) Transform(ctx context.Context, r TransformRequest) ([]byte, error) {
	request := struct {
		header
		Block   string `json:"block"`
		Address uint64 `json:"address"`
		Data    []byte `json:"data"`
	}{header{Protocol, "transform", r.ECU}, r.Block, r.Address, r.Data}
	var answer struct {
		Error string `json:"error"`
		Data  []byte `json:"data"`
	}
	if err := p.call(ctx, request, &answer, &answer.Error, nil); err != nil {
		return nil, err
	}
	if len(answer.Data) == 0 {
		return nil, fmt.Errorf("%w: %v: it answers without data", ErrProgram, p)
	}
	return answer.Data, nil
}

// call runs the program once. complaint is where the answer says why there is none.
func (p Program) call(ctx context.Context, request, answer any, complaint *string, secret []byte) error {
	if len(p) == 0 {
		return fmt.Errorf("%w: no program is given", ErrProgram)
	}
	input, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("%w: %v: %w", ErrProgram, p, err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, stderr := &bounded{left: maxAnswer}, &bounded{left: maxComplaint, drop: true}
	cmd := exec.CommandContext(ctx, p[0], p[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), out, stderr
	cmd.WaitDelay = time.Second // for children of the program that keep its output open
	if err := cmd.Run(); err != nil {
		return p.failed(errors.Join(err, ctx.Err()), stderr.String(), secret)
	}
	d := json.NewDecoder(&out.Buffer)
	d.DisallowUnknownFields()
	if err := d.Decode(answer); err != nil {
		return p.failed(fmt.Errorf("its answer is not the JSON of this protocol: %w", err), stderr.String(), secret)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return p.failed(errors.New("it writes more than one JSON object"), stderr.String(), secret)
	}
	if *complaint != "" {
		return p.failed(errors.New("it answers with an error"), *complaint, secret)
	}
	return nil
}

// failed tells why a program failed, with what it said itself but without the secret.
func (p Program) failed(err error, said string, secret []byte) error {
	if said = conceal(strings.TrimSpace(said), secret); said != "" {
		return fmt.Errorf("%w: %v: %w; it says %q", ErrProgram, p, err, said)
	}
	return fmt.Errorf("%w: %v: %w", ErrProgram, p, err)
}

// conceal takes a secret out of text, in the forms in which a program got it or may print it.
func conceal(text string, secret []byte) string {
	if len(secret) == 0 {
		return text
	}
	digits := hex.EncodeToString(secret)
	return strings.NewReplacer(digits, "***", strings.ToUpper(digits), "***", string(secret), "***").Replace(text)
}

// bounded is a buffer of limited size. What does not fit is dropped or an error.
type bounded struct {
	bytes.Buffer
	left int
	drop bool
}

var errTooLong = errors.New("it writes too much")

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	b.Buffer.Write(p[:n])
	if n < len(p) && !b.drop {
		return n, errTooLong
	}
	return len(p), nil
}
