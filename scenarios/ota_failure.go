package scenarios

import (
	"fmt"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/backend"
	"otabench/bench/trigger"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/ota"
)

var _ = Updates("Too little energy during an update", Requirement("OTA-ALT-1"), func() {
	It("pauses a download, with a recommendation, and goes on when the battery is charged",
		Requirement("OTA-ALT-3", "OTA-PRE-3"), func(ctx SpecContext) {
			v := vehicle()
			low := v.Config().Master.MinCharge - 20
			r := offer(ctx, large())
			slowly(ctx)
			Step("the battery has %g %% and a charger; the owner touches Download Now", low)
			Expect(v.SetCharge(ctx, low, true)).To(Succeed())
			touch(ctx, ota.Download)
			seenWithin(ctx, dashboard(), v.Config().Master.Update, "a part of the download", func(v ota.View) bool {
				return v.State == ota.Downloading && v.Percent >= 20
			})
			Step("the charger is unplugged")
			Expect(v.SetCharge(ctx, low, false)).To(Succeed())
			lowBattery(ctx)
			Step("the charger is plugged in")
			Expect(v.SetCharge(ctx, low, true)).To(Succeed())
			showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
			for _, m := range r.Members {
				Expect(tiles(fetched(m), int64(len(r.Files[m.Target])))).To(Succeed(), "of %s", m.Target)
			}
		})

	It("pauses an installation with every ECU as it was, and installs when the battery is charged",
		Requirement("OTA-POST-4", "UN-R156/7.2.2.1.2", "UN-R156/7.2.2.1.1", "OTA-PRE-3"), func(ctx SpecContext) {
			v := vehicle()
			before := software(ctx)
			r := offer(ctx, nextRelease())
			downloads(ctx)
			unplugged := func() {
				defer GinkgoRecover()
				Expect(v.SetCharge(ctx, v.Config().Master.MinCharge-20, false)).To(Succeed())
			}
			last := v.Config().Behind[len(v.Config().Behind)-1]
			Step("the battery is low when a block of %s is sent", last)
			fired := make(chan struct{})
			Bench.Arm(Bench.ECU(last).TransferData(3).Sent(), trigger.Func("let the battery be low", func() error { close(fired); return nil }))
			installs(ctx)
			await(ctx, fired)
			unplugged()
			lowBattery(ctx)
			untouched(ctx, before)
			Step("a charger is connected")
			Expect(v.SetCharge(ctx, v.Config().Master.MinCharge-20, true)).To(Succeed())
			ends(ctx, ota.Succeeded)
			updatedTo(ctx, r)
		})

	It("pauses an installation while the supply is too low", Requirement("OTA-POST-4"), Contributes("UN-R156/7.2.2.1.2"), func(ctx SpecContext) {
		v := vehicle()
		low := needVoltageGate()
		before := software(ctx)
		offer(ctx, nextRelease())
		downloads(ctx)
		touch(ctx, ota.Install)
		showsState(ctx, ota.Confirming)
		Step("%s falls to %s; the owner confirms", v.Rail(), low)
		Expect(v.Rail().Set(ctx, low)).To(Succeed())
		voltageSettles(ctx, v.Rail(), low)
		touch(ctx, ota.Confirm)
		shows(ctx, "a pause for the supply", because(ota.Paused, ota.LowVoltage))
		untouched(ctx, before)
		Step("%s is back", v.Rail())
		Expect(v.Rail().Set(ctx, v.Rail().Nominal())).To(Succeed())
		voltageSettles(ctx, v.Rail(), v.Rail().Nominal())
		ends(ctx, ota.Succeeded)
	})
})

// lowBattery waits until the user is told to charge.
func lowBattery(ctx SpecContext) {
	GinkgoHelper()
	v := vehicle()
	showsWithin(ctx, v.Config().Master.Update, "that the battery is too low", func(v ota.View) bool {
		return v.State == ota.Paused && v.Cause == ota.LowBattery && v.Advises(ota.ConnectCharger) && v.Text != ""
	})
}

