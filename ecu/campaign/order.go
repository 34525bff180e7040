package campaign

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrOrder is wrapped where dependencies cannot be met.
var ErrOrder = errors.New("the ECUs cannot be put into an order")

// Order sorts members so that each comes behind those that it names in After, and otherwise leaves them as they are.
// Names that are no members are of no interest: those ECUs are not updated. A circle is an error that wraps ErrOrder.
func Order(members []Member) ([]Member, error) {
	var ordered []Member
	for left := slices.Clone(members); len(left) > 0; {
		i := slices.IndexFunc(left, func(m Member) bool { return !waits(m, left) })
		if i < 0 {
			return nil, fmt.Errorf("%w: %s wait for each other", ErrOrder, strings.Join(names(left), ", "))
		}
		ordered = append(ordered, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return ordered, nil
}

// waits says that a member comes behind one that is left.
func waits(m Member, left []Member) bool {
	return slices.ContainsFunc(left, func(other Member) bool { return slices.Contains(m.After, other.Unit.Name()) })
}

func names(members []Member) []string {
	all := make([]string, len(members))
	for i, m := range members {
		all[i] = m.Unit.Name()
	}
	return all
}
