package scenarios

import (
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
)

// Requirement labels a spec or container with the requirements that it is for: ids of the use case as they are
// (OTA-PRE-1), clauses with their document (UN-R156/7.2.2.1.1, ISO-24089/8).
//
// Ginkgo keeps the slash for its own filter language, so inside it stands as an underscore. Records, listings and
// filters of otabench have the slash.
func Requirement(ids ...string) Labels {
	labels := make(Labels, len(ids))
	for i, id := range ids {
		labels[i] = strings.ReplaceAll(id, "/", "_")
	}
	return labels
}

// Contributes labels a spec like Requirement, and says that it observes only a part of what each of them expects: the
// unit's share, where the requirement also speaks of what a driver is told. Reports never count that as a pass.
func Contributes(ids ...string) Labels {
	labels := Requirement(ids...)
	for _, l := range labels {
		labels = append(labels, "part:"+l)
	}
	return labels
}

var (
	clauseLabel  = regexp.MustCompile(`^((?:part:)?(?:UN-R\d+|ISO-\d+(?:-\d+)?))_`)
	clauseFilter = regexp.MustCompile(`\b(UN-R\d+|ISO-\d+(?:-\d+)?)/`)
)

// requirementOf turns a label of Ginkgo back into a requirement.
func requirementOf(label string) string { return clauseLabel.ReplaceAllString(label, "$1/") }

// ginkgoFilter turns a filter over requirements into one of Ginkgo's label filters.
func ginkgoFilter(filter string) string { return clauseFilter.ReplaceAllString(filter, "${1}_") }
