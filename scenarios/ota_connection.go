package scenarios

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/backend"
	"otabench/bench/link"
	"otabench/ecu/ota"
)

var _ = Updates("The connection during a download", func() {
	It("may be cut at every 5 %, and no byte is downloaded twice",
		Requirement("OTA-ALT-3"), func(ctx SpecContext) {
			v := vehicle()
			r := offer(ctx, large())
			before := v.Link.Count()
			step := r.Size / parts
			slowly(ctx)
			Step("the owner touches Download Now; the connection breaks after every %d bytes", step)
			touch(ctx, ota.Download)
			seenWithin(ctx, dashboard(), v.Config().Master.Update, "the download", inState(ota.Downloading))
			stop := cutEvery(ctx, step, parts)
			showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
			Expect(stop()).To(BeNumerically(">=", parts-1), "cuts that came")

			Step("count what was fetched, and what passed the link")
			for _, m := range r.Members {
				Expect(tiles(fetched(m), int64(len(r.Files[m.Target])))).To(Succeed(), "of %s", m.Target)
			}
			down := v.Link.Count().Down - before.Down
			measure("bytes that passed the link to the vehicle beside those of the packages", counted(float64(down-r.Size), "byte", "link"),
				atMost(parts*perConnection))
			Expect(showsState(ctx, ota.Ready).Cause).To(BeEmpty())
		})

	It("may break for a while: the user is told, and the download resumes where it was",
		Requirement("OTA-ALT-2", "OTA-ALT-3"), func(ctx SpecContext) {
			v := vehicle()
			r := offer(ctx, large())
			slowly(ctx)
			Step("the owner touches Download Now; the network is gone at half of it")
			cut := v.Link.CutAt(r.Size / 2)
			touch(ctx, ota.Download)
			await(ctx, cut)
			Expect(v.Link.Shape(link.NoNetwork)).To(Succeed())
			weak(ctx)
			kept, _ := dashboard().View()

			Step("the network is back")
			Expect(v.Link.Shape(good)).To(Succeed())
			showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
			Expect(kept.Percent).To(BeNumerically(">", 20), "of the download was kept")
			for _, m := range r.Members {
				Expect(tiles(fetched(m), int64(len(r.Files[m.Target])))).To(Succeed(), "of %s", m.Target)
			}
		})

	DescribeTable("may become too weak: the user is told what to do, and the download goes on when it is good again",
		Requirement("OTA-ALT-2", "OTA-ALT-3"),
		func(ctx SpecContext, p link.Profile) {
			v := vehicle()
			offer(ctx, large())
			slowly(ctx)
			touch(ctx, ota.Download)
			seenWithin(ctx, dashboard(), v.Config().Master.Update, "a part of the download", func(v ota.View) bool {
				return v.State == ota.Downloading && v.Percent >= 20
			})
			Step("the connection becomes: %s", p.Name)
			Expect(v.Link.Shape(p)).To(Succeed())
			weak(ctx)
			never(ctx, "the end of the download", inState(ota.Verifying))
			Step("the connection is good again")
			Expect(v.Link.Shape(good)).To(Succeed())
			showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
		},
		Entry("a stalled connection", link.Stalled),
		Entry("a slow one", link.Profile{Name: "a slow connection", Down: 64 * link.Kbit, Up: 64 * link.Kbit}),
		Entry("a captive portal", link.Captive),
		Entry("none", link.NoNetwork),
	)

	It("may change from Wi-Fi to the cellular network", Requirement("OTA-ALT-3"), func(ctx SpecContext) {
		v := vehicle()
		r := offer(ctx, large())
		slowly(ctx)
		touch(ctx, ota.Download)
		seenWithin(ctx, dashboard(), v.Config().Master.Update, "a part of the download", func(v ota.View) bool {
			return v.State == ota.Downloading && v.Percent >= 30
		})
		Step("the vehicle leaves the Wi-Fi")
		Expect(v.Link.Roam(link.LTE)).To(Succeed())
		showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
		for _, m := range r.Members {
			Expect(tiles(fetched(m), int64(len(r.Files[m.Target])))).To(Succeed(), "of %s", m.Target)
		}
	})

	It("may lose every tenth segment, and nothing is damaged", Requirement("OTA-ALT-3"), func(ctx SpecContext) {
		v := vehicle()
		offer(ctx, large())
		slowly(ctx)
		touch(ctx, ota.Download)
		seenWithin(ctx, dashboard(), v.Config().Master.Update, "the download", inState(ota.Downloading))
		Step("every tenth segment is lost for a while")
		Expect(v.Link.Shape(link.Profile{Name: "every tenth segment is lost", Loss: 0.1})).To(Succeed())
		pause(ctx, listening/2)
		Expect(v.Link.Shape(good)).To(Succeed())
		showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
	})

	It("may be gone for the installation, which needs none",
		Requirement("OTA-MAIN-6"), func(ctx SpecContext) {
			v := vehicle()
			r := offer(ctx, nextRelease())
			downloads(ctx)
			touch(ctx, ota.Install)
			showsState(ctx, ota.Confirming)
			Step("the network is gone; the owner confirms")
			Expect(v.Link.Shape(link.NoNetwork)).To(Succeed())
			touch(ctx, ota.Confirm)
			seenWithin(ctx, dashboard(), v.Config().Master.Update, "the end of the installation or a pause", func(v ota.View) bool {
				return v.State == ota.Succeeded || v.Cause != ""
			})
			Step("the network is back")
			Expect(v.Link.Shape(good)).To(Succeed())
			finishes(ctx, r)
		})

	It("is resumed after a restart of the update master, with little more than what was missing",
		Requirement("OTA-ALT-3"), func(ctx SpecContext) {
			v := vehicle()
			r := offer(ctx, large())
			before := v.Link.Count()
			slowly(ctx)
			touch(ctx, ota.Download)
			seenWithin(ctx, dashboard(), v.Config().Master.Update, "half of the download", func(v ota.View) bool {
				return v.State == ota.Downloading && v.Percent >= 50
			})
			Step("the update master loses its power")
			Expect(v.Restart(ctx)).To(Succeed())
			downloading, _ := dashboard().View()
			showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
			Expect(downloading.Percent).To(BeNumerically(">=", 40), "of the download was kept")
			down := v.Link.Count().Down - before.Down
			measure("bytes that passed the link to the vehicle beside those of the package", counted(float64(down-r.Size), "byte", "link"),
				atMost(2*perConnection+unsynced))
		})

	It("ends when the backend goes down, and resumes when it is back",
		Requirement("OTA-ALT-2", "OTA-ALT-3"), Contributes("ISO-24089/6"), func(ctx SpecContext) {
			v := vehicle()
			offer(ctx, large())
			slowly(ctx)
			touch(ctx, ota.Download)
			seenWithin(ctx, dashboard(), v.Config().Master.Update, "a part of the download", func(v ota.View) bool {
				return v.State == ota.Downloading && v.Percent >= 20
			})
			Step("the backend goes down")
			v.Backend.Down(true)
			seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "a pause with a recommendation", func(v ota.View) bool {
				return v.State == ota.Paused && v.Cause != "" && len(v.Advice) > 0
			})
			Step("the backend is back")
			v.Backend.Down(false)
			showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
		})

	It("tells when the backend answers with errors", Requirement("OTA-ALT-2"), Contributes("ISO-24089/6"), func(ctx SpecContext) {
		v := vehicle()
		offer(ctx, nextRelease())
		Step("the backend answers 503; the owner touches Download Now")
		v.Backend.FailWith(503, -1)
		touch(ctx, ota.Download)
		seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "a refusal", func(v ota.View) bool {
			return v.State == ota.Offered && v.Cause == ota.BackendDown && v.Advises(ota.WaitForRetry)
		})
		Step("the backend answers again")
		v.Backend.FailWith(503, 0)
		downloads(ctx)
	})
})