var _ = Updates("An installation that fails", Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), func() {
	DescribeTable("is taken back in all ECUs; the user is told, with a reference, hints and the next attempt",
		Requirement("OTA-ALT-4", "OTA-ALT-5", "OTA-ALT-6", "UN-R156/7.2.2.4"),
		func(ctx SpecContext, role string) {
			v := vehicle()
			before := software(ctx)
			clearTroubleCodes(ctx)
			offer(ctx, failing(role))
			downloads(ctx)
			installs(ctx)
			view := showsWithin(ctx, v.Config().Master.Update, "that the installation failed", func(v ota.View) bool {
				return v.State == ota.Failed && v.Reference != ""
			})
			Expect(view.Cause).To(BeElementOf(ota.InstallError, ota.HealthError))
			Expect(view.Title).NotTo(BeEmpty())
			Expect(view.Text).NotTo(BeEmpty())
			Expect(view.Advises(ota.CallSupport)).To(BeTrue(), "advice %v", view.Advice)
			Expect(view.Hints).NotTo(BeEmpty(), "troubleshooting")
			Expect(view.Choices).To(ContainElement(ota.Retry))
			Expect(view.Next).To(BeTemporally("~", time.Now(), v.Config().Master.Retry), "the next attempt")
			Expect(view.Drivable).To(BeTrue())
			untouched(ctx, before)
			Step("the maker hears of it under the same reference")
			Eventually(ctx, func() []string {
				var all []string
				for _, r := range reports() {
					all = append(all, r.Reference)
				}
				return all
			}).WithTimeout(v.Config().Master.Reaction).Should(ContainElement(view.Reference))
		},
		Entry("when new software crashes", "crashing"),
		Entry("when new software does not pass its self-test", "unhealthy"),
		Entry("when new software runs and finds trouble", "troubled"),
	)

	It("is tried again when its time has come, only after a confirmation, and not for ever",
		Requirement("OTA-ALT-6", "OTA-MAIN-5"), func(ctx SpecContext) {
			v := vehicle()
			m := v.Config().Master
			before := software(ctx)
			offer(ctx, failing("crashing"))
			downloads(ctx)
			installs(ctx)
			for attempt := 1; ; attempt++ {
				view := showsWithin(ctx, m.Update, fmt.Sprintf("the failure of attempt %d", attempt), func(v ota.View) bool {
					return v.State == ota.Failed && v.Attempt == attempt && v.Reference != ""
				})
				untouched(ctx, before)
				if attempt == m.Attempts {
					Expect(view.Next.IsZero()).To(BeTrue(), "the last attempt is followed by another at %v", view.Next)
					Expect(view.Choices).To(ConsistOf(ota.Dismiss))
					break
				}
				Expect(view.Next.IsZero()).To(BeFalse(), "attempt %d of %d is the last", attempt, m.Attempts)
				Step("the time of attempt %d comes", attempt+1)
				showsWithin(ctx, m.Retry+m.Reaction, "the question for the next attempt", inState(ota.Confirming))
				touch(ctx, ota.Confirm)
			}
			never(ctx, "another attempt", func(v ota.View) bool { return v.State == ota.Confirming || underWay(v) })
			Step("the owner dismisses it, and it is not offered again")
			touch(ctx, ota.Dismiss)
			shows(ctx, "that nothing is to do", inState(ota.Idle))
			never(ctx, "the same offer", inState(ota.Offered))
		})

	It("can be tried again at once, and succeeds when the cause is gone", Requirement("OTA-ALT-5", "OTA-ALT-6"), func(ctx SpecContext) {
		v := vehicle()
		r := offer(ctx, nextRelease())
		downloads(ctx)
		last := v.Config().Behind[len(v.Config().Behind)-1]
		Step("%s loses its power while it is programmed", last)
		cut := Bench.Arm(Bench.ECU(last).TransferData(3).Sent(), Bench.ECU(last).Rail().Cut(outage))
		installs(ctx)
		showsWithin(ctx, v.Config().Master.Update, "that the installation failed", func(v ota.View) bool {
			return v.State == ota.Failed && v.Can(ota.Retry)
		})
		firedInTime(ctx, cut)
		Step("the owner touches Retry, and confirms")
		touch(ctx, ota.Retry)
		showsState(ctx, ota.Confirming)
		touch(ctx, ota.Confirm)
		ends(ctx, ota.Succeeded)
		updatedTo(ctx, r)
	})

	DescribeTable("leaves all ECUs at the previous or all at the next release when the power of everything is cut",
		func(ctx SpecContext, moment func() trigger.Condition) {
			v := vehicle()
			before := software(ctx)
			r := offer(ctx, nextRelease())
			downloads(ctx)
			Step("arm: all rails lose their power at that moment")
			cut := Bench.Arm(moment(), blackout(2*outage))
			installs(ctx)
			Eventually(ctx, cut.Done()).WithTimeout(v.Config().Master.Update).Should(BeClosed())
			for _, rail := range rails() {
				voltageSettles(ctx, rail, rail.Nominal())
			}
			oneOfBoth(ctx, before, r)
		},
		Entry("while the first ECU is erased", func() trigger.Condition { return starts(0, description.Erase) }),
		Entry("while a block of the first ECU is sent", func() trigger.Condition { return behind(0).TransferData(4).Sent() }),
		Entry("while the first ECU verifies", func() trigger.Condition { return starts(0, description.Verify) }),
		Entry("while the first ECU is activated", func() trigger.Condition { return starts(0, description.Activate) }),
		Entry("while a block of the last ECU is sent", func() trigger.Condition { return behind(-1).TransferData(4).Sent() }),
		Entry("while the last ECU is activated", func() trigger.Condition { return starts(-1, description.Activate) }),
		Entry("when the first ECU restarts", func() trigger.Condition { return behind(0).Resetting().Sent() }),
		Entry("when the last ECU restarts", func() trigger.Condition { return behind(-1).Resetting().Sent() }),
		Entry("when the first ECU is confirmed", func() trigger.Condition { return starts(0, description.Confirm) }),
		Entry("after the first ECU is confirmed", func() trigger.Condition {
			return behind(0).Response(0x71, 0x01, byte(routine(0, description.Confirm)>>8), byte(routine(0, description.Confirm))).Sent()
		}),
		Entry("when the last ECU is confirmed", func() trigger.Condition { return starts(-1, description.Confirm) }),
	)

	DescribeTable("is remembered by an update master that restarts meanwhile",
		func(ctx SpecContext, moment func() trigger.Condition) {
			v := vehicle()
			before := software(ctx)
			r := offer(ctx, nextRelease())
			downloads(ctx)
			cut := Bench.Arm(moment(), v.Rail().Cut(2*outage))
			installs(ctx)
			Eventually(ctx, cut.Done()).WithTimeout(v.Config().Master.Update).Should(BeClosed())
			voltageSettles(ctx, v.Rail(), v.Rail().Nominal())
			oneOfBoth(ctx, before, r)
		},
		Entry("while a block of the last ECU is sent", func() trigger.Condition { return behind(-1).TransferData(4).Sent() }),
		Entry("when the last ECU restarts", func() trigger.Condition { return behind(-1).Resetting().Sent() }),
		Entry("when the last ECU is confirmed", func() trigger.Condition { return starts(-1, description.Confirm) }),
	)

	It("is not drivable and does not say so while ECUs have different releases", Requirement("UN-R156/7.1.4.1", "UN-R156/7.2.2.1.3"), func(ctx SpecContext) {
		v := vehicle()
		r := offer(ctx, nextRelease())
		downloads(ctx)
		last := behind(-1)
		Step("%s is off for good once the first ECU is confirmed", last.Name())
		seen := watch(dashboard())
		off := Bench.Arm(starts(0, description.Confirm), last.Rail().Cut(0))
		installs(ctx)
		Eventually(ctx, off.Done()).WithTimeout(v.Config().Master.Update).Should(BeClosed())
		seenWithin(ctx, dashboard(), 3*v.Config().Master.Update, "that the installation failed", inState(ota.Failed))
		for _, view := range seen(dashboard()) {
			if view.State == ota.Failed {
				Expect(view.Drivable).To(BeFalse(), "%v", view)
			}
		}
		Expect(v.Drive(10)).To(BeFalse(), "the vehicle drives")
		Step("%s is back; the update is completed", last.Name())
		Expect(last.Rail().On(ctx)).To(Succeed())
		Expect(v.Park()).To(Succeed())
		completes(ctx)
		updatedTo(ctx, r)
	})

	It("is remembered as incomplete by an update master that restarts", Requirement("UN-R156/7.1.4.1"), func(ctx SpecContext) {
		v := vehicle()
		r := offer(ctx, nextRelease())
		downloads(ctx)
		last := behind(-1)
		Step("%s is off for good before it is confirmed and after the others were", last.Name())
		off := Bench.Arm(starts(-1, description.Confirm), last.Rail().Cut(0))
		installs(ctx)
		Eventually(ctx, off.Done()).WithTimeout(v.Config().Master.Update).Should(BeClosed())
		seenWithin(ctx, dashboard(), 3*v.Config().Master.Update, "that the installation failed", inState(ota.Failed))
		Step("the update master restarts")
		Expect(v.Restart(ctx)).To(Succeed())
		pause(ctx, told)
		Expect(v.Drive(10)).To(BeFalse(), "the vehicle drives")
		view, _ := dashboard().View()
		Expect(view.Drivable).To(BeFalse(), "%v", view)
		Step("%s is back; the update is completed", last.Name())
		Expect(last.Rail().On(ctx)).To(Succeed())
		Expect(v.Park()).To(Succeed())
		completes(ctx)
		updatedTo(ctx, r)
	})

	It("waits for the time where it was not known when it was to begin", Requirement("UN-R156/7.2.2.5"), func(ctx SpecContext) {
		v := vehicle()
		before := software(ctx)
		r := offer(ctx, nextRelease())
		downloads(ctx)
		at := scheduleIn(ctx, time.Second)
		Step("the battery is too low when the time comes")
		Expect(v.SetCharge(ctx, v.Config().Master.MinCharge-5, false)).To(Succeed())
		showsWithin(ctx, time.Until(at)+v.Config().Master.Reaction, "a pause", because(ota.Paused, ota.LowBattery))
		Step("the network tells no time any more; the battery is charged")
		v.HideTime()
		DeferCleanup(v.SetTime, time.Duration(0))
		pause(ctx, told)
		Expect(v.SetCharge(ctx, 80, false)).To(Succeed())
		shows(ctx, "a pause for the time", because(ota.Paused, ota.ClockUnknown))
		untouched(ctx, before)
		Step("the network tells the time")
		v.SetTime(0)
		ends(ctx, ota.Succeeded)
		updatedTo(ctx, r)
	})
})

