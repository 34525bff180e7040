package link

import "testing"

func TestAPortionThatIsNotDeliveredIsTakenBack(t *testing.T) {
	var s marks
	s.arm(10, false)
	s.arm(25, false)
	part := s.take(100)
	if part.size != 10 || part.hit == nil {
		t.Fatalf("took %+v", part)
	}
	s.arm(3, true) // while 4 of the 10 bytes are delivered: it does not count any of them
	s.refund(part, 6)
	for _, want := range []int{3, 3, 15} {
		if part := s.take(100); part.size != want || part.hit == nil {
			t.Errorf("took %+v, want %d bytes to a mark", part, want)
		}
	}
	if part := s.take(100); part.size != 100 || part.hit != nil {
		t.Errorf("took %+v, want all, as no mark is left", part)
	}
}

func TestADisarmedMarkStaysSo(t *testing.T) {
	l := New(Options{})
	defer l.Close()
	l.CutAt(1)
	part := l.marks.take(10)
	l.Disarm()
	l.marks.refund(part, part.size)
	if part := l.marks.take(10); part.hit != nil {
		t.Errorf("took %+v", part)
	}
}
