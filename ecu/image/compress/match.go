package compress

// matcher finds what has been in the data before, for both kinds of LZSS. It keeps chains of the positions where the
// same three bytes begin.
type matcher struct {
	data    []byte
	window  int // how far back a match may begin
	longest int // bytes of a match
	newest  map[[3]byte]int
	older   []int // position before, with the same three bytes; -1 where there is none
}

// maxTries bounds the search for the longest match in data that repeat themselves all the time.
const maxTries = 256

func newMatcher(data []byte, window, longest int) *matcher {
	return &matcher{data: data, window: window, longest: longest, newest: map[[3]byte]int{}, older: make([]int, len(data))}
}

// add makes the bytes at a position known to find. Every position is to be added once, in order.
func (m *matcher) add(at int) {
	m.older[at] = -1
	if at+3 > len(m.data) {
		return
	}
	key := [3]byte(m.data[at:])
	if before, ok := m.newest[key]; ok {
		m.older[at] = before
	}
	m.newest[key] = at
}

// find returns where the longest match for what is at a position begins, and its length: 0 where there is none of
// three bytes or more.
func (m *matcher) find(at int) (begin, length int) {
	if at+3 > len(m.data) {
		return 0, 0
	}
	candidate, ok := m.newest[[3]byte(m.data[at:])]
	for tries := 0; ok && candidate >= 0 && at-candidate <= m.window && tries < maxTries; tries++ {
		if n := m.common(candidate, at); n > length {
			begin, length = candidate, n
		}
		candidate = m.older[candidate]
	}
	return begin, length
}

func (m *matcher) common(a, b int) int {
	n := 0
	for n < m.longest && b+n < len(m.data) && m.data[a+n] == m.data[b+n] {
		n++
	}
	return n
}