// completes waits for the end of an update of which a part is installed, and confirms the attempts that it takes.
func completes(ctx SpecContext) {
	GinkgoHelper()
	m := vehicle().Config().Master
	for range m.Attempts {
		view := seenWithin(ctx, dashboard(), m.Retry+2*m.Update, "the next attempt, or the end", func(v ota.View) bool {
			return v.State == ota.Confirming || v.State == ota.Succeeded
		})
		if view.State == ota.Succeeded {
			return
		}
		touch(ctx, ota.Confirm)
		seenWithin(ctx, dashboard(), m.Reaction, "that it was confirmed", func(v ota.View) bool { return v.State != ota.Confirming })
	}
	ends(ctx, ota.Succeeded)
}

// failing is a campaign of which one ECU has software that fails, and the others good one.
func failing(role string) bench.Campaign {
	GinkgoHelper()
	c := nextRelease()
	c.Packages[withPackage(role)] = role
	return c
}

// behind is the n-th ECU behind the master; -1 is the last.
func behind(n int) *bench.ECU {
	all := vehicle().Config().Behind
	return Bench.ECU(all[(n+len(all))%len(all)])
}

func routine(n int, name string) uint16 {
	GinkgoHelper()
	return needRoutine(name, behind(n).Description().Routines[name].ID)
}

