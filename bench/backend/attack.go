package backend

import "github.com/theupdateframework/go-tuf/v2/metadata"

// Attack is something that a backend, or somebody behind or before it, can do wrong.
type Attack struct {
	Name        string // as in a report: "freeze"
	Description string
	// Begin makes the backend do it to the release that a vehicle is offered, and to this target of it.
	Begin func(b *Backend, vin, target string) error
}

// Attacks are those that a release on offer can suffer, each a method of [Backend] in its plainest form. Heal ends them
// all.
func Attacks() []Attack {
	return []Attack{
		{"expired timestamp", "the timestamp metadata expired an hour ago", expire(metadata.TIMESTAMP)},
		{"expired snapshot", "the snapshot metadata expired an hour ago", expire(metadata.SNAPSHOT)},
		{"expired targets", "the targets metadata expired an hour ago", expire(metadata.TARGETS)},
		{"expired root", "the root metadata expired an hour ago", expire(metadata.ROOT)},
		{"forged timestamp", "the timestamp metadata is signed by a key that nobody trusts", forge(metadata.TIMESTAMP)},
		{"forged snapshot", "the snapshot metadata is signed by a key that nobody trusts", forge(metadata.SNAPSHOT)},
		{"forged targets", "the targets metadata is signed by a key that nobody trusts", forge(metadata.TARGETS)},
		{"forged root", "a new root is signed by its own keys, but only by one of the two before it", forge(metadata.ROOT)},
		{"freeze", "the same timestamp is served on and on, whatever is published after it", freeze},
		{"replay", "the oldest metadata that has not expired is served again", replay},
		{"mix and match", "the snapshot names a version of the targets metadata in whose place another is served", mix},
		{"corrupt package", "one bit of a package is wrong", corrupt},
		{"truncated package", "the second half of a package is missing", truncate},
		{"endless data", "a package never ends", endless},
		{"swapped image", "the image repository names another package than the director", swap(Images)},
		{"swapped by director", "the director names another package than the image repository", swap(Director)},
		{"wrong hardware", "the director names a package for hardware that the vehicle does not have", wrongHardware},
		{"server errors", "every answer is 500 Internal Server Error", failing},
		{"down", "no connection is accepted, and those that are open end", down},
	}
}

// foreignHardware is the identifier of hardware that no vehicle has.
const foreignHardware = "OTABENCH-FOREIGN"

func expire(role string) func(*Backend, string, string) error {
	return func(b *Backend, _, _ string) error { return b.ExpireMetadata(role) }
}

func forge(role string) func(*Backend, string, string) error {
	return func(b *Backend, _, _ string) error { return b.ForgeMetadata(role) }
}

func freeze(b *Backend, _, _ string) error { b.Freeze(); return nil }

func replay(b *Backend, _, _ string) error { return b.Replay() }

func mix(b *Backend, _, _ string) error { return b.MixAndMatch() }

func corrupt(b *Backend, _, target string) error { return b.Corrupt(target, 0) }

func truncate(b *Backend, _, target string) error {
	size, err := b.size(target)
	if err != nil {
		return err
	}
	return b.Truncate(target, size/2)
}

func endless(b *Backend, _, target string) error { return b.Endless(target) }

func swap(in Repository) func(*Backend, string, string) error {
	return func(b *Backend, vin, target string) error { return b.SwapForeign(vin, target, in) }
}

func wrongHardware(b *Backend, vin, target string) error {
	return b.WrongHardware(vin, target, foreignHardware)
}

func failing(b *Backend, _, _ string) error { b.FailWith(500, -1); return nil }

func down(b *Backend, _, _ string) error { b.Down(true); return nil }
