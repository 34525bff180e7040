package backend

import (
	"strings"
	"testing"
)

func TestSplitTarget(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	tests := []struct {
		name, path string
		ok         bool
	}{
		{hash + ".bcm.pkg", "bcm.pkg", true},
		{hash + ".network/gateway.pkg", "network/gateway.pkg", true},
		{"network/" + hash + ".gateway.pkg", "network/gateway.pkg", true},
		{hash, "", false},
		{hash + ".", "", false},
		{hash[1:] + ".bcm.pkg", "", false},
		{"", "", false},
	}
	for _, test := range tests {
		key, ok := splitTarget(test.name)
		if ok != test.ok || ok && (key.path != test.path || key.hash != hash) {
			t.Errorf("%q is %+v, %t", test.name, key, ok)
		}
	}
}

func FuzzSplitTarget(f *testing.F) {
	f.Add(strings.Repeat("ab", 32) + ".network/gateway.pkg")
	f.Add("network/" + strings.Repeat("ab", 32) + ".gateway.pkg")
	f.Fuzz(func(t *testing.T, name string) {
		key, ok := splitTarget(name)
		if ok && (len(key.hash) != hashDigits || key.path == "" || len(key.path)+len(key.hash)+1 != len(name)) {
			t.Errorf("%q is %+v", name, key)
		}
	})
}

func TestClipMakesTextsFit(t *testing.T) {
	got := clip("a\nb\x1b[31m" + strings.Repeat("x", 1000))
	if strings.ContainsAny(got, "\n\x1b") || len(got) > textBytes+20 {
		t.Errorf("clip is %q", got)
	}
}
