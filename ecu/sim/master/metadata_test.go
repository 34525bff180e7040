package master

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// key signs everything; stranger, nothing that is to be believed.
var key, stranger = ed25519.NewKeyFromSeed(make([]byte, 32)), ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", 32)))

// repo is a repository of TUF metadata, all of one key, in its files.
type repo struct {
	version int64
	expires time.Time
	targets map[string][]byte
	by      ed25519.PrivateKey
}

func newRepo(targets map[string][]byte) repo { return repo{1, began.Add(24 * time.Hour), targets, key} }

func sign[T metadata.Roles](t *testing.T, m *metadata.Metadata[T], by ed25519.PrivateKey) []byte {
	t.Helper()
	signer, err := signature.LoadED25519Signer(by)
	must(t, err)
	_, err = m.Sign(signer)
	must(t, err)
	raw, err := m.ToBytes(false)
	must(t, err)
	return raw
}

func (r repo) root(t *testing.T) []byte {
	t.Helper()
	root := metadata.Root(began.Add(1000 * time.Hour))
	k, err := metadata.KeyFromPublicKey(key.Public())
	must(t, err)
	for _, role := range []string{metadata.ROOT, metadata.TIMESTAMP, metadata.SNAPSHOT, metadata.TARGETS} {
		must(t, root.Signed.AddKey(k, role))
	}
	return sign(t, root, key)
}

// files are those of the repository but the root.
func (r repo) files(t *testing.T) map[string][]byte {
	t.Helper()
	targets := metadata.Targets(r.expires)
	for name, content := range r.targets {
		info, err := metadata.TargetFile().FromBytes(name, content, "sha256")
		must(t, err)
		targets.Signed.Targets[name] = info
	}
	targets.Signed.Version = r.version
	snapshot := metadata.Snapshot(r.expires)
	snapshot.Signed.Version = r.version
	snapshot.Signed.Meta["targets.json"].Version = r.version
	timestamp := metadata.Timestamp(r.expires)
	timestamp.Signed.Version = r.version
	timestamp.Signed.Meta["snapshot.json"].Version = r.version
	return map[string][]byte{
		fmt.Sprintf("%d.targets.json", r.version): sign(t, targets, r.by), fmt.Sprintf("%d.snapshot.json", r.version): sign(t, snapshot, r.by),
		"timestamp.json": sign(t, timestamp, r.by),
	}
}

// cloudOf answers as a backend with files by repository and name, and with targets.
type cloudOf struct {
	director, images map[string][]byte
	targets          map[string][]byte
}

func (c *cloudOf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var content []byte
	name := path.Base(r.URL.Path)
	switch {
	case strings.Contains(r.URL.Path, "/director/"):
		content = c.director[name]
	case strings.Contains(r.URL.Path, "/images/metadata/"):
		content = c.images[name]
	default:
		_, name, _ = strings.Cut(name, ".")
		content = c.targets[name]
	}
	switch string(content) {
	case "":
		http.NotFound(w, r)
	case "503":
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		_, _ = w.Write(content)
	}
}

// released is what a good backend has to offer.
func released(t *testing.T, c *cloud.Campaign) (*cloudOf, repo) {
	t.Helper()
	raw, err := json.Marshal(c)
	must(t, err)
	targets := map[string][]byte{cloud.CampaignPath: raw, "vcu.ota": []byte("vcu's"), "bcm.ota": []byte("bcm's")}
	r := newRepo(targets)
	return &cloudOf{director: r.files(t), images: r.files(t), targets: targets}, r
}

// knows gives a life the roots of its factory.
func (l *life) knows(root []byte) *life {
	l.cfg.Credentials.DirectorRoot, l.cfg.Credentials.ImagesRoot = root, root
	return l
}

