package backend

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// How long metadata is valid. The shorter the life of the timestamp, the sooner a vehicle notices that somebody keeps
// newer metadata from it.
const (
	rootLife      = 365 * 24 * time.Hour
	targetsLife   = 30 * 24 * time.Hour
	snapshotLife  = 7 * 24 * time.Hour
	timestampLife = 24 * time.Hour
)

// rootKeys is how many keys sign root metadata; all must.
const rootKeys = 2

// repository is a TUF repository with consistent snapshots. Its owner locks it.
type repository struct {
	keys        map[string][]ed25519.PrivateKey // by role
	files       map[string][]byte               // all versions ever issued, by their names on the wire
	rootVersion int64
	rootExpires time.Time
	version     int64   // of targets, snapshot and timestamp, which are always issued together
	stamps      []stamp // timestamps, by version from 1
	targets     map[string]*metadata.TargetFiles
	deceit      deceit
}

// stamp is one version of the timestamp metadata.
type stamp struct {
	data    []byte
	expires time.Time
}

// newRepository makes keys and issues version 1 of everything, without targets.
func newRepository() (*repository, error) {
	r := &repository{keys: make(map[string][]ed25519.PrivateKey), files: make(map[string][]byte)}
	for _, role := range metadata.TOP_LEVEL_ROLE_NAMES {
		keys, err := makeKeys(role)
		if err != nil {
			return nil, err
		}
		r.keys[role] = keys
	}
	if err := r.issueRoot(rootLife, r.keys[metadata.ROOT]); err != nil {
		return nil, err
	}
	return r, r.issue()
}

// makeKeys makes as many keys as a role signs with.
func makeKeys(role string) ([]ed25519.PrivateKey, error) {
	count := 1
	if role == metadata.ROOT {
		count = rootKeys
	}
	var keys []ed25519.PrivateKey
	for range count {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			return nil, fmt.Errorf("make a key for role %s: %w", role, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// issueRoot issues the next version of the root metadata, which names the current keys.
func (r *repository) issueRoot(life time.Duration, signers []ed25519.PrivateKey) error {
	expires := expiry(life)
	data, err := encodeRoot(r.rootVersion+1, expires, r.keys, signers)
	if err != nil {
		return err
	}
	r.rootVersion++
	r.rootExpires = expires
	r.files[fileName(metadata.ROOT, r.rootVersion)] = data
	return nil
}

// rotateRoot replaces the root keys. The old ones sign the new root metadata as well, so that vehicles follow.
func (r *repository) rotateRoot() error {
	keys, err := makeKeys(metadata.ROOT)
	if err != nil {
		return err
	}
	signers := append(keys[:len(keys):len(keys)], r.keys[metadata.ROOT]...)
	r.keys[metadata.ROOT] = keys
	return r.issueRoot(rootLife, signers)
}

func encodeRoot(version int64, expires time.Time, keys map[string][]ed25519.PrivateKey, signers []ed25519.PrivateKey) ([]byte, error) {
	root := metadata.Root(expires)
	root.Signed.Version = version
	for role, of := range keys {
		for _, key := range of {
			public, err := metadata.KeyFromPublicKey(key.Public())
			if err != nil {
				return nil, fmt.Errorf("describe a key of role %s: %w", role, err)
			}
			if err := root.Signed.AddKey(public, role); err != nil {
				return nil, fmt.Errorf("add a key to role %s: %w", role, err)
			}
		}
	}
	root.Signed.Roles[metadata.ROOT].Threshold = rootKeys
	return encode(root, signers)
}

// issue issues the next version of targets, snapshot and timestamp: the truth, or what the deceit makes of it.
func (r *repository) issue() error {
	next := r.version + 1
	targets := metadata.Targets(r.deceit.expiry(metadata.TARGETS, targetsLife))
	targets.Signed.Version = next
	targets.Signed.Targets = r.deceit.targets(r.targets)
	snapshot := metadata.Snapshot(r.deceit.expiry(metadata.SNAPSHOT, snapshotLife))
	snapshot.Signed.Version = next
	snapshot.Signed.Meta["targets.json"] = metadata.MetaFile(next)
	timestamp := metadata.Timestamp(r.deceit.expiry(metadata.TIMESTAMP, timestampLife))
	timestamp.Signed.Version = next
	timestamp.Signed.Meta["snapshot.json"] = metadata.MetaFile(next)
	return r.store(next, targets, snapshot, timestamp)
}

// store signs and keeps one version of all three.
func (r *repository) store(version int64, targets *metadata.Metadata[metadata.TargetsType],
	snapshot *metadata.Metadata[metadata.SnapshotType], timestamp *metadata.Metadata[metadata.TimestampType],
) error {
	targetsData, err := seal(r, metadata.TARGETS, targets)
	if err != nil {
		return err
	}
	snapshotData, err := seal(r, metadata.SNAPSHOT, snapshot)
	if err != nil {
		return err
	}
	timestampData, err := seal(r, metadata.TIMESTAMP, timestamp)
	if err != nil {
		return err
	}
	if r.deceit.mixed {
		targetsData = r.files[fileName(metadata.TARGETS, r.version)]
	}
	r.version = version
	r.files[fileName(metadata.TARGETS, version)] = targetsData
	r.files[fileName(metadata.SNAPSHOT, version)] = snapshotData
	r.stamps = append(r.stamps, stamp{timestampData, timestamp.Signed.Expires})
	return nil
}

// renew issues anew what has less than half of its life before it. Deceit expires as it is.
func (r *repository) renew() error {
	if r.deceit.active() {
		return nil
	}
	if time.Until(r.rootExpires) < rootLife/2 {
		if err := r.issueRoot(rootLife, r.keys[metadata.ROOT]); err != nil {
			return err
		}
	}
	if time.Until(r.stamps[len(r.stamps)-1].expires) < timestampLife/2 {
		return r.issue()
	}
	return nil
}

// file is the metadata of a name on the wire, such as timestamp.json or 3.targets.json; nil if there is none.
func (r *repository) file(name string) []byte {
	if data, ok := r.deceit.files[name]; ok {
		return data
	}
	if name == "timestamp.json" {
		return r.stamps[len(r.stamps)-1].data
	}
	return r.files[name]
}

// fileName is that of a consistent snapshot.
func fileName(role string, version int64) string { return fmt.Sprintf("%d.%s.json", version, role) }

// expiry is a time from now, in the whole seconds that metadata can say.
func expiry(life time.Duration) time.Time { return time.Now().UTC().Add(life).Truncate(time.Second) }
