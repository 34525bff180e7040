package scenarios

import (
	"errors"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/link"
	"otabench/ecu/ota"
	"otabench/ecu/ota/app"
)

var _ = Updates("Preconditions of an update", Requirement("UN-R156/7.2.2.5"), func() {
	DescribeTable("connectivity", Requirement("OTA-PRE-1"),
		func(ctx SpecContext, profile func() link.Profile, enough bool) {
			v := vehicle()
			p := profile()
			Step("the connection becomes %s", p.Name)
			Expect(v.Link.Roam(p)).To(Succeed())
			publish(nextRelease())
			if enough {
				showsWithin(ctx, v.Config().Master.Update, "the offer", inState(ota.Offered))
				Step("the owner touches Download Now")
				touch(ctx, ota.Download)
				seenWithin(ctx, dashboard(), v.Config().Master.Update, "the download", func(v ota.View) bool {
					return v.State == ota.Downloading || v.State == ota.Ready
				})
				return
			}
			seenWithin(ctx, dashboard(), v.Config().Master.Update, "that the connection is too weak", func(v ota.View) bool {
				return v.State == ota.Idle && v.Cause == ota.PoorConnection && v.Advises(ota.StrongerNetwork) && v.Text != ""
			})
			never(ctx, "an offer", inState(ota.Offered))

			Step("the connection is good again")
			Expect(v.Link.Roam(good)).To(Succeed())
			showsWithin(ctx, v.Config().Master.Update, "the offer", inState(ota.Offered))
		},
		Entry("a good Wi-Fi: offered", ready(link.WiFiGood), true),
		Entry("LTE: offered", ready(link.LTE), true),
		Entry("far away: offered", ready(farAway), true),
		Entry("twice the least rate: offered", rate(2), true),
		Entry("half the least rate: not offered", Contributes("OTA-ALT-2"), rate(0.5), false),
		Entry("2G: not offered", Contributes("OTA-ALT-2"), ready(link.Edge), false),
		Entry("a stalled connection: not offered", Contributes("OTA-ALT-2"), ready(link.Stalled), false),
		Entry("a captive portal: not offered", Contributes("OTA-ALT-2", "UN-R156/7.2.1.1"), ready(link.Captive), false),
		Entry("no network: not offered", Contributes("OTA-ALT-2"), ready(link.NoNetwork), false),
	)

	It("does not start a download when the connection has become too weak since the offer",
		Requirement("OTA-PRE-1", "OTA-ALT-2"), func(ctx SpecContext) {
			v := vehicle()
			r := offer(ctx, nextRelease())
			Step("the connection becomes too weak; the owner touches Download Now")
			Expect(v.Link.Roam(link.Edge)).To(Succeed())
			touch(ctx, ota.Download)
			seenWithin(ctx, dashboard(), v.Config().Master.Update, "a refusal", func(v ota.View) bool {
				return v.State == ota.Offered && v.Cause == ota.PoorConnection && v.Advises(ota.StrongerNetwork)
			})
			for _, m := range r.Members {
				Expect(fetched(m)).To(BeEmpty(), "of %s", m.Target)
			}
		})

	DescribeTable("state of charge", Requirement("OTA-PRE-2"), Contributes("UN-R156/7.2.2.1.2"),
		func(ctx SpecContext, offset float64, charger, allowed bool) {
			v := vehicle()
			r := offer(ctx, nextRelease())
			percent := v.Config().Master.MinCharge + offset
			Step("the battery has %g %%, charger %v; the owner touches Download Now", percent, charger)
			Expect(v.SetCharge(ctx, percent, charger)).To(Succeed())
			touch(ctx, ota.Download)
			if allowed {
				showsWithin(ctx, v.Config().Master.Update, "that the update is ready", inState(ota.Ready))
				installs(ctx)
				ends(ctx, ota.Succeeded)
				updatedTo(ctx, r)
				return
			}
			shows(ctx, "a refusal for the battery", func(v ota.View) bool {
				return v.State == ota.Offered && v.Cause == ota.LowBattery && v.Advises(ota.ConnectCharger) && v.Text != ""
			})
			never(ctx, "a download", inState(ota.Downloading))
			Expect(fetched(r.Members[0])).To(BeEmpty())
		},
		Entry("1 % below the gate: refused", Contributes("OTA-ALT-1"), -1.0, false, false),
		Entry("at the gate: allowed", 0.0, false, true),
		Entry("1 % above the gate: allowed", 1.0, false, true),
		Entry("far below it with a charger: allowed", Requirement("OTA-PRE-3"), -20.0, true, true),
		Entry("far below it without one: refused", Contributes("OTA-PRE-3", "OTA-ALT-1"), -20.0, false, false),
	)

	It("asks for the state of charge again when it installs",
		Requirement("OTA-PRE-2"), Contributes("OTA-ALT-1", "OTA-MAIN-4"), func(ctx SpecContext) {
			v := vehicle()
			before := software(ctx)
			offer(ctx, nextRelease())
			downloads(ctx)
			Step("the battery has %g %%; the owner touches Install Now", v.Config().Master.MinCharge-1)
			Expect(v.SetCharge(ctx, v.Config().Master.MinCharge-1, false)).To(Succeed())
			touch(ctx, ota.Install)
			shows(ctx, "a refusal for the battery", func(v ota.View) bool {
				return v.State == ota.Ready && v.Cause == ota.LowBattery && v.Advises(ota.ConnectCharger)
			})
			untouched(ctx, before)
		})

	It("does not take a battery that says nothing for a full one",
		Requirement("OTA-PRE-2"), func(ctx SpecContext) {
			offer(ctx, nextRelease())
			Step("the battery's message stops; the owner touches Download Now")
			resume := Bench.Battery().Hush()
			DeferCleanup(resume)
			pause(ctx, listening*3/4)
			touch(ctx, ota.Download)
			shows(ctx, "a refusal for the battery", because(ota.Offered, ota.LowBattery))
		})

	It("refuses while its own supply is too low",
		Requirement("OTA-PRE-2"), Contributes("OTA-ALT-1", "UN-R156/7.2.2.1.2"), func(ctx SpecContext) {
			v := vehicle()
			offer(ctx, nextRelease())
			low := needVoltageGate()
			Step("%s falls to %s; the owner touches Download Now", v.Rail(), low)
			Expect(v.Rail().Set(ctx, low)).To(Succeed())
			voltageSettles(ctx, v.Rail(), low)
			touch(ctx, ota.Download)
			shows(ctx, "a refusal for the supply", func(v ota.View) bool {
				return v.State == ota.Offered && v.Cause == ota.LowVoltage && len(v.Advice) > 0
			})
			Step("%s is back; the owner touches Download Now", v.Rail())
			Expect(v.Rail().Set(ctx, v.Rail().Nominal())).To(Succeed())
			voltageSettles(ctx, v.Rail(), v.Rail().Nominal())
			downloads(ctx)
		})

	It("refuses a user without permission on the dashboard, and records that",
		Requirement("OTA-PRE-4"), func(ctx SpecContext) {
			v := vehicle()
			guest := needGuest()
			before := software(ctx)
			r := offer(ctx, nextRelease())
			Step("%s touches Download Now", guest)
			act(ctx, dashboard(), ota.Action{Do: ota.Download, User: guest})
			shows(ctx, "a refusal for the permission", func(v ota.View) bool {
				return v.State == ota.Offered && v.Cause == ota.NoPermission && v.Advises(ota.AskOwner)
			})
			Eventually(ctx, reports).WithTimeout(v.Config().Master.Reaction).
				Should(ContainElement(And(HaveField("Event", "refused"), HaveField("User", guest), HaveField("Cause", ota.NoPermission))))
			Expect(fetched(r.Members[0])).To(BeEmpty())

			Step("the owner downloads; %s touches Install Now", guest)
			downloads(ctx)
			act(ctx, dashboard(), ota.Action{Do: ota.Install, User: guest})
			shows(ctx, "a refusal for the permission", because(ota.Ready, ota.NoPermission))
			Step("the owner touches Install Now; %s confirms", guest)
			touch(ctx, ota.Install)
			showsState(ctx, ota.Confirming)
			act(ctx, dashboard(), ota.Action{Do: ota.Confirm, User: guest})
			never(ctx, "an installation", inState(ota.Installing))
			untouched(ctx, before)
		})

	It("refuses a user without permission in the app, and records that",
		Requirement("OTA-PRE-4"), func(ctx SpecContext) {
			v := vehicle()
			guest := needGuest()
			offer(ctx, nextRelease())
			Step("%s taps Download Now", guest)
			err := v.Act(ctx, phone(), ota.Action{Do: ota.Download, User: guest})
			var refused *app.RefusedError
			Expect(errors.As(err, &refused)).To(BeTrue(), "%v", err)
			Expect(refused.Status).To(Equal(http.StatusForbidden))
			Expect(v.Backend.Audit()).To(ContainElement(And(HaveField("User", guest), HaveField("Refused", true))))
			never(ctx, "a download", inState(ota.Downloading))
		})

	It("refuses an owner who has lost the permission since the download",
		Requirement("OTA-PRE-4"), func(ctx SpecContext) {
			v := vehicle()
			offer(ctx, nextRelease())
			downloads(ctx)
			Step("the maker takes the owner's permission away; the owner touches Install Now")
			Expect(v.Backend.Permit(v.Config().VIN, v.Owner())).To(Succeed())
			touch(ctx, ota.Install)
			shows(ctx, "a refusal for the permission", because(ota.Ready, ota.NoPermission))
		})

	DescribeTable("a vehicle that is not parked is not updated",
		Requirement("UN-R156/7.1.4.1", "UN-R156/7.2.2.3"), Contributes("OTA-MAIN-6"),
		func(ctx SpecContext, unpark func() error) {
			v := vehicle()
			before := software(ctx)
			r := offer(ctx, nextRelease())
			downloads(ctx)
			Step("the vehicle is not parked; the owner touches Install Now")
			if err := unpark(); errors.Is(err, bench.ErrNoSignal) {
				Skip(err.Error())
			} else {
				Expect(err).NotTo(HaveOccurred())
			}
			pause(ctx, told)
			touch(ctx, ota.Install)
			shows(ctx, "a refusal", func(v ota.View) bool {
				return v.State == ota.Ready && v.Cause == ota.NotParked && v.Advises(ota.ParkVehicle)
			})
			untouched(ctx, before)
			Step("the vehicle is parked")
			Expect(v.Park()).To(Succeed())
			pause(ctx, told)
			installs(ctx)
			ends(ctx, ota.Succeeded)
			updatedTo(ctx, r)
		},
		Entry("while it drives", func() error { return vehicle().SetSpeed(50) }),
		Entry("while it creeps", func() error { return vehicle().SetSpeed(0.5) }),
		Entry("while it stands in D", func() error { return vehicle().SetGear("D") }),
		Entry("while it stands in N", func() error { return vehicle().SetGear("N") }),
		Entry("while a door is open", func() error { return vehicle().OpenDoors(true) }),
	)
})

// farAway has a round trip of 300 ms.
var farAway = link.Profile{Name: "a backend that is far away", Down: 20 * link.Mbit, Up: 4 * link.Mbit, Latency: 150 * time.Millisecond, Jitter: 10 * time.Millisecond}

// ready is a profile that is known by name.
func ready(p link.Profile) func() link.Profile { return func() link.Profile { return p } }

// rate is a profile with a multiple of the least rate that the master is said to need.
func rate(factor float64) func() link.Profile {
	return func() link.Profile {
		least := vehicle().Config().Master.MinRate
		if least == 0 {
			Skip("the bench file does not say the least rate of the connection (vehicle.master.min_rate)")
		}
		r := link.Rate(factor * float64(least))
		return link.Profile{Name: r.String(), Down: r, Up: r}
	}
}

func needGuest() string {
	GinkgoHelper()
	if guest := vehicle().Guest(); guest != "" {
		return guest
	}
	Skip("the bench file has no user without the permission to update")
	return ""
}
