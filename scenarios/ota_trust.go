package scenarios

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/backend"
	"otabench/ecu/ota"
)

// attack makes the backend, or whoever stands in its place, lie about a release.
type attack func(*bench.Vehicle, backend.Release) error

var _ = Updates("Whom the update master believes", Requirement("UN-R156/7.2.1.1", "UN-R156/7.1.3.1"), Contributes("OTA-MAIN-3", "ISO-24089/6"), func() {
	DescribeTable("metadata that is not good is not followed",
		func(ctx SpecContext, lie attack) {
			v := vehicle()
			before := software(ctx)
			publish(nextRelease()) // so that there is something older
			showsState(ctx, ota.Offered)
			Expect(v.Backend.Cancel(v.Config().VIN)).To(Succeed())
			quiesce(ctx)
			Step("the backend lies")
			r := publish(nextRelease())
			Expect(lie(v, r)).To(Succeed())
			never(ctx, "an offer that stays", func(v ota.View) bool { return v.State == ota.Downloading || v.State == ota.Ready })
			view, _ := dashboard().View()
			if view.State == ota.Offered { // it was quicker than the lie
				touch(ctx, ota.Download)
				never(ctx, "a download that is accepted", inState(ota.Ready))
			}
			untouched(ctx, before)

			Step("the backend tells the truth")
			Expect(v.Backend.Heal()).To(Succeed())
			reach(ctx, ota.Offered)
			downloads(ctx)
		},
		Entry("expired timestamp", func(v *bench.Vehicle, _ backend.Release) error { return v.Backend.ExpireMetadata("timestamp") }),
		Entry("expired snapshot", func(v *bench.Vehicle, _ backend.Release) error { return v.Backend.ExpireMetadata("snapshot") }),
		Entry("expired targets", func(v *bench.Vehicle, _ backend.Release) error { return v.Backend.ExpireMetadata("targets") }),
		Entry("forged timestamp", func(v *bench.Vehicle, _ backend.Release) error { return v.Backend.ForgeMetadata("timestamp") }),
		Entry("forged snapshot", func(v *bench.Vehicle, _ backend.Release) error { return v.Backend.ForgeMetadata("snapshot") }),
		Entry("forged targets", func(v *bench.Vehicle, _ backend.Release) error { return v.Backend.ForgeMetadata("targets") }),
		Entry("forged targets of the director alone", func(v *bench.Vehicle, _ backend.Release) error {
			return v.Backend.ForgeMetadata("targets", backend.Director)
		}),
		Entry("forged root", func(v *bench.Vehicle, _ backend.Release) error { return v.Backend.ForgeMetadata("root") }),
		Entry("parts that do not belong together", func(v *bench.Vehicle, _ backend.Release) error { return v.Backend.MixAndMatch() }),
		Entry("a package that the director has and the image repository has not", func(v *bench.Vehicle, r backend.Release) error {
			return v.Backend.SwapForeign(v.Config().VIN, r.Members[0].Target, backend.Director)
		}),
		Entry("a package that the image repository knows in another form", func(v *bench.Vehicle, r backend.Release) error {
			return v.Backend.SwapForeign(v.Config().VIN, r.Members[0].Target, backend.Images)
		}),
	)

	It("does not go back to metadata that is older than what it has seen", func(ctx SpecContext) {
		v := vehicle()
		old := offer(ctx, nextRelease())
		Step("the maker replaces it")
		newer := publish(nextRelease())
		Expect(newer.Offer.Campaign).NotTo(Equal(old.Offer.Campaign))
		reported(ctx, string(ota.Offered))
		Expect(v.Backend.Cancel(v.Config().VIN)).To(Succeed())
		quiesce(ctx)
		Step("somebody answers with what was there before")
		Expect(v.Backend.Replay()).To(Succeed())
		never(ctx, "an offer", inState(ota.Offered))
		seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "that the metadata is not good", func(v ota.View) bool {
			return v.State == ota.Idle && v.Cause == ota.BadMetadata
		})
		reportedCause(ctx, "refused", ota.BadMetadata)
	})

	It("does not let itself be held at an old version for longer than metadata is valid", func(ctx SpecContext) {
		v := vehicle()
		Step("somebody answers with the same for ever, and days pass")
		v.Backend.Freeze()
		publish(nextRelease())
		never(ctx, "an offer", inState(ota.Offered))
		v.SetTime(validity)
		DeferCleanup(v.SetTime, time.Duration(0))
		seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "that the metadata is not good", func(v ota.View) bool {
			return v.State == ota.Idle && v.Cause != ""
		})
	})

	It("follows a rotation of the maker's keys", func(ctx SpecContext) {
		v := vehicle()
		Step("the maker changes the keys of both roots")
		Expect(v.Backend.RotateRoot()).To(Succeed())
		offer(ctx, nextRelease())
		downloads(ctx)
	})

	DescribeTable("a package that is not good is not installed",
		Requirement("OTA-MAIN-3"),
		func(ctx SpecContext, spoil attack) {
			v := vehicle()
			before := software(ctx)
			r := offer(ctx, nextRelease())
			Step("the package is not served as it was published")
			Expect(spoil(v, r)).To(Succeed())
			touch(ctx, ota.Download)
			view := showsWithin(ctx, v.Config().Master.Update, "that the package was rejected", func(v ota.View) bool {
				return v.State == ota.Failed && v.Cause == ota.BadPackage
			})
			Expect(view.Advises(ota.CallSupport)).To(BeTrue())
			Expect(view.Can(ota.Install)).To(BeFalse())
			reportedCause(ctx, "error", ota.BadPackage)
			untouched(ctx, before)
		},
		Entry("a bit flipped at the beginning", func(v *bench.Vehicle, r backend.Release) error {
			return v.Backend.Corrupt(r.Members[0].Target, 100)
		}),
		Entry("a bit flipped in the middle", func(v *bench.Vehicle, r backend.Release) error {
			return v.Backend.Corrupt(r.Members[0].Target, int64(len(r.Files[r.Members[0].Target])/2))
		}),
		Entry("a bit flipped at the end of the last package", func(v *bench.Vehicle, r backend.Release) error {
			last := r.Members[len(r.Members)-1].Target
			return v.Backend.Corrupt(last, int64(len(r.Files[last])-1))
		}),
	)

	It("is not overrun by a package that never ends", func(ctx SpecContext) {
		v := vehicle()
		r := offer(ctx, nextRelease())
		Expect(v.Backend.Endless(r.Members[0].Target)).To(Succeed())
		before := v.Link.Count()
		touch(ctx, ota.Download)
		pause(ctx, listening*3/4)
		down := v.Link.Count().Down - before.Down
		measure("bytes that passed the link for a package without an end", counted(float64(down), "byte", "link"), atMost(float64(4*r.Size+1<<20)))
	})

	It("leaves it to the ECU to refuse software that is signed by another key, and takes everything back",
		Requirement("OTA-MAIN-3", "OTA-POST-4"), Contributes("OTA-ALT-4"), func(ctx SpecContext) {
			v := vehicle()
			role := withPackage("wrong-key")
			before := software(ctx)
			offer(ctx, bench.Campaign{Packages: map[string]string{role: "wrong-key"}})
			downloads(ctx)
			installs(ctx)
			showsWithin(ctx, v.Config().Master.Update, "that the installation failed", inState(ota.Failed))
			untouched(ctx, before)
		})

	It("takes no orders from a server that only looks like the backend", Requirement("OTA-PRE-4"), func(ctx SpecContext) {
		v := vehicle()
		guest := needGuest()
		offer(ctx, nextRelease())
		Step("another server stands in the backend's place, by which %s may update", guest)
		remove, err := v.Impostor()
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(remove)
		DeferCleanup(func() error { return v.Link.Roam(good) })
		Expect(v.Link.Roam(good)).To(Succeed())
		act(ctx, dashboard(), ota.Action{Do: ota.Download, User: guest})
		seenWithin(ctx, dashboard(), v.Config().Master.Update, "a refusal", because(ota.Offered, ota.PoorConnection))
		never(ctx, "a download", inState(ota.Downloading))
	})

	It("does not install a package that is not what the campaign calls it", Requirement("OTA-MAIN-3"), func(ctx SpecContext) {
		v := vehicle()
		before := software(ctx)
		r, err := v.Release(nextRelease())
		Expect(err).NotTo(HaveOccurred())
		Step("the maker publishes a package under another version than its own")
		r.Members[0].Version = "9.9.9"
		Expect(v.Backend.Publish(v.Config().VIN, r)).To(Succeed())
		showsState(ctx, ota.Offered)
		touch(ctx, ota.Download)
		showsWithin(ctx, v.Config().Master.Update, "that the package was rejected", func(v ota.View) bool {
			return v.State == ota.Failed && (v.Cause == ota.Incompatible || v.Cause == ota.BadPackage)
		})
		untouched(ctx, before)
	})

	It("does not do again after a restart what a user did in the app before", Requirement("OTA-MAIN-5"), func(ctx SpecContext) {
		v := vehicle()
		phone()
		offer(ctx, nextRelease())
		Step("the owner taps Download Now in the app; then the maker replaces the campaign, and the update master restarts")
		tap(ctx, ota.Download)
		showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
		publish(nextRelease())
		showsState(ctx, ota.Offered)
		Expect(v.Restart(ctx)).To(Succeed())
		seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "the offer", inState(ota.Offered))
		never(ctx, "a download", func(v ota.View) bool { return v.State != ota.Offered })
	})

	It("does not believe anybody while it does not know the time", func(ctx SpecContext) {
		v := vehicle()
		Step("the update master restarts, and the network tells no time")
		v.HideTime()
		DeferCleanup(v.SetTime, time.Duration(0))
		Expect(v.Restart(ctx)).To(Succeed())
		publish(nextRelease())
		seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "that the time is not known", func(v ota.View) bool {
			return v.State == ota.Idle && v.Cause == ota.ClockUnknown && v.Advises(ota.SetClock)
		})
		never(ctx, "an offer", inState(ota.Offered))
		Step("the network tells the time")
		v.SetTime(0)
		showsState(ctx, ota.Offered)
	})

	It("does not follow a clock that goes back", func(ctx SpecContext) {
		v := vehicle()
		Step("the network tells a time before the last one")
		v.SetTime(-validity)
		DeferCleanup(v.SetTime, time.Duration(0))
		pause(ctx, told)
		publish(nextRelease())
		never(ctx, "an offer", inState(ota.Offered))
		Step("the network tells the time")
		v.SetTime(0)
		reach(ctx, ota.Offered)
	})
})

