package html

import (
	"testing"

	"otabench/reports/reportstest"
)

// The words of a page with two updates as a user lived them.
func TestToldPage(t *testing.T) {
	golden(t, "told.txt", words(render(t, reportstest.Told(), nil)))
}
