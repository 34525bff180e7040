package master

import (
	"errors"
	"testing"
)

func TestStorageLosesWhatIsNotSynced(t *testing.T) {
	s := newStorage(100)
	for _, err := range []error{s.add("a", []byte("kept")), s.add("b", []byte("lost"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s.sync("a")
	s.sync("nothing")
	if err := s.add("a", []byte(" lost")); err != nil {
		t.Fatal(err)
	}
	if got := string(s.read("a")); got != "kept lost" {
		t.Errorf("before the cut it is %q", got)
	}
	s.cut()
	if got := string(s.read("a")); got != "kept" {
		t.Errorf("after the cut it is %q", got)
	}
	if s.read("b") != nil || len(s.names()) != 1 || s.free() != 96 {
		t.Errorf("files %q, %d bytes free", s.names(), s.free())
	}
	if err := s.add("a", []byte("!")); err != nil || string(s.read("a")) != "kept!" {
		t.Errorf("%q, %v", s.read("a"), err)
	}
}

// Who has read a file does not see what is appended later, and cannot be made to by the next append.
func TestStorageHandsOutWhatStays(t *testing.T) {
	s := newStorage(100)
	must(t, s.add("a", []byte("one")))
	before := s.read("a")
	_ = append(before, "???"...)
	must(t, s.add("a", []byte("two")))
	if string(before) != "one" || string(s.read("a")) != "onetwo" {
		t.Errorf("%q, %q", before, s.read("a"))
	}
}

func TestStorageReplacesAtOnce(t *testing.T) {
	s := newStorage(10)
	data := []byte("new")
	s.replace(recordFile, []byte("old"))
	s.replace(recordFile, data)
	data[0] = 'X'
	s.cut()
	if got := string(s.read(recordFile)); got != "new" {
		t.Errorf("it is %q", got)
	}
	s.remove(recordFile)
	if s.read(recordFile) != nil || s.length(recordFile) != 0 {
		t.Error("it is still there")
	}
}

func TestStorageIsFull(t *testing.T) {
	s := newStorage(10)
	s.replace(recordFile, make([]byte, 1000)) // elsewhere
	must(t, s.add("a", make([]byte, 10)))
	if err := s.add("a", []byte{1}); !errors.Is(err, errFull) || s.length("a") != 10 || s.free() != 0 {
		t.Errorf("%v, %d bytes, %d free", err, s.length("a"), s.free())
	}
	s.remove("a")
	must(t, s.add("b", make([]byte, 10)))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
