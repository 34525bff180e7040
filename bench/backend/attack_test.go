package backend_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"otabench/bench/backend"
	"otabench/ecu/ota/cloud"
)

// check does what an update master does before it believes in a target: full verification in both repositories, by
// go-tuf, the comparison of the two, and that of the hardware.
func (c *car) check(target, hardware string) error {
	director, image := c.updater(backend.Director), c.updater(backend.Images)
	if err := director.Refresh(); err != nil {
		return fmt.Errorf("director: %w", err)
	}
	if err := image.Refresh(); err != nil {
		return fmt.Errorf("images: %w", err)
	}
	want, err := director.GetTargetInfo(target)
	if err != nil {
		return err
	}
	have, err := image.GetTargetInfo(target)
	if err != nil {
		return err
	}
	if !want.Equal(*have) {
		return errors.New("repositories differ")
	}
	var custom cloud.Custom
	if err := json.Unmarshal(*want.Custom, &custom); err != nil {
		return err
	}
	if custom.Hardware != hardware {
		return fmt.Errorf("hardware %s", custom.Hardware)
	}
	_, _, err = image.DownloadTarget(have, "", "")
	return err
}

// noticed is how a vehicle notices each attack: a pattern of its error.
var noticed = map[string]string{
	"expired timestamp":   "timestamp.json is expired",
	"expired snapshot":    "snapshot.json is expired",
	"expired targets":     "new targets is expired",
	"expired root":        "root.json is expired",
	"forged timestamp":    "Verifying timestamp failed, not enough signatures",
	"forged snapshot":     "Verifying snapshot failed, not enough signatures",
	"forged targets":      "Verifying targets failed, not enough signatures",
	"forged root":         "Verifying root failed, not enough signatures, got 1, want 2",
	"replay":              "timestamp version",
	"mix and match":       "expected targets version",
	"corrupt package":     "hash verification failed",
	"truncated package":   "hash verification failed",
	"endless data":        "larger than expected",
	"swapped image":       "repositories differ",
	"swapped by director": "repositories differ",
	"wrong hardware":      "hardware OTABENCH-FOREIGN",
	"server errors":       "500",
	"down":                "EOF|reset",
}

func TestVehicleNoticesEachAttackAndFollowsAfterHeal(t *testing.T) {
	for _, a := range backend.Attacks() {
		if a.Name == "freeze" {
			continue // takes a day; see TestFreezeIsNoticedWhenTheTimestampExpires
		}
		t.Run(a.Name, func(t *testing.T) {
			b, dial := start(t, backend.Options{})
			c := provision(t, b, vin, dial)
			publish(t, b, release("c1"), vin)
			must(t, c.check(bcm, "BCM-A"))

			must(t, a.Begin(b, vin, bcm))
			err := c.check(bcm, "BCM-A")
			if words, ok := noticed[a.Name]; !ok {
				t.Fatal("the test does not say how this attack is noticed")
			} else if err == nil || !regexp.MustCompile(words).MatchString(err.Error()) {
				t.Errorf("vehicle says %v, want %q", err, words)
			}

			must(t, b.Heal())
			must(t, c.check(bcm, "BCM-A"))
		})
	}
}

func TestAttackLastsWhenSomethingIsPublished(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	publish(t, b, release("c1"), vin)
	must(t, b.ExpireMetadata(metadata.TARGETS, backend.Director))
	publish(t, b, release("c2"), vin)
	mention(t, c.check(bcm, "BCM-A"), "director", "targets is expired")
	must(t, c.refresh(backend.Images))
	must(t, b.Heal())
	must(t, c.check(bcm, "BCM-A"))
}

func TestAttackOnOneRepositoryLeavesTheOther(t *testing.T) {
	for _, of := range []backend.Repository{backend.Director, backend.Images} {
		other := map[backend.Repository]backend.Repository{backend.Director: backend.Images, backend.Images: backend.Director}[of]
		for name, attack := range map[string]func(*backend.Backend) error{
			"expire": func(b *backend.Backend) error { return b.ExpireMetadata(metadata.TIMESTAMP, of) },
			"forge":  func(b *backend.Backend) error { return b.ForgeMetadata(metadata.TARGETS, of) },
			"mix":    func(b *backend.Backend) error { return b.MixAndMatch(of) },
			"replay": func(b *backend.Backend) error { return b.Replay(of) },
		} {
			t.Run(fmt.Sprint(name, " ", of), func(t *testing.T) {
				b, dial := start(t, backend.Options{})
				c := provision(t, b, vin, dial)
				publish(t, b, release("c1"), vin)
				must(t, c.check(bcm, "BCM-A"))
				must(t, attack(b))
				if err := c.refresh(of); err == nil {
					t.Errorf("%s is believed", of)
				}
				must(t, c.refresh(other))
			})
		}
	}
}

func TestFreezeIsNoticedWhenTheTimestampExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, dial := startInMemory(t, backend.Options{})
		c := provision(t, b, vin, dial)
		old := release("c1")
		publish(t, b, old, vin)
		must(t, c.check(bcm, "BCM-A"))
		time.Sleep(25 * time.Hour)
		must(t, c.check(bcm, "BCM-A")) // a backend that is well renews its timestamp

		begin(t, b, "freeze")
		publish(t, b, release("c2"), vin)
		must(t, c.check(bcm, "BCM-A"))
		if info := c.info(backend.Director, bcm); !info.Equal(*target(t, bcm, old.Files[bcm])) {
			t.Error("a frozen director tells of what was published after it")
		}
		time.Sleep(25 * time.Hour)
		mention(t, c.check(bcm, "BCM-A"), "timestamp.json is expired")

		b.Thaw()
		must(t, c.check(bcm, "BCM-A"))
		if info := c.info(backend.Director, bcm); info.Equal(*target(t, bcm, old.Files[bcm])) {
			t.Error("a director that has thawed tells of what is superseded")
		}
	})
}

