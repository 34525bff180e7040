package dashboard

import _ "embed"

// Style is the style sheet of all cards of a page.
//
//go:embed style.css
var Style string
