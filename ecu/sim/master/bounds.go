package master

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"otabench/ecu/ota/cloud"
)

// Bounds of a campaign. Keys can be stolen, so what is signed is not trusted beyond them.
const (
	maxMembers = 32
	maxList    = 64      // texts of a list
	maxText    = 4 << 10 // bytes of a text
	maxName    = 64      // bytes of an id or a version
	maxPackage = 1 << 40 // bytes
)

// targetPath is what a package may be called: it becomes the name of a file beside the master's own, which begin with a dot.
var targetPath = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){0,3}$`)

// printable is what an id or a version looks like.
var printable = regexp.MustCompile(`^[!-~]([ -~]*[!-~])?$`)

// bounded says what is wrong with a campaign as such, whoever has signed it.
func bounded(o *offer) error {
	c := o.campaign
	for what, text := range map[string]string{"id": c.Campaign, "version": c.Version} {
		if len(text) > maxName || !printable.MatchString(text) {
			return fmt.Errorf("%s %.80q of the campaign", what, text)
		}
	}
	if c.Size < 0 || c.Download < 0 || c.Installation < 0 {
		return errors.New("a size or a time of the campaign is less than nothing")
	}
	for _, list := range [][]string{{c.Purpose}, c.Changes, c.Unavailable, c.Instructions} {
		if len(list) > maxList || slices.ContainsFunc(list, func(s string) bool { return len(s) > maxText }) {
			return errors.New("a text of the campaign is too long")
		}
	}
	return distinct(o)
}

// distinct says what is wrong with the members of a campaign.
func distinct(o *offer) error {
	if len(o.campaign.Members) > maxMembers {
		return fmt.Errorf("the campaign has %d members", len(o.campaign.Members))
	}
	ecus, paths := map[string]bool{}, map[string]bool{cloud.CampaignPath: true}
	for i, m := range o.campaign.Members {
		t := o.targets[i]
		switch {
		case !targetPath.MatchString(t.Path) || paths[t.Path]:
			return fmt.Errorf("target %.80q", t.Path)
		case t.Length <= 0 || t.Length > maxPackage || len(t.SHA256) != 64:
			return fmt.Errorf("target %.80q of %d bytes, SHA-256 %.80q", t.Path, t.Length, t.SHA256)
		case len(m.ECU) > maxName || len(m.Version) > maxName || len(m.Requires) > maxList || ecus[m.ECU]:
			return fmt.Errorf("member %.80q", m.ECU)
		}
		ecus[m.ECU], paths[t.Path] = true, true
	}
	return nil
}
