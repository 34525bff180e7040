// Package text is what the trace formats that are text have in common: lines that are counted, so that an error can
// name one, and of bounded length; time stamps in decimal seconds; comments; bus names; output in whole lines.
package text
