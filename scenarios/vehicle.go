package scenarios

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/backend"
	"otabench/bench/config"
	"otabench/bench/link"
	"otabench/ecu"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// Updates is a Describe whose specs begin with a vehicle that is parked, charged, well connected and up to date, and whose
// update master has nothing to do. They stand in the record. A bench without an update master does not run them.
func Updates(text string, args ...any) bool {
	for i, arg := range args {
		if body, ok := arg.(func()); ok {
			args[i] = func() {
				ReportBeforeEach(recordStart)
				BeforeEach(func(ctx SpecContext) { prepareVehicle(ctx) }, NodeTimeout(specTime))
				body()
				AfterEach(func() { Bench.DisarmAll() })
				ReportAfterEach(recordEnd)
			}
		}
	}
	return Describe(text, append(args, Label(ofVehicle), Offset(1))...)
}

// vehicle is the one on the bench, and ends the spec as not run where there is none.
func vehicle() *bench.Vehicle {
	GinkgoHelper()
	v := Bench.Vehicle()
	if v == nil {
		Skip("the bench file has no vehicle with an update master")
	}
	return v
}

// prepareVehicle brings the vehicle into the state that every spec of an update begins with.
func prepareVehicle(ctx SpecContext) {
	GinkgoHelper()
	v := vehicle()
	Bench.DisarmAll()
	Expect(Bench.RestSwitches()).To(Succeed())
	Expect(v.Wake(ctx)).To(Succeed())
	goodConditions(ctx)
	Expect(v.Backend.Cancel(v.Config().VIN)).To(Succeed())
	quiesce(ctx)
	suite.upcoming = "next"
	if tidy(ctx) == "next" {
		suite.upcoming = "current"
	}
}

// good is the connection that specs begin with.
var good = link.Profile{Name: "a good Wi-Fi", Down: 100 * link.Mbit, Up: 40 * link.Mbit, Latency: time.Millisecond}

// goodConditions gives the vehicle all that an update needs.
func goodConditions(ctx SpecContext) {
	GinkgoHelper()
	v := vehicle()
	v.SetTime(0)
	Expect(v.Park()).To(Succeed())
	Expect(v.SetCharge(ctx, 80, false)).To(Succeed())
	Expect(v.Backend.Heal()).To(Succeed())
	for name, u := range v.Config().Users {
		Expect(v.Backend.Permit(v.Config().VIN, name, u.Permissions...)).To(Succeed())
	}
	if v.Link.Profile() != good {
		Expect(v.Link.Shape(good)).To(Succeed())
	}
}

// quiesce waits until the master has given up what was under way, and dismisses what it says of that.
func quiesce(ctx SpecContext) {
	GinkgoHelper()
	m := vehicle().Config().Master
	until, cancel := context.WithTimeout(ctx, m.Update+m.Confirm+m.Reaction)
	defer cancel()
	for {
		view, err := ota.Await(until, dashboard(), "the end of what was under way", func(v ota.View) bool {
			return v.State == ota.Idle && v.Cause == "" || v.Can(ota.Dismiss)
		})
		Expect(err).NotTo(HaveOccurred())
		if view.State == ota.Idle {
			return
		}
		touch(ctx, ota.Dismiss)
		_, err = ota.Await(until, dashboard(), "that it was dismissed", func(v ota.View) bool { return v.State != view.State })
		Expect(err).NotTo(HaveOccurred())
	}
}

// releases are the packages that the suite goes back and forth between: each can follow the other.
var releases = []string{"current", "next"}

// tidy brings all ECUs to one release, confirmed, if they are not, and returns which.
func tidy(ctx SpecContext) string {
	GinkgoHelper()
	v := vehicle()
	defer v.Ask()()
	if release := running(ctx); release != "" {
		return release
	}
	for _, role := range v.Config().Behind {
		e := Bench.ECU(role)
		Expect(e.AwaitIdentity(ctx, reverting(e), func(now ecu.Identity) bool { return now.BootState != "trial" })).To(Succeed())
		Step("restore %s of %s", e.Package("current").Manifest.Version, role)
		Eventually(ctx, func() error { return e.Update(ctx, e.Package("current")) }).WithTimeout(3 * v.Config().Master.Update).Should(Succeed())
	}
	return running(ctx)
}

