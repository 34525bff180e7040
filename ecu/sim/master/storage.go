package master

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
)

// errFull means that a file does not fit.
var errFull = errors.New("the storage is full")

// storage is the file system of an eMMC. What is written and not synced is lost with the power; a replacement is there
// whole or not at all.
type storage struct {
	mu    sync.Mutex
	size  int64
	files map[string]*file
}

type file struct {
	data    []byte
	durable int // bytes that a power cut leaves
}

func newStorage(size int64) *storage { return &storage{size: size, files: map[string]*file{}} }

// add appends to a file.
func (s *storage) add(name string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used()+int64(len(data)) > s.size {
		return errFull
	}
	f := s.files[name]
	if f == nil {
		f = &file{}
		s.files[name] = f
	}
	f.data = append(f.data, data...)
	return nil
}

// sync makes what is in a file survive a power cut.
func (s *storage) sync(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[name]; f != nil {
		f.durable = len(f.data)
	}
}

// replace makes a file hold data, at once.
func (s *storage) replace(name string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = &file{data: slices.Clone(data), durable: len(data)}
}

// read returns what a file holds. It is not to be changed.
func (s *storage) read(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[name]; f != nil {
		return f.data[:len(f.data):len(f.data)]
	}
	return nil
}

// length returns the size of a file, 0 if there is none.
func (s *storage) length(name string) int64 { return int64(len(s.read(name))) }

func (s *storage) remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, name)
}

// free returns the room that is left, in bytes.
func (s *storage) free() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size - s.used()
}

// used is the room that downloads take; the master's own files are in another partition.
func (s *storage) used() (n int64) {
	for name, f := range s.files {
		if !own(name) {
			n += int64(len(f.data))
		}
	}
	return n
}

// own says that a file is the master's own and no download.
func own(name string) bool { return strings.HasPrefix(name, ".") }

// names returns the files that there are.
func (s *storage) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.files))
}

// cut takes the power away.
func (s *storage) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, f := range s.files {
		if f.data = f.data[:f.durable]; f.durable == 0 {
			delete(s.files, name)
		}
	}
}
