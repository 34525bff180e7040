package scenarios

import (
	"fmt"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/ota"
)

var _ = Updates("An update that goes well", func() {
	It("is announced with all that a user has to know before he decides",
		Requirement("OTA-MAIN-1", "UN-R156/7.2.2.2"), func(ctx SpecContext) {
			r := offer(ctx, nextRelease())
			shows(ctx, "an offer that says it all", func(v ota.View) bool {
				o := v.Offer
				return v.State == ota.Offered && o != nil && o.Version == r.Version && o.Purpose == r.Purpose &&
					slices.Equal(o.Changes, r.Changes) && o.Download == r.Download && o.Installation == r.Installation &&
					o.Size == r.Size && slices.Equal(o.Unavailable, r.Unavailable) && slices.Equal(o.Instructions, r.Instructions)
			})
			view, _ := dashboard().View()
			Expect(view.Title).To(ContainSubstring(r.Version))
			Expect(view.Choices).To(ConsistOf(ota.Download, ota.Later))
			Expect(view.Drivable).To(BeTrue())
			Expect(r.Purpose).NotTo(BeEmpty(), "the campaign of this bench says what it is for")
			Expect(r.Unavailable).NotTo(BeEmpty())
			Expect(r.Instructions).NotTo(BeEmpty())
		})

	It("can be put off, and comes again",
		Requirement("OTA-MAIN-1"), func(ctx SpecContext) {
			offer(ctx, nextRelease())
			Step("the owner touches Later")
			touch(ctx, ota.Later)
			shows(ctx, "no offer", func(v ota.View) bool { return v.State != ota.Offered })
			never(ctx, "a download", inState(ota.Downloading))
			showsWithin(ctx, vehicle().Config().Master.Retry, "the offer again", inState(ota.Offered))
		})

	It("is downloaded with a progress that only rises and bytes that match",
		Requirement("OTA-MAIN-2"), func(ctx SpecContext) {
			v := vehicle()
			seen := watch(v.Displays()...)
			r := offer(ctx, nextRelease())
			slowly(ctx)
			downloads(ctx)
			for _, d := range v.Displays() {
				var all []ota.View
				for _, view := range seen(d) {
					if view.State == ota.Downloading {
						all = append(all, view)
					}
				}
				Expect(len(all)).To(BeNumerically(">=", 3), "views of the download on the %s", d)
				Expect(rises(all)).To(Succeed(), "on the %s", d)
				for _, view := range all {
					if view.Total != 0 {
						Expect(view.Total).To(Equal(r.Size))
						Expect(view.Done).To(BeNumerically("<=", view.Total))
						Expect(view.Percent).To(BeNumerically("~", 100*view.Done/view.Total, 1))
					}
				}
			}
			for _, m := range r.Members {
				sent := fetched(m)
				Expect(sent).To(HaveLen(1), "answers with bytes of %s", m.Target)
				Expect(sent[0].Len()).To(BeEquivalentTo(len(r.Files[m.Target])))
			}
		})

	It("can be downloaded while the vehicle drives", Requirement("OTA-MAIN-2"), func(ctx SpecContext) {
		v := vehicle()
		offer(ctx, nextRelease())
		Step("the owner drives")
		Expect(v.Drive(80)).To(BeTrue())
		downloads(ctx)
	})

	It("is verified after the download, and is ready", Requirement("OTA-MAIN-3"), func(ctx SpecContext) {
		before := software(ctx)
		seen := watch(dashboard())
		offer(ctx, nextRelease())
		downloads(ctx)
		view := showsState(ctx, ota.Ready)
		Expect(states(seen(dashboard()))).To(ContainElements(ota.Downloading, ota.Verifying, ota.Ready))
		Expect(view.Choices).To(ContainElements(ota.Install, ota.Schedule))
		Step("nothing is installed before somebody says so")
		never(ctx, "an installation", inState(ota.Installing))
		untouched(ctx, before)
	})

	It("starts at the time that the owner has chosen, over a restart, and asks its conditions again",
		Requirement("OTA-MAIN-4"), func(ctx SpecContext) {
			v := vehicle()
			before := software(ctx)
			r := offer(ctx, nextRelease())
			downloads(ctx)
			at := scheduleIn(ctx, v.Config().Master.Boot+2*time.Second)
			Step("the update master restarts meanwhile")
			Expect(v.Restart(ctx)).To(Succeed())
			view := showsState(ctx, ota.Scheduled)
			if !view.Next.IsZero() {
				Expect(view.Next).To(BeTemporally("==", at))
			}
			untouched(ctx, before)
			showsWithin(ctx, time.Until(at)+v.Config().Master.Reaction, "the installation", underWay)
			late := time.Since(at)
			Expect(late).To(BeNumerically(">=", 0), "it begins before the time that was chosen")
			measure("from the time that was chosen to the start of the installation", took(late), atMost(tardy.Seconds()))
			ends(ctx, ota.Succeeded)
			updatedTo(ctx, r)
		})

	It("does not start at the time that was chosen while a condition does not hold, and starts when it does",
		Requirement("OTA-MAIN-4", "UN-R156/7.2.2.5"), Contributes("OTA-ALT-1"), func(ctx SpecContext) {
			v := vehicle()
			before := software(ctx)
			r := offer(ctx, nextRelease())
			downloads(ctx)
			at := scheduleIn(ctx, time.Second)
			Step("the battery falls to %g %% before that", v.Config().Master.MinCharge-5)
			Expect(v.SetCharge(ctx, v.Config().Master.MinCharge-5, false)).To(Succeed())
			showsWithin(ctx, time.Until(at)+v.Config().Master.Reaction, "that the battery is too low", func(v ota.View) bool {
				return v.State == ota.Paused && v.Cause == ota.LowBattery && v.Advises(ota.ConnectCharger)
			})
			untouched(ctx, before)
			Step("a charger is connected")
			Expect(v.SetCharge(ctx, v.Config().Master.MinCharge-5, true)).To(Succeed())
			ends(ctx, ota.Succeeded)
			updatedTo(ctx, r)
		})

	It("can be taken back before the time that was chosen", Requirement("OTA-MAIN-4"), func(ctx SpecContext) {
		before := software(ctx)
		offer(ctx, nextRelease())
		downloads(ctx)
		scheduleIn(ctx, time.Second)
		Step("the owner declines")
		touch(ctx, ota.Decline)
		showsState(ctx, ota.Ready)
		never(ctx, "an installation", underWay)
		untouched(ctx, before)
	})

	It("is not installed when the owner declines", Requirement("OTA-MAIN-5"), func(ctx SpecContext) {
		before := software(ctx)
		offer(ctx, nextRelease())
		downloads(ctx)
		touch(ctx, ota.Install)
		view := showsState(ctx, ota.Confirming)
		Expect(view.Choices).To(ConsistOf(ota.Confirm, ota.Decline))
		Step("the owner declines")
		touch(ctx, ota.Decline)
		showsState(ctx, ota.Ready)
		never(ctx, "an installation", underWay)
		untouched(ctx, before)
	})

	It("is not installed when nobody answers", Requirement("OTA-MAIN-5"), func(ctx SpecContext) {
		before := software(ctx)
		seen := watch(dashboard())
		offer(ctx, nextRelease())
		downloads(ctx)
		touch(ctx, ota.Install)
		showsState(ctx, ota.Confirming)
		Step("nobody answers")
		m := vehicle().Config().Master
		showsWithin(ctx, m.Confirm+m.Reaction, "that the question is over", inState(ota.Ready))
		Expect(states(seen(dashboard()))).NotTo(ContainElement(ota.Installing))
		untouched(ctx, before)
	})

	It("is confirmed in the app as well as on the dashboard", Requirement("OTA-MAIN-5", "OTA-MAIN-2"), func(ctx SpecContext) {
		phone()
		r := offer(ctx, nextRelease())
		Step("the owner taps Download Now, Install Now and Confirm in the app")
		tap(ctx, ota.Download)
		showsWithin(ctx, vehicle().Config().Master.Update, "that the update is ready", inState(ota.Ready))
		tap(ctx, ota.Install)
		showsState(ctx, ota.Confirming)
		tap(ctx, ota.Confirm)
		ends(ctx, ota.Succeeded)
		updatedTo(ctx, r)
	})

	It("switches non-essential functions off while it is installed, and lets nobody drive",
		Requirement("OTA-MAIN-6", "UN-R156/7.2.2.3", "UN-R156/7.1.4.1", "UN-R156/7.2.2.1.3"), func(ctx SpecContext) {
			v := vehicle()
			r := offer(ctx, nextRelease())
			downloads(ctx)
			seen := watch(dashboard())
			installs(ctx)
			seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "that functions are off", func(v ota.View) bool {
				return v.State == ota.Installing && len(v.Off) > 0
			})
			Step("somebody wants to drive off")
			drives, err := v.Drive(10)
			Expect(err).NotTo(HaveOccurred())
			Expect(drives).To(BeFalse(), "the vehicle drives while it is updated")
			ends(ctx, ota.Succeeded)
			for _, view := range seen(dashboard()) {
				Expect(view.Off).NotTo(ContainElement(BeElementOf(essential)), "essential functions stay on: %v", view)
				if view.State == ota.Installing && view.Percent > 0 && view.Percent < 100 {
					Expect(view.Drivable).To(BeFalse(), "%v", view)
					Expect(view.Off).To(ContainElements(nonEssential), "%v", view)
				}
			}
			updatedTo(ctx, r)
			Step("all comes back")
			seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "that functions are back", func(v ota.View) bool {
				return v.Drivable && len(v.Off) == 0
			})
			Expect(v.Drive(10)).To(BeTrue())
		})

	It("is installed with a progress that rises steadily and is full only after the activation",
		Requirement("OTA-MAIN-7"), func(ctx SpecContext) {
			offer(ctx, nextRelease())
			downloads(ctx)
			seen := watch(dashboard())
			installs(ctx)
			ends(ctx, ota.Succeeded)
			var all []ota.View
			for _, view := range seen(dashboard()) {
				if view.State == ota.Installing || view.State == ota.Activating {
					Expect(view.Percent).To(BeNumerically("<", 100), "%v", view)
					all = append(all, view)
				}
			}
			all = all[min(1, len(all)):] // the first may still have the percent of the download
			Expect(rises(all)).To(Succeed())
			different := map[int]bool{}
			for _, view := range all {
				different[view.Percent] = true
			}
			Expect(len(different)).To(BeNumerically(">=", 10), "different values of the progress")
			last, _ := dashboard().View()
			Expect(last.Percent).To(Equal(100))
		})

	It("ends with a notice of success, and the vehicle is up to date",
		Requirement("OTA-MAIN-8", "UN-R156/7.2.2.4"), func(ctx SpecContext) {
			r := offer(ctx, nextRelease())
			downloads(ctx)
			installs(ctx)
			ends(ctx, ota.Succeeded)
			view := shows(ctx, "a notice of success", func(v ota.View) bool {
				return v.State == ota.Succeeded && v.Title != "" && v.Text != "" && v.Offer != nil && v.Offer.Version == r.Version
			})
			if view.Offer != nil {
				Expect(view.Offer.Changes).To(Equal(r.Changes), "the changes that were made")
			}
			touch(ctx, ota.Dismiss)
			shows(ctx, "that it is up to date", because(ota.Idle, ""))
			never(ctx, "the same offer again", inState(ota.Offered))
		})

	It("leaves new versions, identification numbers and a record everywhere",
		Requirement("OTA-POST-1", "OTA-POST-3", "UN-R156/7.1.2.2", "UN-R156/7.2.1.2.2"), Contributes("UN-R156/7.1.1.3", "UN-R156/7.1.2.3"),
		func(ctx SpecContext) {
			v := vehicle()
			r := offer(ctx, nextRelease())
			downloads(ctx)
			installs(ctx)
			ends(ctx, ota.Succeeded)
			updatedTo(ctx, r)
			Step("the maker's register has what the vehicle says over the diagnostic connector")
			now := software(ctx)
			Eventually(ctx, func() error {
				for _, report := range reports() {
					if report.Event == string(ota.Succeeded) && report.Campaign == r.Offer.Campaign {
						for _, s := range report.Software {
							if id := now[s.ECU]; s.Version != id.Software || s.RXSWIN != id.RXSWIN {
								return fmt.Errorf("the report has %s of %s for %s, which says %s of %s", s.Version, s.RXSWIN, s.ECU, id.Software, id.RXSWIN)
							}
						}
						return nil
					}
				}
				return fmt.Errorf("no report of success for %s", r.Offer.Campaign)
			}).WithTimeout(v.Config().Master.Reaction).Should(Succeed())
		})

	It("leaves no trouble codes, and all functions and messages are back",
		Requirement("OTA-POST-2"), func(ctx SpecContext) {
			v := vehicle()
			before := troubleCodes(ctx)
			offer(ctx, nextRelease())
			downloads(ctx)
			installs(ctx)
			ends(ctx, ota.Succeeded)
			Expect(troubleCodes(ctx)).To(Equal(before))
			seenWithin(ctx, dashboard(), v.Config().Master.Reaction, "that functions are back", func(v ota.View) bool {
				return v.Drivable && len(v.Off) == 0
			})
			Expect(heardOf(ctx, v.Config().Behind)).To(Succeed())
		})
})

