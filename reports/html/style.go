package html

import _ "embed"

// Style is the style sheet of reports, for pages that stand beside them.
//
//go:embed style.css
var Style string
