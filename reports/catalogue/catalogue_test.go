package catalogue

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"otabench/reports/reportstest/golden"
)

func TestAllCataloguesHoldTheFactsOfTheUseCaseAndClauses(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string][2]int{}
	for _, c := range all {
		counts[c.Ref()] = [2]int{c.Count(Test), c.Count(Document)}
		if c.ID != "OTA" && !strings.Contains(strings.ToLower(c.Notice), "paraphrase, to be checked by homologation against the published text") {
			t.Errorf("%s: notice %q", c.ID, c.Notice)
		}
		for _, r := range c.Requirements {
			if !strings.HasPrefix(r.ID, c.ID) || !LooksLike(r.ID) {
				t.Errorf("%s stands in catalogue %s", r.ID, c.ID)
			}
			if c.ID == "OTA" && r.Stimulus == "" {
				t.Errorf("%s has no stimulus", r.ID)
			}
		}
	}
	for ref, want := range map[string][2]int{
		"OTA": {22, 0}, "UN-R156@00": {22, 11}, "UN-R156@01": {22, 11}, "ISO-24089@2023": {9, 21}, "ISO-14229-1@2020": {34, 0}, "ISO-14229-2@2021": {2, 0},
	} {
		if counts[ref] != want {
			t.Errorf("%s has %d requirements by test and by document, want %d", ref, counts[ref], want)
		}
	}
}

// Records name a catalogue by its version. Data that changes without a new version would change what old runs are judged by.
func TestDataIsVersioned(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "%s version %s %s\n", c.Ref(), c.Version, c.Digest)
	}
	// What changes needs a new version too.
	golden.Compare(t, "testdata/versions.txt", b.String())
}

// Both series have the same clauses, so that specs need no labels for each.
func TestSeriesHaveTheSameClauses(t *testing.T) {
	ids := func(ref string) (all []string) {
		c, err := Find(ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.Requirements {
			all = append(all, r.ID)
		}
		return all
	}
	if !slices.Equal(ids("UN-R156@00"), ids("UN-R156@01")) {
		t.Error("the clauses differ")
	}
}

func TestFind(t *testing.T) {
	for ref, want := range map[string]string{
		"ota": "OTA", "un-r156": "UN-R156@00", "UN-R156@01": "UN-R156@01", "iso-24089": "ISO-24089@2023", "iso-24089@2023": "ISO-24089@2023",
	} {
		if c, err := Find(ref); err != nil || c.Ref() != want {
			t.Errorf("%s is %s, %v, want %s", ref, c.Ref(), err, want)
		}
	}
	if _, err := Find("un-r156@02"); err == nil || !strings.Contains(err.Error(), "un-r156@00, un-r156@01") {
		t.Errorf("an edition that is not there: %v", err)
	}
	latest, err := Default()
	if err != nil || len(latest) != 5 || slices.ContainsFunc(latest, func(c Catalogue) bool { return c.Ref() == "UN-R156@01" }) {
		t.Errorf("%d catalogues by default, %v", len(latest), err)
	}
}

func TestLooksLike(t *testing.T) {
	for label, want := range map[string]bool{
		"OTA-MAIN-1": true, "UN-R156/7.2.2.1.1": true, "ISO-24089/8": true, "UN-R155/7.3": true, "ota-main-1": true,
		"UNR156 7.2": true, "OTA-FOO": true, "ISO 24089": true, "slow": false, "hardware": false, "kl30": false, "": false,
	} {
		if got := LooksLike(label); got != want {
			t.Errorf("LooksLike(%q) = %v", label, got)
		}
	}
}

func TestIDsOfCustomers(t *testing.T) {
	for id, want := range map[string]bool{
		"CUST_SWU_001": true, "REQ-123": true, "sys.4.2": true, "SYS/4.2": true, "17": true,
		"": false, "A B": false, "A,B": false, "A|B": false, "A&B": false, "!A": false, "(A)": false, "/A/": false, "A:B": false, "-A": false,
		"../A": false, "Größe": false, "A\n": false, strings.Repeat("A", 101): false,
	} {
		if isID(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}
