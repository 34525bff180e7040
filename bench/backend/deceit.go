package backend

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// deceit is what a repository does wrong at present; nothing, if zero.
type deceit struct {
	expired string // role whose metadata is issued with an expiry in the past
	forged  string // role whose metadata is signed by the foreign keys
	foreign []ed25519.PrivateKey
	mixed   bool                             // targets metadata is that of the version before
	replace map[string]*metadata.TargetFiles // that are told in place of the true ones
	files   map[string][]byte                // that are served in place of the true ones
}

// staleness is how long metadata has been expired that is issued so: more than the clocks of vehicles differ.
const staleness = time.Hour

func (d *deceit) active() bool {
	return d.expired != "" || d.forged != "" || d.mixed || len(d.replace)+len(d.files) > 0
}

func (d *deceit) expiry(role string, life time.Duration) time.Time {
	if d.expired == role {
		life = -staleness
	}
	return expiry(life)
}

func (d *deceit) targets(truth map[string]*metadata.TargetFiles) map[string]*metadata.TargetFiles {
	told := make(map[string]*metadata.TargetFiles, len(truth))
	maps.Copy(told, truth)
	for path, lie := range d.replace {
		if _, ok := told[path]; ok {
			told[path] = lie
		}
	}
	return told
}

// serve replaces a file on the wire.
func (d *deceit) serve(name string, data []byte) {
	if d.files == nil {
		d.files = make(map[string][]byte)
	}
	d.files[name] = data
}

// expire issues the metadata of a role with an expiry in the past.
func (r *repository) expire(role string) error {
	r.deceit.expired = role
	if role == metadata.ROOT {
		return r.issueRoot(-staleness, r.keys[metadata.ROOT])
	}
	return r.issue()
}

// forge issues the metadata of a role signed by keys that nobody trusts.
func (r *repository) forge(role string) error {
	foreign, err := makeKeys(role)
	if err != nil {
		return err
	}
	r.deceit.forged, r.deceit.foreign = role, foreign
	if role != metadata.ROOT {
		return r.issue()
	}
	keys := maps.Clone(r.keys)
	keys[metadata.ROOT] = foreign
	next := r.rootVersion + 1
	// One true key has been stolen, which is not enough.
	signers := append(foreign[:len(foreign):len(foreign)], r.keys[metadata.ROOT][0])
	data, err := encodeRoot(next, expiry(rootLife), keys, signers)
	if err != nil {
		return err
	}
	r.deceit.serve(fileName(metadata.ROOT, next), data)
	return nil
}

// mix issues a snapshot that names a version of the targets metadata, under whose name another version is served.
func (r *repository) mix() error {
	r.deceit.mixed = true
	return r.issue()
}

// freeze keeps serving the present timestamp, whatever is issued after it.
func (r *repository) freeze() {
	r.deceit.serve("timestamp.json", r.file("timestamp.json"))
}

func (r *repository) thaw() { delete(r.deceit.files, "timestamp.json") }

// replay serves the oldest timestamp that is still valid: the longest way back that its expiry does not give away.
func (r *repository) replay() error {
	for _, old := range r.stamps[:len(r.stamps)-1] {
		if time.Until(old.expires) > 0 {
			r.deceit.serve("timestamp.json", old.data)
			return nil
		}
	}
	return errors.New("no older metadata is still valid: publish something first")
}

// tell says something false of a target that the repository has.
func (r *repository) tell(path string, lie *metadata.TargetFiles) error {
	if _, ok := r.targets[path]; !ok {
		return fmt.Errorf("target %q is not in the repository: publish it first", path)
	}
	if r.deceit.replace == nil {
		r.deceit.replace = make(map[string]*metadata.TargetFiles)
	}
	r.deceit.replace[path] = lie
	return r.issue()
}

// heal issues the truth again, in versions above those of the deceit, so that vehicles that believed it follow.
func (r *repository) heal() error {
	if !r.deceit.active() {
		return nil
	}
	r.deceit = deceit{}
	if err := r.renew(); err != nil {
		return err
	}
	return r.issue()
}
