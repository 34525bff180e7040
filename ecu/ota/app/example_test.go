package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/app"
)

// Wait for an offer and download it, first as somebody who may not.
func Example() {
	maker := newMaker()
	server := httptest.NewServer(maker)
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	d := app.Open(server.Client(), server.URL, vin, "owner", func(user string) string { return "token of " + user })
	defer d.Close()
	maker.put(ota.View{State: ota.Offered, Title: "Update 1.1.0", Choices: []ota.Deed{ota.Download, ota.Later}})

	view, err := ota.Await(ctx, d, "the offer", func(v ota.View) bool { return v.Can(ota.Download) })
	fmt.Println(view, err)
	var refused *app.RefusedError
	if err := d.Act(ctx, ota.Action{Do: ota.Download, User: "driver"}); errors.As(err, &refused) {
		fmt.Println(refused.Status)
	}
	fmt.Println(d.Act(ctx, ota.Action{Do: ota.Download, User: "owner"}))
	// Output:
	// offered "Update 1.1.0" <nil>
	// 403
	// <nil>
}
