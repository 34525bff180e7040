package master

// Description is what there is to know of a fault.
type Description struct {
	Name  Fault
	Story string
	Group string
}

// Groups of faults.
const (
	inConditions   = "update master: conditions"
	inTrust        = "update master: trust"
	inDownload     = "update master: download"
	inInstallation = "update master: installation"
	inMessages     = "update master: messages"
)

// Catalogue describes every fault that there is, group by group.
func Catalogue() []Description {
	var all []Description
	for _, d := range [][]Description{conditions, trust, downloads, installations, messages} {
		all = append(all, d...)
	}
	return all
}
