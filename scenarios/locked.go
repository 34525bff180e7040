package scenarios

import (
	"bytes"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/description"
	"otabench/ecu/security"
	"otabench/ecu/uds"
)

var _ = Procedures("Locked unit", Label("locked"), Requirement("UN-R156/7.1.3.1", "UN-R156/7.2.1.1"), func() {
	It("neither erases nor takes software before it is unlocked", func(ctx SpecContext) {
		needSecurity()
		unit := Bench.Unit()
		before := identity(ctx)
		programmer, blocks := entered(ctx, unit.Package("next"))
		Step("erase the first block of an update, and request its download")
		Expect(programmer.Erase(ctx, blocks[0])).To(beRefused())
		Expect(programmer.Transfer(ctx, blocks[0])).To(beRefused())
		keptPrevious(ctx, before)
	})

	It("does not let its VIN be written", func(ctx SpecContext) {
		unit := Bench.Unit()
		needSecurity()
		id := identity(ctx)
		if id.VIN == "" {
			Skip("the unit has no VIN")
		}
		_, did, err := unit.Description().Identifier(description.VIN)
		Expect(err).NotTo(HaveOccurred())

		Step("write the VIN that it has")
		Expect(unit.Client().DiagnosticSessionControl(ctx, unit.Description().Sessions.Extended)).Error().NotTo(HaveOccurred())
		Expect(unit.Client().WriteDataByIdentifier(ctx, did.ID, []byte(id.VIN))).To(beRefused())
		Expect(identity(ctx)).To(Equal(id))
	})

	It("gives other seeds after each power cycle", func(ctx SpecContext) {
		needSecurity()
		unit := Bench.Unit()
		var seeds [][]byte
		for range 3 {
			powerCycle(ctx)
			chargeBattery(ctx)
			Expect(unit.Programmer().Prepare(ctx)).To(Succeed())
			seed, err := unit.Client().RequestSeed(ctx, unit.Description().Security.Level)
			unit.Programmer().Close()
			Expect(err).NotTo(HaveOccurred())
			for _, earlier := range seeds {
				Expect(bytes.Equal(seed, earlier)).To(BeFalse(), "seed %X came twice", seed)
			}
			seeds = append(seeds, seed)
		}
	})

	It("compares the whole key", func(ctx SpecContext) {
		needSecurity()
		unit := Bench.Unit()
		s := unit.Description().Security
		secret, err := security.New(unit.Name(), s)
		Expect(err).NotTo(HaveOccurred())
		Expect(unit.Programmer().Prepare(ctx)).To(Succeed())

		Step("a key whose last bit is wrong")
		seed, err := unit.Client().RequestSeed(ctx, s.Level, s.Request.Decode()...)
		Expect(err).NotTo(HaveOccurred())
		key, err := secret.Compute(ctx, seed)
		Expect(err).NotTo(HaveOccurred())
		key[len(key)-1] ^= 1
		Expect(unit.Client().SendKey(ctx, s.Level, key)).To(MatchError(uds.InvalidKey))

		Step("the right one")
		Expect(unit.Programmer().Unlock(ctx)).To(Succeed())
	})
})

// needSecurity ends the spec as not run where nothing has to be unlocked.
func needSecurity() {
	GinkgoHelper()
	if Bench.Unit().Description().Security.Algorithm == description.AlgorithmNone {
		Skip(fmt.Sprintf("the description of %s has no security access", Bench.Unit().Name()))
	}
}
