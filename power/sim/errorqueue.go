package sim

import "fmt"

// instrumentError is an entry of the error queue (SCPI-99, 21.8).
type instrumentError struct {
	code int
	text string
}

func (e instrumentError) Error() string { return fmt.Sprintf("%d,%q", e.code, e.text) }

// Errors that an instrument queues.
var (
	errNone           = instrumentError{0, "No error"}
	errNotAllowed     = instrumentError{-108, "Parameter not allowed"}
	errMissing        = instrumentError{-109, "Missing parameter"}
	errHeader         = instrumentError{-113, "Undefined header"}
	errSuffix         = instrumentError{-114, "Header suffix out of range"}
	errNumber         = instrumentError{-120, "Numeric data error"}
	errTriggerIgnored = instrumentError{-211, "Trigger ignored"}
	errLists          = instrumentError{-226, "Lists not same length"}
	errConflict       = instrumentError{-221, "Settings conflict"}
	errRange          = instrumentError{-222, "Data out of range"}
	errIllegal        = instrumentError{-224, "Illegal parameter value"}
	errQueueOverflow  = instrumentError{-350, "Queue overflow"}
	errInputOverrun   = instrumentError{-363, "Input buffer overrun"}
)

// maxErrors is the length of the error queue.
const maxErrors = 10

func (s *Supply) queue(e instrumentError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errors) == maxErrors {
		s.errors[maxErrors-1] = errQueueOverflow
		return
	}
	s.errors = append(s.errors, e)
}

// nextError takes the oldest error from the queue.
func (s *Supply) nextError() instrumentError {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errors) == 0 {
		return errNone
	}
	e := s.errors[0]
	s.errors = s.errors[1:]
	return e
}

func (s *Supply) clearErrors() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errors = nil
}

func (s *Supply) formatError(e instrumentError) string {
	if s.model.dialect.errors != nil {
		return s.model.dialect.errors(e)
	}
	return e.Error()
}
