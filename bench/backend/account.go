package backend

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"

	"otabench/ecu/ota/cloud"
)

// holder is whose token it is.
type holder struct{ vin, user string }

// AddAccount gives a user an account for a vehicle, with permissions such as cloud.MayUpdate, and returns a bearer token
// for the app. If the account is there already, the permissions are replaced and the token is one more.
func (b *Backend) AddAccount(vin, user string, permissions ...string) (token string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, err := b.vehicle(vin)
	if err != nil {
		return "", fmt.Errorf("add account %q: %w", user, err)
	}
	if user == "" {
		return "", fmt.Errorf("add an account for vehicle %s: the user has no name", vin)
	}
	v.accounts[user] = slices.Clone(permissions)
	token = rand.Text()
	b.tokens[sha256.Sum256([]byte(token))] = holder{vin, user}
	return token, nil
}

// Permit replaces the permissions of an account.
func (b *Backend) Permit(vin, user string, permissions ...string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, err := b.vehicle(vin)
	if err != nil {
		return fmt.Errorf("permit %q: %w", user, err)
	}
	if _, ok := v.accounts[user]; !ok {
		return fmt.Errorf("permit %q: vehicle %s has no such account; add it first", user, vin)
	}
	v.accounts[user] = slices.Clone(permissions)
	return nil
}

// account is that of a user, if there is one.
func (b *Backend) account(v *vehicle, user string) (cloud.Account, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	permissions, ok := v.accounts[user]
	return cloud.Account{User: user, Permissions: append([]string{}, permissions...)}, ok
}

// holder is whose token it is, if it is one.
func (b *Backend) holder(token string) (holder, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, ok := b.tokens[sha256.Sum256([]byte(token))]
	return h, ok
}
