package backend_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"otabench/bench/backend"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

func Example() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	b, err := backend.New(backend.Options{Host: l.Addr().String()})
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go b.Serve(ctx, l)

	credentials, err := b.Provision("WOTABENCH00000001")
	if err != nil {
		panic(err)
	}
	err = b.Publish(credentials.VIN, backend.Release{
		Campaign: cloud.Campaign{
			Offer:   ota.Offer{Campaign: "brakes-2.0", Version: "2.0"},
			Members: []cloud.Member{{ECU: "bcm", Target: "bcm.pkg", Version: "2.0", Hardware: "BCM-A"}},
		},
		Files: map[string][]byte{"bcm.pkg": []byte("software")},
	})
	if err != nil {
		panic(err)
	}

	vehicle := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs:      credentials.Authorities,
		Certificates: []tls.Certificate{credentials.Certificate},
	}}}
	for _, vin := range []string{"WOTABENCH00000001", "WOTABENCH00000002"} {
		answer, err := vehicle.Get(credentials.Address + "/v1/vehicles/" + vin + "/director/2.targets.json")
		if err != nil {
			panic(err)
		}
		answer.Body.Close()
		fmt.Println(vin, answer.Status)
	}
	// Output:
	// WOTABENCH00000001 200 OK
	// WOTABENCH00000002 403 Forbidden
}
