package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/ota"
)

var _ = Updates("An update that goes well", func() {
	It("is offered, downloaded, confirmed and installed in all ECUs",
		Requirement("OTA-MAIN-8", "OTA-POST-1", "OTA-POST-3"), func(ctx SpecContext) {
			r := offer(ctx, nextRelease())
			downloads(ctx)
			installs(ctx)
			view := ends(ctx, ota.Succeeded)
			Expect(view.Title).NotTo(BeEmpty())
			updatedTo(ctx, r)
			reported(ctx, string(ota.Succeeded))
		})
})
