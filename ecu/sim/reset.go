package sim

import (
	"errors"
	"fmt"
)

// resetReason is why a boot began. It ends a life as its context's cause.
type resetReason string

const (
	powerOn     resetReason = "power-on"
	resetPin    resetReason = "reset line"
	hardReset   resetReason = "hard reset"
	softReset   resetReason = "soft reset"
	exception   resetReason = "exception"
	watchdog    resetReason = "watchdog"
	unconfirmed resetReason = "trial not confirmed in time"
)

// Error implements error.
func (r resetReason) Error() string { return fmt.Sprintf("reset: %s", string(r)) }

// errPowerLost ends a life at a brown-out.
var errPowerLost = errors.New("power lost")