// validity is longer than any metadata of this backend that has to be renewed is valid.
const validity = 48 * time.Hour

// reach waits for a state, longer than a reaction: something has to be given up before.
func reach(ctx SpecContext, s ota.State) {
	GinkgoHelper()
	m := vehicle().Config().Master
	for {
		view := showsWithin(ctx, m.Update+m.Retry+m.Reaction, "state "+string(s), func(v ota.View) bool {
			return v.State == s || v.State == ota.Failed && v.Can(ota.Dismiss)
		})
		if view.State == s {
			return
		}
		touch(ctx, ota.Dismiss)
		publish(nextRelease())
	}
}

// reportedCause waits until the backend has a report with a cause.
func reportedCause(ctx SpecContext, event string, c ota.Cause) {
	GinkgoHelper()
	v := vehicle()
	Eventually(ctx, func() []ota.Cause {
		var causes []ota.Cause
		for _, r := range reports() {
			if r.Event == event {
				causes = append(causes, r.Cause)
			}
		}
		return causes
	}).WithTimeout(v.Config().Master.Reaction).Should(ContainElement(c))
}

// withPackage is the first ECU behind the master that has a package in a role.
func withPackage(role string) string {
	GinkgoHelper()
	for _, e := range vehicle().Config().Behind {
		if Bench.ECU(e).HasPackage(role) {
			return e
		}
	}
	Skip("no ECU behind the master has a package in the role " + role)
	return ""
}
