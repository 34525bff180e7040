package catalogue_test

import (
	"fmt"

	"otabench/reports/catalogue"
)

func ExampleAll() {
	all, err := catalogue.All()
	if err != nil {
		fmt.Println(err)
		return
	}
	r := all[0].Requirements[0]
	fmt.Println(r.ID, "-", r.Expectation)
	// Output: OTA-PRE-1 - the download is offered and started only when the link is good enough
}
