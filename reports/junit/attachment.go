package junit

import (
	"os"
	"path/filepath"
	"strings"

	"otabench/reports"
	"otabench/reports/visible"
)

// attachments names the files of the run. Jenkins' junit-attachments plugin keeps them with the suite.
func attachments(r *reports.Run) string {
	var b strings.Builder
	for _, f := range append([]string{"report.html"}, r.Files...) {
		b.WriteString(attachment(r, f))
	}
	return b.String()
}

// attachment names a file of the run in the way that GitLab reads of a testcase that failed, and Jenkins of any output. It
// is empty for a name that would not be read as it is.
func attachment(r *reports.Run, file string) string {
	path := filepath.ToSlash(filepath.Join(folder(r.Dir), file))
	if path != visible.Line(path, len(path)) || strings.ContainsAny(path, "|[]") {
		return ""
	}
	return "[[ATTACHMENT|" + path + "]]\n"
}

// folder names a folder from the working directory, if it lies within: CI servers begin there, and GitLab knows no other
// paths.
func folder(dir string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(dir) {
		return dir
	}
	if within, err := filepath.Rel(here, dir); err == nil && filepath.IsLocal(within) {
		return within
	}
	return dir
}

// withoutTags keeps what a unit printed from naming files: CI servers copy what is named anywhere in an output.
func withoutTags(output string) string {
	return strings.ReplaceAll(output, "[[ATTACHMENT", "[ [ATTACHMENT")
}
