package scenarios

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/flash"
	"otabench/ecu/uds"
)

var _ = Procedures("Transfer of blocks", Label("blocks"), func() {
	It("takes no block out of order", Contributes("ISO-14229-1/15.4"), func(ctx SpecContext) {
		before := identity(ctx)
		d := begun(ctx)
		Step("block 1, and then block 3")
		Expect(d.send(ctx, 1)).To(Succeed())
		Expect(d.send(ctx, 3)).To(MatchError(uds.WrongBlockSequenceCounter))
		keptPrevious(ctx, before)
	})

	It("does not end a transfer before all bytes have come", Contributes("ISO-14229-1/15.5"), func(ctx SpecContext) {
		before := identity(ctx)
		d := begun(ctx)
		Step("block 1, and then the end of the transfer")
		Expect(d.send(ctx, 1)).To(Succeed())
		Expect(Bench.Unit().Client().RequestTransferExit(ctx)).Error().To(beRefused())
		keptPrevious(ctx, before)
	})

	It("takes no more bytes than were announced", Contributes("ISO-14229-1/15.4"), func(ctx SpecContext) {
		before := identity(ctx)
		d := begun(ctx)
		Step("all blocks, and then one more")
		for n := 1; n <= d.count(); n++ {
			Expect(d.send(ctx, n)).To(Succeed())
		}
		Expect(Bench.Unit().Client().TransferData(ctx, byte(d.count()+1), d.block(1))).To(beRefused())
		keptPrevious(ctx, before)
	})

	It("gives a transfer up with the session that it was in", Contributes("ISO-14229-1/10.2"), func(ctx SpecContext) {
		unit := Bench.Unit()
		d := begun(ctx)
		Expect(d.send(ctx, 1)).To(Succeed())
		d.programmer.Close()

		Step("back to the default session, and a complete update without a reset before it")
		Expect(unit.Client().DiagnosticSessionControl(ctx, unit.Description().Sessions.Default)).Error().NotTo(HaveOccurred())
		Expect(unit.Update(ctx, unit.Package("next"))).To(Succeed())
		proveRecovery(ctx)
	})

	It("answers a block that is repeated, and writes it once", Contributes("ISO-14229-1/15.4"), func(ctx SpecContext) {
		unit := Bench.Unit()
		next := unit.Package("next")
		programmer, blocks := opened(ctx, next)
		Step("send each block twice, as if its first response had been lost")
		for _, b := range blocks {
			Expect(programmer.Erase(ctx, b)).To(Succeed())
			for _, piece := range b.Pieces {
				d := request(ctx, b.Name, piece)
				for n := 1; n <= d.count(); n++ {
					Expect(d.send(ctx, n)).To(Succeed())
					Expect(d.send(ctx, n)).To(Succeed(), "block %d again", n)
				}
				Expect(unit.Client().RequestTransferExit(ctx)).Error().NotTo(HaveOccurred())
			}
		}

		Step("the image is whole and boots")
		Expect(programmer.Verify(ctx)).To(Succeed())
		Expect(programmer.Dependencies(ctx)).To(Succeed())
		Expect(programmer.Activate(ctx)).To(Succeed())
		Expect(programmer.Reset(ctx)).To(Succeed())
		Expect(programmer.AwaitBoot(ctx)).To(Succeed())
		Expect(programmer.Finish(ctx)).To(Succeed())
		Expect(unit.CheckVersion(ctx, next.Manifest.Version)).To(Succeed())
		Expect(unit.Confirm(ctx)).To(Succeed())
		proveRecovery(ctx)
	})
})

// download is a download under way, block by block.
type download struct {
	programmer *flash.Programmer
	data       []byte
	step       int // bytes of data in a block
}

// begun erases the largest block of the next release and begins its download, which takes at least three TransferData.
func begun(ctx SpecContext) download {
	GinkgoHelper()
	Step("erase, and request a download")
	programmer, blocks := opened(ctx, Bench.Unit().Package("next"))
	largest := blocks[0]
	for _, b := range blocks {
		if b.Size() > largest.Size() {
			largest = b
		}
	}
	Expect(programmer.Erase(ctx, largest)).To(Succeed())
	d := request(ctx, largest.Name, largest.Pieces[0])
	d.programmer = programmer
	if d.count() < 3 {
		Skip(fmt.Sprintf("%q goes into %d TransferData, too few for this procedure", largest.Name, d.count()))
	}
	return d
}

// request asks for the download of a piece.
func request(ctx SpecContext, block string, piece flash.Piece) download {
	GinkgoHelper()
	needPlain(block)
	p := Bench.Unit().Description().Programming
	offered, err := Bench.Unit().Client().RequestDownload(ctx, 0, uds.Memory{
		Address: piece.Address, Size: uint64(len(piece.Sent)), AddressLength: p.AddressLength, SizeLength: p.SizeLength,
	})
	Expect(err).NotTo(HaveOccurred())
	return download{data: piece.Sent, step: int(min(offered, uint64(p.MaxBlock))) - 2}
}

// needPlain ends the spec as not run where data is not sent as it is.
func needPlain(block string) {
	GinkgoHelper()
	p := Bench.Unit().Description().Programming
	for _, b := range p.Blocks {
		if b.Name == block && (b.DataFormat != nil || b.Compression != "" || len(b.Transform) > 0 || p.DataFormat != 0) {
			Skip(fmt.Sprintf("block %q of the description is compressed or encrypted, which this procedure cannot do", block))
		}
	}
}

func (d download) count() int { return (len(d.data) + d.step - 1) / d.step }

// block is the data of the nth TransferData, from 1 on.
func (d download) block(n int) []byte {
	return d.data[(n-1)*d.step : min(n*d.step, len(d.data))]
}

func (d download) send(ctx SpecContext, n int) error {
	return Bench.Unit().Client().TransferData(ctx, byte(n), d.block(n))
}
