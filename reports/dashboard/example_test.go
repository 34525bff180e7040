package dashboard_test

import (
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports/dashboard"
)

func ExampleCard() {
	svg := dashboard.Card(record.Notice{Display: "dashboard", State: "ready", Title: "Update <1.3.0> is ready", Choices: []string{"install", "later"}, Drivable: true}, "card-1")
	fmt.Println(strings.HasPrefix(svg, `<svg class="card"`), strings.Contains(svg, "Update &lt;1.3.0&gt; is ready"))
	// Output: true true
}
