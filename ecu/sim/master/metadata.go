package master

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// trusted is the metadata of a repository that was verified last.
type trusted struct {
	Root      []byte `json:"root,omitempty"`
	Timestamp []byte `json:"timestamp,omitempty"`
	Snapshot  []byte `json:"snapshot,omitempty"`
	Targets   []byte `json:"targets,omitempty"`
}

// maxRotations bounds how many root keys are followed at once.
const maxRotations = 32

// repository is one of the two that an update has to be in.
type repository struct {
	l    *life
	base string
	kept *trusted
	root []byte // of the factory
}

// offer is a campaign that both repositories have.
type offer struct {
	campaign *cloud.Campaign
	targets  []target
}

// refresh asks the backend what there is for this vehicle, and verifies the answer as Uptane says: the metadata of the
// director and of the image repository, each by itself, and then against one another. nil is that there is nothing.
func (l *life) refresh(ctx context.Context) (*offer, ota.Cause) {
	now, ok := l.clock.now()
	if !ok {
		return nil, ota.ClockUnknown
	}
	cred := l.cfg.Credentials
	director := repository{l, "/v1/vehicles/" + cred.VIN + "/director/", &l.rec.Director, cred.DirectorRoot}
	images := repository{l, "/v1/images/metadata/", &l.rec.Images, cred.ImagesRoot}
	wanted, err := director.update(ctx, now)
	if err != nil {
		return nil, l.distrust(err)
	}
	known, err := images.update(ctx, now)
	if err != nil {
		return nil, l.distrust(err)
	}
	l.save()
	o, err := l.match(ctx, wanted, known)
	if err != nil {
		return nil, l.distrust(err)
	}
	return o, ""
}

// errDistrust means that metadata is not to be believed.
var errDistrust = errors.New("the metadata is not to be believed")

// distrust tells an error of the connection from one of the metadata.
func (l *life) distrust(err error) ota.Cause {
	if errors.Is(err, errDistrust) {
		return ota.BadMetadata
	}
	return causeOf(err)
}

// update brings the metadata of a repository up to date, as the client workflow of TUF says (5.3 to 5.6).
func (r *repository) update(ctx context.Context, now time.Time) (map[string]*metadata.TargetFiles, error) {
	root := r.root
	if r.kept.Root != nil {
		root = r.kept.Root
	}
	set, err := trustedmetadata.New(root)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDistrust, err)
	}
	set.RefTime = now
	if r.l.cfg.has(ExpiryNotChecked) {
		set.RefTime = time.Unix(0, 0)
	}
	next := *r.kept
	if r.l.cfg.has(MetadataForgotten) {
		next = trusted{Root: root}
	}
	if err := r.updateRoot(ctx, set, &next); err != nil {
		return nil, err
	}
	for _, f := range []func(context.Context, *trustedmetadata.TrustedMetadata, *trusted) error{
		r.updateTimestamp, r.updateSnapshot, r.updateTargets,
	} {
		if err := f(ctx, set, &next); err != nil {
			return nil, err
		}
	}
	*r.kept = next
	return set.Targets[metadata.TARGETS].Signed.Targets, nil
}

func (r *repository) fetch(ctx context.Context, name string) ([]byte, error) {
	return r.l.cloud.fetch(ctx, r.base+name, maxAnswer)
}

func doubt(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errDistrust, err)
}

func (r *repository) updateRoot(ctx context.Context, set *trustedmetadata.TrustedMetadata, next *trusted) error {
	for range maxRotations {
		raw, err := r.fetch(ctx, fmt.Sprintf("%d.root.json", set.Root.Signed.Version+1))
		var status *statusError
		if errors.As(err, &status) && status.code == http.StatusNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := set.UpdateRoot(raw); err != nil {
			return doubt(err)
		}
		next.Root = raw
	}
	return nil
}

func (r *repository) updateTimestamp(ctx context.Context, set *trustedmetadata.TrustedMetadata, next *trusted) error {
	if next.Timestamp != nil {
		_, _ = set.UpdateTimestamp(next.Timestamp) // an old one counts against a replay even if it has expired
	}
	raw, err := r.fetch(ctx, "timestamp.json")
	if err != nil {
		return err
	}
	_, err = set.UpdateTimestamp(raw)
	if errors.Is(err, &metadata.ErrEqualVersionNumber{}) {
		// The same as before. It may have expired since.
		if set.Timestamp.Signed.IsExpired(set.RefTime) {
			return doubt(errors.New("timestamp: the metadata has expired"))
		}
		return nil
	}
	if err != nil {
		return doubt(err)
	}
	next.Timestamp = raw
	return nil
}