func starts(n int, name string) trigger.Condition {
	GinkgoHelper()
	return behind(n).Routine(routine(n, name)).Sent()
}

// rails are those of the master and of the ECUs behind it.
func rails() []*bench.Rail {
	all := []*bench.Rail{vehicle().Rail()}
	for _, role := range vehicle().Config().Behind {
		if r := Bench.ECU(role).Rail(); !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

// blackout cuts all of them.
func blackout(d time.Duration) trigger.Action {
	var cuts []trigger.Action
	for _, r := range rails() {
		cuts = append(cuts, r.Cut(d))
	}
	return trigger.Both(cuts...)
}

// oneOfBoth waits until the master has come to an end of its own, and wants all ECUs at what they had before, or all at the
// release, confirmed, and the vehicle drivable.
func oneOfBoth(ctx SpecContext, before map[string]ecu.Identity, r backend.Release) {
	GinkgoHelper()
	v := vehicle()
	m := v.Config().Master
	dashboard().Forget()
	view := seenWithin(ctx, dashboard(), 2*m.Update, "an end", func(v ota.View) bool {
		return v.State == ota.Failed || v.State == ota.Succeeded
	})
	now := software(ctx)
	updated := 0
	for _, member := range r.Members {
		id := now[member.ECU]
		Expect(id.BootState).NotTo(Equal("trial"), "%s: %v", member.ECU, id)
		if id.Software == member.Version {
			updated++
		} else {
			Expect(id.Same(before[member.ECU])).To(BeTrue(), "%s is %v and was %v", member.ECU, id, before[member.ECU])
		}
	}
	Expect(updated).To(BeElementOf(0, len(r.Members)), "ECUs with the next release")
	Expect(view.State == ota.Succeeded).To(Equal(updated > 0), "the user is told %v", view)
	Expect(view.Drivable).To(BeTrue())
}

var _ = Updates("A campaign", Contributes("ISO-24089/9"), func() {
	It("that is cancelled is withdrawn from the user", func(ctx SpecContext) {
		v := vehicle()
		offer(ctx, nextRelease())
		Step("the maker cancels the campaign")
		Expect(v.Backend.Cancel(v.Config().VIN)).To(Succeed())
		shows(ctx, "that it was withdrawn", func(v ota.View) bool { return v.State == ota.Withdrawn || v.State == ota.Idle })
	})

	It("that is cancelled after the download is not installed", Contributes("OTA-MAIN-4"), func(ctx SpecContext) {
		v := vehicle()
		before := software(ctx)
		offer(ctx, nextRelease())
		downloads(ctx)
		touch(ctx, ota.Install)
		showsState(ctx, ota.Confirming)
		Step("the maker cancels the campaign; the owner confirms")
		Expect(v.Backend.Cancel(v.Config().VIN)).To(Succeed())
		touch(ctx, ota.Confirm)
		shows(ctx, "that it was withdrawn", inState(ota.Withdrawn))
		untouched(ctx, before)
		reportedCause(ctx, string(ota.Withdrawn), ota.Cancelled)
	})

	It("that is cancelled before its scheduled time is not installed", Contributes("OTA-MAIN-4"), func(ctx SpecContext) {
		v := vehicle()
		before := software(ctx)
		offer(ctx, nextRelease())
		downloads(ctx)
		scheduleIn(ctx, time.Second)
		Expect(v.Backend.Cancel(v.Config().VIN)).To(Succeed())
		shows(ctx, "that it was withdrawn", inState(ota.Withdrawn))
		never(ctx, "an installation", underWay)
		untouched(ctx, before)
	})

	It("replaces another one that is not installed yet", func(ctx SpecContext) {
		offer(ctx, nextRelease())
		downloads(ctx)
		r := publish(nextRelease())
		shows(ctx, "the new offer", inState(ota.Offered))
		downloads(ctx)
		installs(ctx)
		ends(ctx, ota.Succeeded)
		reported(ctx, string(ota.Succeeded))
		updatedTo(ctx, r)
	})

	It("waits while another one is installed", func(ctx SpecContext) {
		v := vehicle()
		r := offer(ctx, nextRelease())
		downloads(ctx)
		first := make(chan struct{})
		Bench.Arm(behind(0).TransferData(2).Sent(), trigger.Func("publish another campaign", func() error { close(first); return nil }))
		installs(ctx)
		await(ctx, first)
		publish(bench.Campaign{Packages: map[string]string{withPackage("large"): "large"}})
		seen := watch(dashboard())
		ends(ctx, ota.Succeeded)
		Expect(states(seen(dashboard()))).NotTo(ContainElement(ota.Offered), "while the first is installed")
		updatedTo(ctx, r)
		Step("then it is offered")
		showsWithin(ctx, v.Config().Master.Retry, "the second offer", func(v ota.View) bool {
			return v.State == ota.Offered && v.Offer != nil && v.Offer.Version != r.Version
		})
	})

	It("for other hardware is refused before anything is changed", Requirement("UN-R156/7.1.2.4", "UN-R156/7.1.1.7"), func(ctx SpecContext) {
		before := software(ctx)
		role := vehicle().Config().Behind[0]
		c := nextRelease()
		c.Hardware = map[string]string{role: "OTHER-HW"}
		publish(c)
		seenWithin(ctx, dashboard(), vehicle().Config().Master.Reaction, "that it does not fit", because(ota.Idle, ota.Incompatible))
		never(ctx, "an offer", inState(ota.Offered))
		reportedCause(ctx, "refused", ota.Incompatible)
		untouched(ctx, before)
	})

	It("whose software needs another release of another ECU comes only together with it", Requirement("UN-R156/7.1.1.5", "UN-R156/7.1.1.7"), func(ctx SpecContext) {
		all := vehicle().Config().Behind
		if len(all) < 2 {
			Skip("only one ECU is behind the master")
		}
		needs := map[string][]string{all[1]: {all[0] + " " + Bench.ECU(all[0]).Package(suite.upcoming).Manifest.Version}}
		before := software(ctx)
		Step("%s alone, which needs the next release of %s", all[1], all[0])
		publish(bench.Campaign{Packages: map[string]string{all[1]: suite.upcoming}, Requires: needs})
		seenWithin(ctx, dashboard(), vehicle().Config().Master.Reaction, "that it does not fit", because(ota.Idle, ota.Incompatible))
		untouched(ctx, before)
		Step("both together")
		c := nextRelease()
		c.Requires = needs
		r := publish(c)
		showsState(ctx, ota.Offered)
		downloads(ctx)
		installs(ctx)
		ends(ctx, ota.Succeeded)
		updatedTo(ctx, r)
	})

	It("that does not fit the storage is refused before it is downloaded", Contributes("OTA-PRE-1"), func(ctx SpecContext) {
		v := vehicle()
		room := v.Config().Master.Storage
		if room == 0 {
			Skip("the bench file does not say how much the master can store (vehicle.master.storage)")
		}
		c := bench.Campaign{Packages: map[string]string{}}
		for _, role := range v.Config().Behind {
			if Bench.ECU(role).HasPackage("large") {
				c.Packages[role] = "large"
			}
		}
		r := offer(ctx, c)
		if r.Size <= room {
			Skip(fmt.Sprintf("the largest campaign has %d bytes, and there is room for %d", r.Size, room))
		}
		touch(ctx, ota.Download)
		shows(ctx, "a refusal for the storage", func(v ota.View) bool {
			return v.State == ota.Offered && v.Cause == ota.StorageFull && v.Advises(ota.FreeStorage)
		})
		for _, m := range r.Members {
			Expect(fetched(m)).To(BeEmpty(), "of %s", m.Target)
		}
	})

	It("does not begin in a vehicle whose owner drives off", Requirement("OTA-MAIN-4"), Contributes("OTA-MAIN-6", "UN-R156/7.1.4.1"), func(ctx SpecContext) {
		v := vehicle()
		before := software(ctx)
		r := offer(ctx, nextRelease())
		downloads(ctx)
		touch(ctx, ota.Install)
		showsState(ctx, ota.Confirming)
		Step("the owner confirms and drives off")
		Expect(v.Drive(30)).To(BeTrue())
		pause(ctx, told)
		touch(ctx, ota.Confirm)
		shows(ctx, "that the vehicle has to be parked", func(v ota.View) bool {
			return v.State == ota.Paused && v.Cause == ota.NotParked && v.Advises(ota.ParkVehicle)
		})
		untouched(ctx, before)
		Step("the vehicle is parked")
		Expect(v.Park()).To(Succeed())
		ends(ctx, ota.Succeeded)
		updatedTo(ctx, r)
	})

	It("is told to the maker from the offer to the end", Requirement("OTA-POST-3"), Contributes("ISO-24089/9"), func(ctx SpecContext) {
		v := vehicle()
		Expect(v.Link.Shape(good)).To(Succeed())
		r := offer(ctx, nextRelease())
		downloads(ctx)
		installs(ctx)
		ends(ctx, ota.Succeeded)
		Eventually(ctx, func() (events []string) {
			for _, report := range reports() {
				if report.Campaign == r.Offer.Campaign {
					events = append(events, report.Event)
				}
			}
			return events
		}).WithTimeout(v.Config().Master.Reaction).Should(Equal([]string{
			string(ota.Offered), string(ota.Downloading), string(ota.Ready), string(ota.Installing), string(ota.Succeeded),
		}))
	})
})
