package description

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// steps checks the programming sequence against what it names.
func (l *list) steps(e ECU) {
	taken := map[string]bool{}
	for i, s := range e.Programming.Sequence {
		path := fmt.Sprintf("programming.sequence[%d]", i)
		l.step(e, s, path)
		for _, name := range s.Blocks {
			twice := taken[s.Step+" "+name] || taken[StepBlocks+" "+name]
			l.reject(twice, path+".blocks", "block %q was there before", name)
			taken[s.Step+" "+name] = true
		}
	}
	for i, b := range e.Programming.Blocks {
		path := fmt.Sprintf("programming.blocks[%d]", i)
		named(l, b.Check, e.Routines, path+".check", "routine")
		named(l, b.Resume, e.Identifiers, path+".resume", "identifier")
	}
}

func (l *list) step(e ECU, s Step, path string) {
	kinds := []string{
		StepPreconditions, StepQuiet, StepSession, StepUnlock, StepAuthenticate, StepFingerprint, StepErase, StepTransfer,
		StepBlocks, StepVerify, StepDependencies, StepActivate, StepRoutine, StepWrite, StepReset,
	}
	l.reject(!slices.Contains(kinds, s.Step), path+".step", "%q is not accepted; accepted values: %s", s.Step, strings.Join(kinds, ", "))
	l.reject(s.Session > 0x7F, path+".session", "%#x is over 0x7f", s.Session)
	l.reject(s.Step == StepRoutine && s.Routine == "", path+".routine", "is missing")
	l.reject(s.Step == StepWrite && s.Identifier == "", path+".identifier", "is missing")
	l.reject(s.Step == StepAuthenticate && e.Authentication == nil && !isStandard(e), path+".step", "needs authentication in the description")
	named(l, s.Routine, e.Routines, path+".routine", "routine")
	named(l, s.Identifier, e.Identifiers, path+".identifier", "identifier")
	named(l, s.Unlock, e.Unlocks, path+".unlock", "security level in unlocks")
	for _, name := range append(slices.Clone(s.Blocks), s.Block) {
		known := slices.ContainsFunc(e.Programming.Blocks, func(b Block) bool { return b.Name == name })
		l.reject(name != "" && !known, path+".blocks", "there is no block %q", name)
	}
	l.template(s.Value, path+".value")
}

func isStandard(e ECU) bool {
	return slices.EqualFunc(e.Programming.Sequence, StandardSequence(), func(a, b Step) bool { return a.Step == b.Step })
}

// named checks that a name which stands for something is there.
func named[V any](l *list, name string, in map[string]V, path, kind string) {
	_, known := in[name]
	l.reject(name != "" && !known, path, "there is no %s %q; there are %s", kind, name, strings.Join(slices.Sorted(maps.Keys(in)), ", "))
}
