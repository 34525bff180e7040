package rederive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"otabench/bench/record"
	"otabench/reports"
)

// open opens a file of raw evidence. Its digest is known once it is closed.
func (c *checker) open(name string) (io.ReadCloser, error) {
	f, err := reports.OpenFile(c.root, name)
	if err != nil {
		return nil, err
	}
	return &hashed{c: c, name: name, file: f, sum: sha256.New()}, nil
}

// hashed is a file whose digest is taken while it is read.
type hashed struct {
	c    *checker
	name string
	file *os.File
	sum  hash.Hash
	size int64
}

func (h *hashed) Read(p []byte) (int, error) {
	n, err := h.file.Read(p)
	h.sum.Write(p[:n])
	h.size += int64(n)
	return n, err
}

// Close reads what is left of the file.
func (h *hashed) Close() error {
	defer h.file.Close()
	if _, err := io.Copy(io.Discard, h); err != nil {
		return err
	}
	h.c.read[h.name] = record.RawFile{Name: h.name, Size: h.size, Digest: hex.EncodeToString(h.sum.Sum(nil))}
	return nil
}

// compareDigests compares the files with what the record says of them as a whole: a frame that belongs to no exchange shows
// so, too. All of them are closed.
func (c *checker) compareDigests() {
	for _, want := range c.raw {
		if _, known := c.read[want.Name]; !known {
			f, err := c.open(want.Name)
			if err == nil {
				err = f.Close()
			}
			if err != nil {
				c.res.uncompared("the digest of %s: %v", want.Name, err)
				continue
			}
		}
		if got := c.read[want.Name]; got != want {
			c.foundAt(c.run.Length, "", want.Name, "digest of the file",
				fmt.Sprintf("%s, %d bytes", want.Digest, want.Size), fmt.Sprintf("%s, %d bytes", got.Digest, got.Size))
			continue
		}
		c.res.Files++
	}
}