func TestRefresh(t *testing.T) {
	huge := []byte(strings.Repeat("x", maxAnswer+1))
	for name, c := range map[string]struct {
		change func(t *testing.T, c *cloudOf, r repo)
		cause  ota.Cause
	}{
		"good":                 {func(*testing.T, *cloudOf, repo) {}, ""},
		"no timestamp":         {func(_ *testing.T, c *cloudOf, _ repo) { delete(c.director, "timestamp.json") }, ota.PoorConnection},
		"server error":         {func(_ *testing.T, c *cloudOf, _ repo) { c.images["timestamp.json"] = []byte("503") }, ota.BackendDown},
		"no snapshot":          {func(_ *testing.T, c *cloudOf, _ repo) { delete(c.images, "1.snapshot.json") }, ota.BadMetadata},
		"no targets":           {func(_ *testing.T, c *cloudOf, _ repo) { delete(c.director, "1.targets.json") }, ota.BadMetadata},
		"no JSON":              {func(_ *testing.T, c *cloudOf, _ repo) { c.director["timestamp.json"] = []byte("<html>") }, ota.BadMetadata},
		"empty object":         {func(_ *testing.T, c *cloudOf, _ repo) { c.images["1.targets.json"] = []byte("{}") }, ota.BadMetadata},
		"another role's file":  {func(_ *testing.T, c *cloudOf, _ repo) { c.director["1.snapshot.json"] = c.director["1.targets.json"] }, ota.BadMetadata},
		"endless":              {func(_ *testing.T, c *cloudOf, _ repo) { c.director["1.targets.json"] = huge }, ota.PoorConnection},
		"a new root, garbage":  {func(_ *testing.T, c *cloudOf, _ repo) { c.director["2.root.json"] = []byte("{}") }, ota.BadMetadata},
		"a new root, the same": {func(t *testing.T, c *cloudOf, r repo) { c.director["2.root.json"] = r.root(t) }, ota.BadMetadata},
		"by a stranger": {func(t *testing.T, c *cloudOf, r repo) {
			r.by = stranger
			c.images = r.files(t)
		}, ota.BadMetadata},
		"expired": {func(t *testing.T, c *cloudOf, r repo) {
			r.expires = began.Add(-time.Second)
			c.director = r.files(t)
		}, ota.BadMetadata},
		"the repositories differ": {func(t *testing.T, c *cloudOf, r repo) {
			r.targets = maps.Clone(r.targets)
			r.targets["vcu.ota"] = []byte("VCU's")
			c.images = r.files(t)
		}, ota.BadMetadata},
		"a member that is no target": {func(t *testing.T, c *cloudOf, r repo) {
			r.targets = maps.Clone(r.targets)
			delete(r.targets, "bcm.ota")
			c.director, c.images = r.files(t), r.files(t)
		}, ota.BadMetadata},
		"another campaign than is signed": {func(_ *testing.T, c *cloudOf, _ repo) {
			c.targets = map[string][]byte{cloud.CampaignPath: []byte("{}")}
		}, ota.BadMetadata},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, r := released(t, offered())
				c.change(t, b, r)
				l := newLife(t, b).knows(r.root(t))
				o, cause := l.refresh(l.ctx)
				if cause != c.cause || (o != nil) != (c.cause == "") {
					t.Errorf("%+v, %q, want %q", o, cause, c.cause)
				}
				if o != nil && (len(o.targets) != 2 || o.targets[1].Length != 5 || !l.fits(o.campaign)) {
					t.Errorf("%+v", o)
				}
			})
		})
	}
}

// What was seen once is not gone back behind, also not after a restart, and nobody is believed who does not know the time.
func TestRefreshRemembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, r := released(t, offered())
		l := newLife(t, b).knows(r.root(t))
		r.version = 2
		first := b.director
		b.director = r.files(t)
		if _, cause := l.refresh(l.ctx); cause != "" {
			t.Fatal(cause)
		}
		l.storage.cut()
		l.rec = l.load()
		b.director = first
		if _, cause := l.refresh(l.ctx); cause != ota.BadMetadata {
			t.Errorf("an older answer is %q", cause)
		}
		l.cfg.Faults = []Fault{MetadataForgotten}
		if _, cause := l.refresh(l.ctx); cause != "" {
			t.Errorf("an older answer with the fault is %q", cause)
		}
		l.clock.set(time.Time{})
		if _, cause := l.refresh(l.ctx); cause != ota.ClockUnknown {
			t.Errorf("without the time it is %q", cause)
		}
	})
}

