package rederive_test

import (
	"fmt"
	"time"

	"otabench/reports/rederive"
)

func ExampleFinding() {
	fmt.Println(rederive.Finding{
		File: "supply-kl30.csv", Spec: "58f60f8b71", T: 1500 * time.Millisecond,
		What: "sample of kl30", Record: "13.5 V, 0.1 A", Raw: "3.1 V, 0.1 A",
	})
	// Output:
	// supply-kl30.csv at 1.500000 s, spec 58f60f8b71: sample of kl30: the record says 13.5 V, 0.1 A, the file 3.1 V, 0.1 A
}
