package backend

import (
	"net/http"
	"strconv"
	"time"

	"otabench/ecu/ota/cloud"
)

// await looks for news of a vehicle now and with each change, until there are some, or cloud.PollTime is over, or the
// asker has gone. Look is called with b.mu held.
func (b *Backend) await(r *http.Request, v *vehicle, look func() (news bool)) {
	timeout := time.NewTimer(cloud.PollTime)
	defer timeout.Stop()
	for {
		b.mu.Lock()
		news, changed := look(), v.changed
		b.mu.Unlock()
		if news {
			return
		}
		select {
		case <-changed:
		case <-timeout.C:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// after is the number from which on a request asks for news; 0 if it says nothing.
func after(r *http.Request) (int, error) {
	text := r.URL.Query().Get("after")
	if text == "" {
		return 0, nil
	}
	return strconv.Atoi(text)
}