func TestBackendThatIsWellStaysValid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, dial := startInMemory(t, backend.Options{})
		c := provision(t, b, vin, dial)
		publish(t, b, release("c1"), vin)
		for range 10 {
			must(t, c.check(bcm, "BCM-A"))
			time.Sleep(150 * 24 * time.Hour)
		}
	})
}

func TestVehicleFollowsRotatedRoots(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	publish(t, b, release("c1"), vin)
	must(t, c.check(bcm, "BCM-A"))
	must(t, b.RotateRoot())
	must(t, b.RotateRoot(backend.Director))
	publish(t, b, release("c2"), vin)
	must(t, c.check(bcm, "BCM-A"))
	for of, want := range map[backend.Repository]int64{backend.Director: 3, backend.Images: 2} {
		u := c.updater(of)
		must(t, u.Refresh())
		if got := u.GetTrustedMetadataSet().Root.Signed; got.Version != want || got.Roles[metadata.ROOT].Threshold != 2 {
			t.Errorf("%s has root version %d, threshold %d", of, got.Version, got.Roles[metadata.ROOT].Threshold)
		}
	}
}

func TestSwapNamesTheOtherPackage(t *testing.T) {
	for _, in := range []backend.Repository{backend.Director, backend.Images} {
		b, dial := start(t, backend.Options{})
		c := provision(t, b, vin, dial)
		r := release("c1")
		publish(t, b, r, vin)
		must(t, b.Swap(vin, bcm, gateway, in))
		if info := c.info(in, bcm); !info.Equal(*target(t, bcm, r.Files[gateway])) {
			t.Errorf("%s says %v", in, info)
		}
		mention(t, c.check(bcm, "BCM-A"), "repositories differ")
		if in == backend.Images {
			got, err := c.download(bcm) // what is told is also served
			must(t, err)
			if string(got) != string(r.Files[gateway]) {
				t.Error("the other package is not served")
			}
		}
	}
}

func TestAttacksOnWhatIsNotThereAreErrors(t *testing.T) {
	b, _ := start(t, backend.Options{})
	_, err := b.Provision(vin)
	must(t, err)
	mention(t, b.Replay(), "publish something first")
	mention(t, b.Corrupt(bcm, 0), bcm, "publish it first")
	mention(t, b.Endless(bcm), bcm)
	mention(t, b.Swap(vin, bcm, gateway, backend.Images), bcm)
	mention(t, b.WrongHardware("NOBODY", bcm, "X"), "NOBODY", "provision it first")
	mention(t, b.ExpireMetadata("mirrors"), "mirrors", "timestamp")
	publish(t, b, release("c1"), vin)
	mention(t, b.Corrupt(bcm, 100_000), "100000 bytes")
	mention(t, b.Corrupt(bcm, -1), "-1")
	mention(t, b.Truncate(bcm, 100_001), "100000 bytes")
	mention(t, b.Swap(vin, bcm, "other.pkg", backend.Director), "other.pkg")
}

// begin begins an attack by its name.
func begin(t *testing.T, b *backend.Backend, name string) {
	t.Helper()
	i := slices.IndexFunc(backend.Attacks(), func(a backend.Attack) bool { return a.Name == name })
	if i < 0 {
		t.Fatalf("there is no attack %q", name)
	}
	must(t, backend.Attacks()[i].Begin(b, vin, bcm))
}

// Endless data must also reach who has no limit: more than there is of the package, and zeros behind it.
func TestEndlessDataGoesOn(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	r := release("c1")
	publish(t, b, r, vin)
	begin(t, b, "endless data")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.Address+c.path(bcm), nil)
	must(t, err)
	answer, err := c.client.Do(request)
	must(t, err)
	defer answer.Body.Close()
	got := make([]byte, 1<<20)
	_, err = io.ReadFull(answer.Body, got)
	must(t, err)
	if size := len(r.Files[bcm]); !bytes.Equal(got[:size], r.Files[bcm]) || bytes.Trim(got[size:], "\x00") != nil {
		t.Error("this is not the package with zeros behind it")
	}
	if sent := b.Fetched(bcm); len(sent) != 1 || sent[0].End < int64(len(got)) {
		t.Errorf("sent %v", sent)
	}
}

func TestAttacksMixWithTraffic(t *testing.T) {
	b, dial := start(t, backend.Options{})
	publish := func() {
		for range 5 {
			if err := b.Publish(vin, release("c1")); err != nil {
				t.Errorf("publish: %v", err)
			}
		}
	}
	attack := func() {
		for _, a := range backend.Attacks() {
			if err := a.Begin(b, vin, bcm); err != nil {
				t.Errorf("%s: %v", a.Name, err)
			}
			b.Fetched(bcm)
			if err := b.Heal(); err != nil {
				t.Errorf("heal after %s: %v", a.Name, err)
			}
		}
	}
	c, witness := provision(t, b, vin, dial), provision(t, b, vin, dial)
	must(t, b.Publish(vin, release("c1")))
	var all sync.WaitGroup
	all.Go(publish)
	all.Go(attack)
	all.Go(func() {
		for range 20 {
			_ = witness.check(bcm, "BCM-A") // may fail; what counts is that nothing races
		}
	})
	all.Wait()
	must(t, c.check(bcm, "BCM-A"))
}

// target describes a content as TUF does.
func target(t *testing.T, path string, content []byte) *metadata.TargetFiles {
	t.Helper()
	described, err := metadata.TargetFile().FromBytes(path, content, "sha256")
	must(t, err)
	return described
}
