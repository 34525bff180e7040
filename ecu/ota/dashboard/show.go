package dashboard

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"otabench/ecu/ota"
)

// Texts of the dashboard by the value table of OTA_Text.Text.
const (
	titleText        = "title"
	textText         = "text"
	versionText      = "version"
	purposeText      = "purpose"
	changesText      = "changes"
	unavailableText  = "unavailable"
	instructionsText = "instructions"
	estimatesText    = "estimates"
	hintsText        = "hints"
	referenceText    = "reference"
	nextText         = "next"
)

// show puts texts into a view.
func show(v *ota.View, t map[string]string) {
	v.Title, v.Text, v.Reference, v.Hints = t[titleText], t[textText], t[referenceText], lines(t[hintsText])
	v.Next = instant(t[nextText])
	v.Offer = offer(t)
}

// offer returns what is told of an update, nil if nothing is.
func offer(t map[string]string) *ota.Offer {
	if t[versionText] == "" {
		return nil
	}
	estimates := append(strings.Split(t[estimatesText], ";"), "", "", "")
	return &ota.Offer{
		Version: t[versionText], Purpose: t[purposeText], Changes: lines(t[changesText]),
		Download: seconds(estimates[0]), Installation: seconds(estimates[1]), Size: size(estimates[2]),
		Unavailable: lines(t[unavailableText]), Instructions: lines(t[instructionsText]),
	}
}

// latest is the last second that RFC 3339, and so a record, can write.
const latest = 253402300799

// instant reads seconds since 1970; the zero time is not told.
func instant(text string) time.Time {
	s, err := strconv.ParseInt(text, 10, 64)
	if err != nil || s <= 0 || s > latest {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}

// seconds reads an estimate of at most 1e6 seconds; 0 is not told.
func seconds(text string) time.Duration {
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || !(s >= 0 && s <= 1e6) { // also if it is not a number
		return 0
	}
	return time.Duration(s * float64(time.Second))
}

// size reads a number of bytes; 0 is not told.
func size(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return s == "" })
}
