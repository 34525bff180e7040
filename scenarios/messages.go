package scenarios

import (
	"maps"
	"slices"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/can"
)

// listening is how long a message is waited for: longer than usual cycles.
const listening = 2 * time.Second

var _ = Procedures("Normal messages", Label("messages"), Contributes("ISO-14229-1/10.5", "OTA-POST-2"), func() {
	It("are sent again after a session in which they were switched off", func(ctx SpecContext) {
		unit := Bench.Unit()
		sessions := unit.Description().Sessions
		Step("listen to what the unit sends")
		before := heard(ctx)
		Expect(unit.Client().DiagnosticSessionControl(ctx, sessions.Extended)).Error().NotTo(HaveOccurred())
		Expect(unit.Client().CommunicationControl(ctx, false)).To(Succeed())
		silenced := heard(ctx)
		own := slices.DeleteFunc(before, func(id uint32) bool { return slices.Contains(silenced, id) })
		if len(own) == 0 {
			Skip("no message on the bus stops with the unit's communication")
		}

		Step("back in the default session: messages %X", own)
		Expect(unit.Client().DiagnosticSessionControl(ctx, sessions.Default)).Error().NotTo(HaveOccurred())
		Expect(heard(ctx)).To(ContainElements(own))

		Step("update")
		Expect(unit.Update(ctx, unit.Package("next"))).To(Succeed())
		Expect(heard(ctx)).To(ContainElements(own))
	})
})

// heard are the messages of others that come while the bench listens, but for diagnostic ones.
func heard(ctx SpecContext) []uint32 {
	GinkgoHelper()
	var mu sync.Mutex
	ids := map[uint32]bool{}
	stop := Bench.Unit().Bus().Tap(func(r can.Received) {
		mu.Lock()
		defer mu.Unlock()
		if !r.Own && !r.Is(can.Error) && r.ID != Bench.Unit().Description().Address.Response {
			ids[r.ID] = true
		}
	})
	pause(ctx, listening)
	stop()
	mu.Lock()
	defer mu.Unlock()
	return slices.Sorted(maps.Keys(ids))
}
