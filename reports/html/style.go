package html

import _ "embed"

var (
	//go:embed style/page.css
	pageStyle string
	//go:embed style/spec.css
	specStyle string
	//go:embed style/print.css
	printStyle string
)

// Style is the style sheet of reports, for pages that stand beside them.
var Style = pageStyle + specStyle + printStyle
