// Package flashmem is the physics of embedded flash memory, for simulated ECUs.
//
// Erasing works on whole sectors and leaves every byte 0xFF. Programming works on whole pages and only clears bits.
// Both take time, and both are torn when power goes away in the middle: an erase leaves a part of its sector erased
// and a few bytes beyond it indeterminate, a program leaves a prefix of its page and one torn byte. At too low a supply
// voltage bits stay weak and the controller reports an error. What is torn or weak follows from a seed, so that a run
// can be repeated. The contents outlive power cuts; nothing else does.
//
//	m, err := flashmem.New(flashmem.Config{
//		Banks: []flashmem.Bank{{Sectors: 4, SectorSize: 4096, EraseTime: 20 * time.Millisecond}},
//		Page:  256, ProgramTime: 500 * time.Microsecond,
//	})
//	...
//	err = m.Erase(ctx, 0, 4096)
//	err = m.Program(ctx, 0, data)
//
// The context is the supply: when it ends, the operation is torn at that instant.
package flashmem
