package backend

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// What the app may send and leave, at most.
const (
	actionBytes = 4 << 10
	maxCommands = 10000
)

// userOnly lets a user pass whose token is for the vehicle.
func (b *Backend) userOnly(next func(http.ResponseWriter, *http.Request, *vehicle, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		who, ok := b.holder(token)
		if !ok {
			w.Header().Set("WWW-Authenticate", "Bearer")
			b.refuse(w, r, http.StatusUnauthorized, "the app shows the token of an account here")
			return
		}
		if who.vin != r.PathValue("vin") {
			b.refuse(w, r, http.StatusForbidden, fmt.Sprintf("account %s is not for this vehicle", clip(who.user)))
			return
		}
		b.mu.Lock()
		v := b.vehicles[who.vin]
		b.mu.Unlock()
		next(w, r, v, who.user)
	}
}

func (b *Backend) serveView(w http.ResponseWriter, r *http.Request, v *vehicle, _ string) {
	n, err := after(r)
	if err != nil {
		b.refuse(w, r, http.StatusBadRequest, "after is no number")
		return
	}
	var seen cloud.Seen
	b.await(r, v, func() bool {
		seen = v.seen
		return seen.Seq > n
	})
	give(w, seen)
}

// takeAction passes an action on to the vehicle, in the name of the token's user whatever the action says. It answers
// with the command that has become of it.
func (b *Backend) takeAction(w http.ResponseWriter, r *http.Request, v *vehicle, user string) {
	var action ota.Action
	if !b.take(w, r, actionBytes, &action) {
		return
	}
	action.User = user
	if !slices.Contains(ota.Deeds, action.Do) || (action.Do == ota.Schedule) == action.At.IsZero() {
		b.refuse(w, r, http.StatusBadRequest, "no such action, or a time is missing or too much: "+clip(action.String()))
		return
	}
	command, status, why := b.command(v, action)
	if status != http.StatusOK {
		b.refuse(w, r, status, why)
		return
	}
	give(w, command)
}

// command queues an action for the vehicle if the user may, and enters it in the audit log either way.
func (b *Backend) command(v *vehicle, action ota.Action) (c cloud.Command, status int, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Contains(v.accounts[action.User], cloud.MayUpdate) {
		b.enter(Entry{VIN: v.vin, User: action.User, Text: action.String(), Refused: true})
		return c, http.StatusForbidden, fmt.Sprintf("user %s has no permission to %s", clip(action.User), cloud.MayUpdate)
	}
	if len(v.commands) >= maxCommands {
		return c, http.StatusInsufficientStorage, fmt.Sprintf("%d commands are enough", maxCommands)
	}
	c = cloud.Command{Seq: len(v.commands) + 1, Action: action}
	v.commands = append(v.commands, c)
	b.enter(Entry{VIN: v.vin, User: action.User, Text: action.String()})
	v.wake()
	return c, http.StatusOK, ""
}
