package cloud_test

import (
	"encoding/json"
	"fmt"

	"otabench/ecu/ota/cloud"
)

// What the backend answers to the app, as the app reads it.
func Example() {
	var seen cloud.Seen
	err := json.Unmarshal([]byte(`{"seq":3,"view":{"state":"downloading","percent":40,"title":"Update 1.1.0"}}`), &seen)
	fmt.Println(seen.Seq, seen.View, err)
	// Output: 3 downloading 40 % "Update 1.1.0" <nil>
}
