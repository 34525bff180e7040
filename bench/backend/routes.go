package backend

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// routes are those of package cloud.
func (b *Backend) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/vehicles/{vin}/director/{name}", b.vehicleOnly(b.serveDirector))
	mux.HandleFunc("GET /v1/images/metadata/{name}", b.vehicleOnly(b.serveImages))
	mux.HandleFunc("GET /v1/images/targets/{name...}", b.vehicleOnly(b.serveTarget))
	mux.HandleFunc("GET /v1/probe/{n}", b.vehicleOnly(serveProbe))
	mux.HandleFunc("GET /v1/vehicles/{vin}/users/{user}", b.vehicleOnly(b.serveUser))
	mux.HandleFunc("GET /v1/vehicles/{vin}/commands", b.vehicleOnly(b.serveCommands))
	mux.HandleFunc("PUT /v1/vehicles/{vin}/view", b.vehicleOnly(b.takeView))
	mux.HandleFunc("POST /v1/vehicles/{vin}/reports", b.vehicleOnly(b.takeReport))
	mux.HandleFunc("GET /app/v1/vehicles/{vin}/view", b.userOnly(b.serveView))
	mux.HandleFunc("POST /app/v1/vehicles/{vin}/actions", b.userOnly(b.takeAction))
	return mux
}

// vehicleOnly lets a vehicle pass that shows its certificate, to what is its own.
func (b *Backend) vehicleOnly(next func(http.ResponseWriter, *http.Request, *vehicle)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		vin := certified(r)
		if vin == "" {
			b.refuse(w, r, http.StatusUnauthorized, "a vehicle shows its certificate here")
			return
		}
		if of := r.PathValue("vin"); of != "" && of != vin {
			b.refuse(w, r, http.StatusForbidden, fmt.Sprintf("vehicle %s asks for what belongs to %s", vin, clip(of)))
			return
		}
		b.mu.Lock()
		v, err := b.vehicle(vin)
		b.mu.Unlock()
		if err != nil {
			b.refuse(w, r, http.StatusForbidden, err.Error())
			return
		}
		next(w, r, v)
	}
}

// certified is the VIN in the certificate of the connection, which TLS has verified; empty if there is none.
func certified(r *http.Request) string {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return ""
	}
	return r.TLS.PeerCertificates[0].Subject.CommonName
}

// refuse turns a request away and says so to the observer.
func (b *Backend) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	b.tell(Event{Kind: Refused, VIN: certified(r), Text: fmt.Sprintf("%s %s: %s", r.Method, clip(r.URL.Path), why)})
	http.Error(w, why, status)
}

// bodyTime is how long the body of a request may take.
const bodyTime = time.Minute

// take reads the JSON body of a request, of limit bytes at most. If it cannot, it has answered.
func (b *Backend) take(w http.ResponseWriter, r *http.Request, limit int64, into any) bool {
	// A connection without deadlines is answered without them.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTime))
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit)).Decode(into)
	_ = control.SetReadDeadline(time.Time{})
	if err != nil {
		b.refuse(w, r, http.StatusBadRequest, fmt.Sprintf("the body is not what belongs here, in %d bytes of JSON: %s", limit, clip(err.Error())))
	}
	return err == nil
}

// give answers with JSON.
func give(w http.ResponseWriter, answer any) {
	data, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	giveFile(w, data)
}

// giveFile answers with JSON that nobody may keep: all of it is about this moment. What goes wrong with sending it, the
// other side notices.
func giveFile(w http.ResponseWriter, data []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(data)
}