func TestCampaignsThatAreTooMuch(t *testing.T) {
	many := func(n int) (all []string) {
		for range n {
			all = append(all, "x")
		}
		return all
	}
	for name, change := range map[string]func(*cloud.Campaign){
		"the master's own file":      func(c *cloud.Campaign) { c.Members[0].Target = recordFile },
		"its other file":             func(c *cloud.Campaign) { c.Members[0].Target = commandFile },
		"a path upwards":             func(c *cloud.Campaign) { c.Members[0].Target = "a/../b" },
		"an absolute path":           func(c *cloud.Campaign) { c.Members[0].Target = "/vcu.ota" },
		"a question in a path":       func(c *cloud.Campaign) { c.Members[0].Target = "vcu.ota?x" },
		"a line end in a path":       func(c *cloud.Campaign) { c.Members[0].Target = "vcu.ota\n" },
		"a long path":                func(c *cloud.Campaign) { c.Members[0].Target = strings.Repeat("x", 200) },
		"no path":                    func(c *cloud.Campaign) { c.Members[0].Target = "" },
		"the campaign as a package":  func(c *cloud.Campaign) { c.Members[0].Target = cloud.CampaignPath },
		"a package for two":          func(c *cloud.Campaign) { c.Members[0].Target = c.Members[1].Target },
		"two packages for an ECU":    func(c *cloud.Campaign) { c.Members[0].ECU = c.Members[1].ECU },
		"a long ECU":                 func(c *cloud.Campaign) { c.Members[0].ECU = strings.Repeat("x", 65) },
		"a long version of a member": func(c *cloud.Campaign) { c.Members[0].Version = strings.Repeat("x", 65) },
		"many requirements":          func(c *cloud.Campaign) { c.Members[0].Requires = many(65) },
		"no id":                      func(c *cloud.Campaign) { c.Campaign = "" },
		"a long id":                  func(c *cloud.Campaign) { c.Campaign = strings.Repeat("x", 65) },
		"a bell in the id":           func(c *cloud.Campaign) { c.Campaign = "a\ab" },
		"a line end in the version":  func(c *cloud.Campaign) { c.Version = "1\n2" },
		"a long text":                func(c *cloud.Campaign) { c.Purpose = strings.Repeat("x", maxText+1) },
		"many changes":               func(c *cloud.Campaign) { c.Changes = many(65) },
		"a size below nothing":       func(c *cloud.Campaign) { c.Size = -1 },
		"a time below nothing":       func(c *cloud.Campaign) { c.Download = -1 },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := offered()
			change(c)
			b, r := released(t, c)
			if _, ok := r.targets[c.Members[0].Target]; !ok && c.Members[0].Target != "" {
				r.targets[c.Members[0].Target] = []byte("x")
				b.director, b.images = r.files(t), r.files(t)
			}
			l := newLife(t, b).knows(r.root(t))
			if o, cause := l.refresh(context.Background()); cause != ota.BadMetadata || o != nil {
				t.Errorf("%s: %q", name, cause)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		c := offered()
		for i := range 10 * maxMembers {
			c.Members = append(c.Members, cloud.Member{ECU: fmt.Sprint(i), Target: "vcu.ota"})
		}
		b, r := released(t, c)
		l := newLife(t, b).knows(r.root(t))
		if _, cause := l.refresh(l.ctx); cause != ota.BadMetadata {
			t.Errorf("many members: %q", cause)
		}
	})
}
