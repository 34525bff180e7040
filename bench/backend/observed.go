package backend

import (
	"fmt"
	"net/http"
)

// observed tells of each request once it has been answered.
func (b *Backend) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		b.tell(Event{
			Kind: Requested,
			VIN:  certified(r),
			Text: fmt.Sprintf("%s %s: %d", clip(r.Method), clip(r.URL.RequestURI()), answer.status),
		})
	})
}

// statusWriter keeps the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
