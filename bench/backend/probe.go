package backend

import (
	"net/http"
	"strconv"

	"otabench/ecu/ota/cloud"
)

// serveProbe sends as many bytes as a vehicle wants, by which it measures its connection.
func serveProbe(w http.ResponseWriter, r *http.Request, _ *vehicle) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > cloud.MaxProbe {
		http.Error(w, "want a number of bytes from 1 to "+strconv.Itoa(cloud.MaxProbe), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(n))
	_, _ = w.Write(make([]byte, n)) // who is gone measures nothing
}
