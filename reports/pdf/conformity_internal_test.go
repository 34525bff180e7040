package pdf

import (
	"strings"
	"testing"

	"otabench/reports"
)

func TestRanges(t *testing.T) {
	var odd []int
	for i := range 40 {
		odd = append(odd, 2*i+1)
	}
	for _, tt := range []struct {
		numbers []int
		want    string
	}{
		{nil, ""},
		{[]int{4}, "S4"},
		{[]int{1, 2, 3, 7, 9, 10}, "S1–S3, S7, S9–S10"},
		{odd, "S1, S3, S5, S7, S9, S11, S13, S15, S17, S19, S21, S23, S25, S27, S29, S31, S33, S35, S37, S39, S41, S43, S45, S47, S49, S51, S53, S55, S57, S59, S61, S63, S65, S67, S69, S71 and 4 more ranges"},
	} {
		if got := ranges(tt.numbers); got != tt.want {
			t.Errorf("%v: %q", tt.numbers, got)
		}
	}
}

// Nothing of the rule gets lost where it is divided.
func TestSentencesHoldTheWholeRule(t *testing.T) {
	all := sentences(reports.DecisionRule)
	if strings.Join(all, " ") != reports.DecisionRule || len(all) < 8 {
		t.Errorf("%d sentences: %q", len(all), all)
	}
}
