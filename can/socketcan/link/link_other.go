//go:build !linux

package link

import (
	"errors"
	"fmt"
)

func unsupported(name string) error {
	return fmt.Errorf("%s: rtnetlink needs Linux: %w", name, errors.ErrUnsupported)
}

// Get fails: rtnetlink is Linux's.
func Get(name string) (Info, error) { return Info{}, unsupported(name) }

// Configure fails: rtnetlink is Linux's.
func Configure(name string, _ Settings) error { return unsupported(name) }

// Up fails: rtnetlink is Linux's.
func Up(name string) error { return unsupported(name) }

// Down fails: rtnetlink is Linux's.
func Down(name string) error { return unsupported(name) }

// Restart fails: rtnetlink is Linux's.
func Restart(name string) error { return unsupported(name) }