// running is the release that all ECUs have, confirmed; empty if they do not.
func running(ctx SpecContext) string {
	GinkgoHelper()
	now := software(ctx)
	for _, release := range releases {
		all := true
		for _, role := range vehicle().Config().Behind {
			id := now[role]
			all = all && id.Software == Bench.ECU(role).Package(release).Manifest.Version && id.Confirmed()
		}
		if all {
			return release
		}
	}
	return ""
}

// dashboard is the first display of the user, and phone the one that comes to him by the backend.
func dashboard() ota.Display { return vehicle().Displays()[0] }

func phone() ota.Display {
	GinkgoHelper()
	d := vehicle().Display(config.App)
	if d == nil {
		Skip("the bench file's user has no app")
	}
	return d
}

// shows waits until all displays show what is wanted, and returns what the dashboard shows then.
func shows(ctx context.Context, what string, wanted func(ota.View) bool) ota.View {
	GinkgoHelper()
	return showsWithin(ctx, vehicle().Config().Master.Reaction, what, wanted)
}

func showsWithin(ctx context.Context, d time.Duration, what string, wanted func(ota.View) bool) ota.View {
	GinkgoHelper()
	var first ota.View
	for i, display := range vehicle().Displays() {
		v := seenWithin(ctx, display, d, what, wanted)
		if i == 0 {
			first = v
		}
	}
	return first
}

// seenWithin waits until one display shows what is wanted.
func seenWithin(ctx context.Context, display ota.Display, d time.Duration, what string, wanted func(ota.View) bool) ota.View {
	GinkgoHelper()
	limited, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	v, err := ota.Await(limited, display, what, wanted)
	Expect(err).NotTo(HaveOccurred())
	return v
}

// showsState waits for a state on all displays.
func showsState(ctx context.Context, s ota.State) ota.View {
	GinkgoHelper()
	return shows(ctx, fmt.Sprintf("state %q", s), inState(s))
}

func inState(s ota.State) func(ota.View) bool { return func(v ota.View) bool { return v.State == s } }

// because wants a state and its cause.
func because(s ota.State, c ota.Cause) func(ota.View) bool {
	return func(v ota.View) bool { return v.State == s && v.Cause == c }
}

// told is how long it takes until all ECUs have heard what is new on the bus: a little over its slowest cycle.
const told = 150 * time.Millisecond

// never watches displays for longer than it takes a master that does not wait for anything, and fails if one shows what must not be.
func never(ctx context.Context, what string, wrong func(ota.View) bool) {
	GinkgoHelper()
	limited, cancel := context.WithTimeout(ctx, vehicle().Config().Master.Reaction/6)
	defer cancel()
	v, err := ota.Await(limited, dashboard(), what, wrong)
	if err == nil {
		Fail(fmt.Sprintf("%s was shown: %v", what, v))
	}
}

// touch does something on the dashboard, as the owner.
func touch(ctx context.Context, d ota.Deed) {
	GinkgoHelper()
	act(ctx, dashboard(), ota.Action{Do: d, User: vehicle().Owner()})
}

// tap does something in the app, as the owner.
func tap(ctx context.Context, d ota.Deed) {
	GinkgoHelper()
	act(ctx, phone(), ota.Action{Do: d, User: vehicle().Owner()})
}

func act(ctx context.Context, d ota.Display, a ota.Action) {
	GinkgoHelper()
	Expect(vehicle().Act(ctx, d, a)).To(Succeed())
}

// nextRelease is a campaign with the release that does not run, for every ECU behind the master.
func nextRelease() bench.Campaign { return releaseOf(suite.upcoming) }

