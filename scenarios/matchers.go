package scenarios

import (
	"errors"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"otabench/ecu"
	"otabench/ecu/uds"
)

// beRefused matches the error of a request that the unit answered with a negative response, or of an update that its
// preconditions forbid. Silence is no refusal.
func beRefused() types.GomegaMatcher {
	return gcustom.MakeMatcher(func(err error) (bool, error) {
		var negative *uds.NegativeResponse
		return errors.As(err, &negative) || errors.Is(err, ecu.ErrPreconditions), nil
	}).WithTemplate("Expected the unit to refuse, but got:\n{{.FormattedActual}}")
}

// beRejected matches the error of an update whose package the unit did not accept: it refused a request or reported
// that the verification failed.
func beRejected() types.GomegaMatcher {
	return Or(beRefused(), MatchError(ecu.ErrRejected))
}
