package description

import (
	"slices"
	"strings"
)

// security checks one security level; path ends with a dot.
func (l *list) security(path string, s Security) {
	l.reject(!slices.Contains(Algorithms(), s.Algorithm), path+"algorithm", "%q is not accepted; accepted values: %s", s.Algorithm, strings.Join(Algorithms(), ", "))
	l.reject(s.SeedLength < 0 || s.SeedLength > 255, path+"seed_length", "%d is out of range; accepted: 1 to 255", s.SeedLength)
	l.reject(s.Attempts < 0, path+"attempts", "%d is below 0", s.Attempts)
	l.reject(s.Delay < 0, path+"delay", "%v is below 0s", s.Delay)
	program := s.Algorithm == AlgorithmProgram
	l.reject(program != (len(s.Program) > 0), path+"program", "goes with algorithm program, and with no other")
	if s.Algorithm == AlgorithmNone {
		return
	}
	l.reject(s.Level%2 == 0 || s.Level > 0x7D, path+"level", "%d is not accepted; accepted: odd numbers from 1 to 125", s.Level)
	_, err := s.Request.decode()
	l.reject(err != nil, path+"request", "%q is not an even number of hexadecimal digits", s.Request)
	l.reference(s.Secret, !program || s.Secret != "", path+"secret")
}

// reference checks where a secret lies. Its text is not repeated: somebody may have put the secret itself in its place.
func (l *list) reference(text string, needed bool, path string) {
	kind, rest, _ := strings.Cut(text, ":")
	known := text == "example" || (kind == "env" || kind == "file") && rest != ""
	l.reject(needed && !known, path, "want env:NAME, file:PATH or example; a secret itself has no place here")
}

func (l *list) authentication(a *Authentication) {
	if a == nil {
		return
	}
	l.reject(a.Certificate == "", "authentication.certificate", "is missing")
	l.reference(a.Key, true, "authentication.key")
}
