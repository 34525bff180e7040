package key_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"otabench/reports/evidence/key"
	"otabench/reports/reportstest"
)

func newKey(t *testing.T, name string) (k *key.Key, private, public string) {
	t.Helper()
	k, err := key.New(name)
	if err != nil {
		t.Fatal(err)
	}
	private, public, err = k.Write(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k, private, public
}

func TestKeysComeBackFromTheirFiles(t *testing.T) {
	k, private, public := newKey(t, "rack-3")
	for path, mode := range map[string]fs.FileMode{private: 0o600, public: 0o644} {
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v %v, want mode %v", path, info.Mode(), err, mode)
		}
	}
	again, err := key.Read(private)
	if err != nil {
		t.Fatal(err)
	}
	p, err := key.ReadPublic(public)
	if err != nil {
		t.Fatal(err)
	}
	if p != k.Public() || p != again.Public() || p.Name != "rack-3" {
		t.Errorf("%v, %v and %v", k, again, p)
	}
	if id, err := key.ParseID(p.ID()); err != nil || id.ID() != p.ID() {
		t.Errorf("id %v, %v", id, err)
	}
	sig, err := again.Sign(t.Context(), []byte("text"))
	if err != nil || !p.Verify([]byte("text"), sig) || p.Verify([]byte("test"), sig) {
		t.Errorf("signature %x, %v", sig, err)
	}
}

// Whatever a key is printed with, its private half stays where it is.
func TestPrivateHalvesAreNotPrinted(t *testing.T) {
	k, private, _ := newKey(t, "rack-3")
	text, err := os.ReadFile(private)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	seed := block.Bytes[len(block.Bytes)-32:]
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		shown := fmt.Sprintf(format, k)
		if shown != k.Public().String() || strings.Contains(shown, fmt.Sprintf("%x", seed)) {
			t.Errorf("%s: %s", format, shown)
		}
	}
}

func TestKeysAreNeverOverwritten(t *testing.T) {
	k, private, public := newKey(t, "rack-3")
	if _, _, err := k.Write(filepath.Dir(private)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("private key written twice: %v", err)
	}
	if err := os.Remove(private); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Write(filepath.Dir(public)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("public key written twice: %v", err)
	}
	if _, err := os.Stat(private); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of a key was left: %v", err)
	}
}

func TestNamesOfKeys(t *testing.T) {
	for name, ok := range map[string]bool{
		"rack-3": true, "a": true, "jo.doe@lab_2": true,
		"": false, "../rack": false, ".rack": false, "a b": false, "a/b": false, "a\nb": false, "\u202ea": false, strings.Repeat("a", 65): false,
	} {
		if _, err := key.New(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	_, private, public := newKey(t, "rack-3")
	good, err := os.ReadFile(private)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := os.ReadFile(public)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	otherPublic, err := x509.MarshalPKIXPublicKey(other.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		text    []byte
		mode    fs.FileMode
		private string // what reading it as a private key comes to
		public  string
	}{
		"readable by the group": {good, 0o640, "others may read it (mode 0640)", "this is a private key"},
		"readable by all":       {good, 0o604, "chmod 600", "this is a private key"},
		"public":                {shown, 0o600, `a PEM block "PUBLIC KEY"`, ""},
		"another algorithm":     {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600, "the key is a *ecdsa.PrivateKey, want Ed25519", "private"},
		"of another algorithm":  {pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: otherPublic}), 0o600, "PEM block", "the key is a *ecdsa.PublicKey, want Ed25519"},
		"two":                   {append(bytes.Clone(good), good...), 0o600, "more behind the key", "private"},
		"two public ones":       {append(bytes.Clone(shown), shown...), 0o600, "PEM block", "more behind the key"},
		"spoilt":                {bytes.Replace(good, []byte("MC4C"), []byte("MC4D"), 1), 0o600, "no PKCS #8 key", "private"},
		"no key":                {[]byte("hello"), 0o600, "no PEM block", "no PEM block"},
		"empty":                 {nil, 0o600, "no PEM block", "no PEM block"},
		"huge":                  {bytes.Repeat([]byte("#"), 1<<20), 0o600, "more than 65536 bytes", "more than 65536 bytes"},
	} {
		path := filepath.Join(t.TempDir(), "k.pem")
		if err := os.WriteFile(path, tt.text, tt.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := key.Read(path); err == nil || !strings.Contains(err.Error(), tt.private) {
			t.Errorf("%s: as private key: %v, want %q", name, err, tt.private)
		}
		_, err := key.ReadPublic(path)
		if tt.public == "" && err != nil || tt.public != "" && (err == nil || !strings.Contains(err.Error(), tt.public)) {
			t.Errorf("%s: as public key: %v, want %q", name, err, tt.public)
		}
	}
	for _, read := range []func(string) error{
		func(p string) error { _, err := key.Read(p); return err },
		func(p string) error { _, err := key.ReadPublic(p); return err },
	} {
		if err := read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("a folder: %v", err)
		}
		if err := read("missing.pem"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("nothing: %v", err)
		}
	}
}