// Functions by their names on the dashboard.
var (
	nonEssential = []string{"infotainment", "climate"}
	essential    = []string{"hazard lights", "locks", "emergency call"}
)

// tardy is how late a scheduled installation may begin.
const tardy = 5 * time.Second

// underWay says that an installation is under way or over.
func underWay(v ota.View) bool {
	return slices.Contains([]ota.State{ota.Installing, ota.Activating, ota.Succeeded}, v.State)
}

// scheduleIn has the owner choose a time, and confirm it. It returns the time, in whole seconds.
func scheduleIn(ctx SpecContext, d time.Duration) time.Time {
	GinkgoHelper()
	at := time.Now().Add(d + time.Second).UTC().Truncate(time.Second)
	Step("the owner schedules the installation in %v, and confirms", d)
	act(ctx, dashboard(), ota.Action{Do: ota.Schedule, User: vehicle().Owner(), At: at})
	showsState(ctx, ota.Confirming)
	touch(ctx, ota.Confirm)
	showsState(ctx, ota.Scheduled)
	return at
}

// rises wants a progress that never falls.
func rises(all []ota.View) error {
	for i := 1; i < len(all); i++ {
		if all[i].Percent < all[i-1].Percent {
			return fmt.Errorf("the progress falls from %d %% to %d %%", all[i-1].Percent, all[i].Percent)
		}
	}
	return nil
}