// parts is into how many pieces a download is cut: every 5 %.
const parts = 20

// Bytes that a connection costs beside those of the packages, at most: the handshake, the headers, the metadata that is
// asked for again, a probe of the connection, and a record of TLS of which the end is missing. unsynced is what a master may
// lose with its power.
const (
	perConnection = 24 << 10
	unsynced      = 64 << 10
)

// large is a campaign with one package that is as large as fits.
func large() bench.Campaign {
	GinkgoHelper()
	for _, role := range vehicle().Config().Behind {
		if Bench.ECU(role).HasPackage("large") {
			return bench.Campaign{Packages: map[string]string{role: "large"}}
		}
	}
	Skip("no ECU behind the master has a package in the role large")
	return bench.Campaign{}
}

// cutEvery cuts the connection each time that step bytes have passed, n times at most, until stop, which says how often
// that was.
func cutEvery(ctx SpecContext, step int64, n int) (stop func() int) {
	done, end := make(chan int), make(chan struct{})
	go func() {
		cuts := 0
		defer func() { done <- cuts }()
		for cuts < n {
			select {
			case <-vehicle().Link.CutAt(step):
				cuts++
			case <-end:
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() int {
		close(end)
		return <-done
	}
}

// await waits for a cut.
func await(ctx SpecContext, cut <-chan struct{}) {
	GinkgoHelper()
	Eventually(ctx, cut).WithTimeout(vehicle().Config().Master.Update).Should(BeClosed())
}

// weak waits until the user is told that the connection is too weak, and what he can do.
func weak(ctx SpecContext) {
	GinkgoHelper()
	seenWithin(ctx, dashboard(), vehicle().Config().Master.Reaction, "that the connection is too weak", func(v ota.View) bool {
		return v.State == ota.Paused && v.Cause == ota.PoorConnection && v.Advises(ota.StrongerNetwork) && v.Text != ""
	})
}

// tiles wants ranges that cover a file without a hole, each from where the vehicle was when it asked: what overlaps is what
// the backend had sent and the link did not deliver.
func tiles(ranges []backend.ByteRange, size int64) error {
	if len(ranges) == 0 || ranges[0].Start != 0 {
		return fmt.Errorf("fetched %v; want all from the first byte", ranges)
	}
	for i := 1; i < len(ranges); i++ {
		switch a, b := ranges[i-1], ranges[i]; {
		case b.Start < a.Start:
			return fmt.Errorf("fetched %v after %v: it begins earlier", b, a)
		case b.Start > a.End:
			return fmt.Errorf("fetched %v after %v: there is a hole", b, a)
		}
	}
	if last := ranges[len(ranges)-1]; last.End != size {
		return fmt.Errorf("fetched up to %d of %d bytes", last.End, size)
	}
	return nil
}

// finishes brings an installation to its end that may have been refused once.
func finishes(ctx SpecContext, r backend.Release) {
	GinkgoHelper()
	v := vehicle()
	view := seenWithin(ctx, dashboard(), v.Config().Master.Update+v.Config().Master.Confirm, "the end, or that it is ready", func(v ota.View) bool {
		return v.State == ota.Succeeded || v.State == ota.Ready
	})
	if view.State == ota.Ready {
		installs(ctx)
		ends(ctx, ota.Succeeded)
	}
	updatedTo(ctx, r)
}