func TestIDsHaveOneForm(t *testing.T) {
	k, err := key.New("a")
	if err != nil {
		t.Fatal(err)
	}
	id := k.Public().ID()
	for _, bad := range []string{"", id[2:], id + "00", strings.ToUpper(id) + "", "x" + id[1:], " " + id[1:]} {
		if bad == id { // of digits alone
			continue
		}
		if _, err := key.ParseID(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestRingsHaveTheNamesThatTheirUserGave(t *testing.T) {
	a, _, public := newKey(t, "rack-3")
	b, _, other := newKey(t, "reviewer")
	dir := t.TempDir()
	if _, _, err := b.Write(dir); err != nil { // its private half is no key to trust, and not read
		t.Fatal(err)
	}
	text := strings.Replace(string(a.Public().PEM()), "# rack-3\n", "", 1)
	if err := os.WriteFile(filepath.Join(dir, "our-rack.pem"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		paths []string
		want  string // names
	}{
		"files":  {[]string{public, other}, "rack-3 reviewer"},
		"folder": {[]string{dir}, "our-rack reviewer"},
		"none":   {nil, ""},
	} {
		r, err := key.ReadRing(tt.paths...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var names []string
		for _, p := range r {
			names = append(names, p.Name)
			if found, ok := r.Find(p.ID()); !ok || found != p {
				t.Errorf("%s: %v is not found", name, p)
			}
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if _, err := key.ReadRing(filepath.Join(dir, "reviewer.pem")); !errors.Is(err, key.ErrPrivate) {
		t.Errorf("a private key to trust: %v", err)
	}
	if _, err := key.ReadRing("missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a ring of nothing: %v", err)
	}
}

func TestTrustedKeysLieInTheUsersFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	if r, err := key.ReadTrusted(); err != nil || r != nil {
		t.Errorf("without a folder: %v %v", r, err)
	}
	k, err := key.New("rack-3")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "otabench", "trusted")
	if _, _, err := k.Write(dir); err != nil {
		t.Fatal(err)
	}
	if r, err := key.ReadTrusted(); err != nil || len(r) != 1 || r[0] != k.Public() {
		t.Errorf("%v %v", r, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "spoilt.pem"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := key.ReadTrusted(); err == nil {
		t.Error("a spoilt key is no key, and nobody says so")
	}
}

// Keys are those of openssl, both ways.
func TestOpenSSLHasTheSameKeys(t *testing.T) {
	reportstest.Tool(t, "openssl")
	_, private, public := newKey(t, "rack-3")
	out, err := exec.Command("openssl", "pkey", "-in", private, "-pubout").CombinedOutput()
	if err != nil {
		t.Fatalf("openssl: %v: %s", err, out)
	}
	shown, err := os.ReadFile(public)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimPrefix(string(shown), "# rack-3\n"); string(out) != want {
		t.Errorf("openssl has %s, want %s", out, want)
	}
	made := filepath.Join(t.TempDir(), "made.pem")
	if out, err := exec.Command("openssl", "genpkey", "-algorithm", "ed25519", "-out", made).CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v: %s", err, out)
	}
	k, err := key.Read(made)
	if err != nil || k.Public().Name != "made" {
		t.Errorf("%v, %v", k, err)
	}
}

func FuzzParsePublic(f *testing.F) {
	k, err := key.New("rack-3")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(k.Public().PEM())
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := key.ParsePublic(text)
		if err != nil {
			return
		}
		if again, err := key.ParsePublic(p.PEM()); err != nil || again != p {
			t.Errorf("%v became %v, %v", p, again, err)
		}
	})
}