func (r *repository) updateSnapshot(ctx context.Context, set *trustedmetadata.TrustedMetadata, next *trusted) error {
	if next.Snapshot != nil {
		if _, err := set.UpdateSnapshot(next.Snapshot, true); err == nil {
			return nil
		}
	}
	info := set.Timestamp.Signed.Meta["snapshot.json"]
	if info == nil {
		return doubt(errors.New("timestamp: it names no snapshot"))
	}
	raw, err := r.fetch(ctx, fmt.Sprintf("%d.snapshot.json", info.Version))
	if err != nil {
		return missing(err)
	}
	if _, err := set.UpdateSnapshot(raw, false); err != nil {
		return doubt(err)
	}
	next.Snapshot = raw
	return nil
}

func (r *repository) updateTargets(ctx context.Context, set *trustedmetadata.TrustedMetadata, next *trusted) error {
	if next.Targets != nil {
		if _, err := set.UpdateTargets(next.Targets); err == nil {
			return nil
		}
	}
	info := set.Snapshot.Signed.Meta["targets.json"]
	if info == nil {
		return doubt(errors.New("snapshot: it names no targets"))
	}
	raw, err := r.fetch(ctx, fmt.Sprintf("%d.targets.json", info.Version))
	if err != nil {
		return missing(err)
	}
	if _, err := set.UpdateTargets(raw); err != nil {
		return doubt(err)
	}
	next.Targets = raw
	return nil
}

// missing takes metadata that another one names and that is not there for a wrong one.
func missing(err error) error {
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusNotFound {
		return doubt(err)
	}
	return err
}

// match puts the campaign together from what the director wants and the image repository knows.
func (l *life) match(ctx context.Context, wanted, known map[string]*metadata.TargetFiles) (*offer, error) {
	info := wanted[cloud.CampaignPath]
	if info == nil {
		return nil, nil
	}
	if err := l.agree(cloud.CampaignPath, wanted, known); err != nil {
		return nil, err
	}
	raw, err := l.cloud.fetch(ctx, "/v1/images/targets/"+hashOf(info)+"."+cloud.CampaignPath, min(info.Length, maxAnswer))
	if err != nil {
		return nil, err
	}
	if err := info.VerifyLengthHashes(raw); err != nil {
		return nil, doubt(err)
	}
	var c cloud.Campaign
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, doubt(err)
	}
	o := &offer{campaign: &c}
	for _, m := range c.Members[:min(len(c.Members), maxMembers+1)] {
		if err := l.agree(m.Target, wanted, known); err != nil {
			return nil, err
		}
		o.targets = append(o.targets, target{m.Target, wanted[m.Target].Length, hashOf(wanted[m.Target])})
	}
	if err := bounded(o); err != nil {
		return nil, doubt(err)
	}
	return o, nil
}

// agree says whether both repositories have a target, and the same one.
func (l *life) agree(path string, wanted, known map[string]*metadata.TargetFiles) error {
	w, k := wanted[path], known[path]
	switch {
	case w == nil:
		return doubt(fmt.Errorf("the director has no %.80q", path))
	case l.cfg.has(ImagesNotCompared):
		return nil
	case k == nil:
		return doubt(fmt.Errorf("the image repository has no %.80q", path))
	case w.Length != k.Length || !w.Hashes.Equal(k.Hashes):
		return doubt(fmt.Errorf("the repositories do not agree on %.80q", path))
	}
	return nil
}

func hashOf(t *metadata.TargetFiles) string { return t.Hashes["sha256"].String() }

// fits says whether a campaign is for the configuration of this vehicle: for ECUs that there are, of the right hardware,
// with what they require.
func (l *life) fits(c *cloud.Campaign) bool {
	if l.cfg.has(CompatibilityNotChecked) {
		return true
	}
	for _, m := range c.Members {
		i := slices.IndexFunc(l.cfg.Behind, func(b Behind) bool { return b.Name == m.ECU })
		if i < 0 || m.Hardware != l.cfg.Behind[i].Description.Programming.Hardware {
			return false
		}
		for _, r := range m.Requires {
			if !l.cfg.has(DependenciesNotChecked) && !l.has(c, r) {
				return false
			}
		}
	}
	return len(c.Members) > 0
}

// has says whether "ECU VERSION" runs, or comes with the campaign.
func (l *life) has(c *cloud.Campaign, required string) bool {
	ecu, version, _ := strings.Cut(required, " ")
	for _, m := range c.Members {
		if m.ECU == ecu {
			return m.Version == version
		}
	}
	return l.rec.runs(ecu, version)
}