// releaseOf is a campaign with the package of one role for every ECU.
func releaseOf(role string) bench.Campaign {
	c := bench.Campaign{Packages: map[string]string{}}
	for _, e := range vehicle().Config().Behind {
		c.Packages[e] = role
	}
	return c
}

// offer publishes a campaign and waits until the user is told of it.
func offer(ctx SpecContext, c bench.Campaign) backend.Release {
	GinkgoHelper()
	r := publish(c)
	showsState(ctx, ota.Offered)
	return r
}

func publish(c bench.Campaign) backend.Release {
	GinkgoHelper()
	r, err := vehicle().Publish(c)
	Expect(err).NotTo(HaveOccurred())
	Step("the maker publishes campaign %s, version %s", r.Offer.Campaign, r.Version)
	suite.fetched, suite.reports = map[string]int{}, len(vehicle().Backend.Reports(vehicle().Config().VIN))
	for _, m := range r.Members {
		suite.fetched[m.Target] = len(vehicle().Backend.Fetched(m.Target))
	}
	return r
}

// reports are those of the vehicle since the campaign was published.
func reports() []cloud.Report {
	v := vehicle()
	return v.Backend.Reports(v.Config().VIN)[suite.reports:]
}

// fetched are the bytes of a package that the backend has sent since the campaign was published, in the order of the
// answers.
func fetched(m cloud.Member) []backend.ByteRange {
	GinkgoHelper()
	return vehicle().Backend.Fetched(m.Target)[suite.fetched[m.Target]:]
}

// downloads has the owner download what is offered.
func downloads(ctx SpecContext) {
	GinkgoHelper()
	Step("the owner touches Download Now")
	touch(ctx, ota.Download)
	showsWithin(ctx, vehicle().Config().Master.Update, "that the update is ready", inState(ota.Ready))
}

// installs has the owner install what is ready, and confirm it.
func installs(ctx SpecContext) {
	GinkgoHelper()
	Step("the owner touches Install Now, and confirms")
	touch(ctx, ota.Install)
	showsState(ctx, ota.Confirming)
	touch(ctx, ota.Confirm)
}

// ends waits for the end of an installation.
func ends(ctx SpecContext, s ota.State) ota.View {
	GinkgoHelper()
	return showsWithin(ctx, vehicle().Config().Master.Update, fmt.Sprintf("state %q", s), inState(s))
}

// software is what runs in the ECUs behind the master, as they say themselves.
func software(ctx SpecContext) map[string]ecu.Identity {
	GinkgoHelper()
	all, err := vehicle().Software(ctx)
	Expect(err).NotTo(HaveOccurred())
	return all
}

// untouched wants every ECU to be as it was before.
func untouched(ctx SpecContext, before map[string]ecu.Identity) {
	GinkgoHelper()
	for role, id := range software(ctx) {
		Expect(id.Same(before[role])).To(BeTrue(), "%s is %v and was %v", role, id, before[role])
	}
}

// updatedTo wants every ECU of a release to run it, confirmed.
func updatedTo(ctx SpecContext, r backend.Release) {
	GinkgoHelper()
	now := software(ctx)
	for _, m := range r.Members {
		Expect(now[m.ECU].Software).To(Equal(m.Version), "software of %s", m.ECU)
		Expect(now[m.ECU].RXSWIN).To(Equal(m.RXSWIN), "RXSWIN of %s", m.ECU)
		Expect(now[m.ECU].BootState).To(BeElementOf("", "confirmed"), "boot state of %s", m.ECU)
	}
}

// reported waits until the backend has a report of the vehicle.
func reported(ctx SpecContext, event string) {
	GinkgoHelper()
	v := vehicle()
	Eventually(ctx, func() []string {
		var events []string
		for _, r := range reports() {
			events = append(events, r.Event)
		}
		return events
	}).WithTimeout(v.Config().Master.Reaction).Should(ContainElement(event))
}
