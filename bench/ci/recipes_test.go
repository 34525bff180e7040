package ci_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func decode(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// TestGitLab runs the commands of both jobs as a runner's shell does, for each way in which a night can end.
func TestGitLab(t *testing.T) {
	var recipe struct {
		Variables map[string]string
		Bench     struct {
			Script    []string
			Artifacts struct {
				When    string
				Paths   []string
				Reports struct{ Junit, Dotenv string }
			}
		}
		Verdict struct {
			Needs, Script []string
		}
	}
	decode(t, "gitlab-ci.yml", &recipe)
	a := recipe.Bench.Artifacts
	if a.When != "always" || !slices.Contains(a.Paths, "runs/$CI_JOB_ID/") || a.Reports.Junit != "runs/$CI_JOB_ID/junit.xml" || !slices.Equal(recipe.Verdict.Needs, []string{"bench"}) {
		t.Errorf("%+v, verdict needs %q", a, recipe.Verdict.Needs)
	}
	env := []string{"CI_JOB_ID=7", "OTABENCH_BENCH=" + recipe.Variables["OTABENCH_BENCH"], "OTABENCH_KEY=" + recipe.Variables["OTABENCH_KEY"]}
	runner := func(l lab, script, env []string) (int, string) {
		return l.shell(t, env, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", strings.Join(script, "\n"))
	}
	for _, c := range outcomes {
		l := newLab(t, c.run, c.verify)
		status, out := runner(l, recipe.Bench.Script, env)
		if calls := l.called(t); len(calls) == 0 || calls[0] != "otabench·run·--nightly·-b·bench.yaml·--key·/etc/otabench/key.pem·-o·runs/7" {
			t.Errorf("called %q", calls)
		}
		if noVerdict := c.want > 1; (status != 0) != noVerdict || noVerdict && status != c.want {
			t.Errorf("run %s, verify %s: job bench ends with %d\n%s", c.run, c.verify, status, out)
			continue
		}
		dotenv, err := os.ReadFile(filepath.Join(l.dir, a.Reports.Dotenv))
		if want := fmt.Sprintf("OTABENCH_STATUS=%d\n", c.want); err != nil || string(dotenv) != want {
			t.Errorf("dotenv %q, %v, want %q", dotenv, err, want)
		}
		if status != 0 {
			continue // job verdict does not run
		}
		if status, out := runner(l, recipe.Verdict.Script, []string{strings.TrimSpace(string(dotenv))}); status != c.want {
			t.Errorf("run %s: job verdict ends with %d\n%s", c.run, status, out)
		}
	}
}

// TestGitHub does the same with the steps of the workflow.
func TestGitHub(t *testing.T) {
	type step struct {
		ID, Run, Shell, Uses, If string
		With                     map[string]any
	}
	var recipe struct {
		On   map[string]any
		Jobs map[string]struct {
			Needs   string
			RunsOn  any `yaml:"runs-on"`
			Env     map[string]string
			Outputs map[string]string
			Steps   []step
		}
	}
	decode(t, "github-actions.yml", &recipe)
	for event := range recipe.On {
		if event != "schedule" && event != "workflow_dispatch" {
			t.Errorf("%s starts what runs on a bench, so that others may", event)
		}
	}
	bench, verdict := recipe.Jobs["bench"], recipe.Jobs["verdict"]
	if verdict.Needs != "bench" || bench.Outputs["status"] != "${{ steps.run.outputs.status }}" || fmt.Sprint(bench.RunsOn) != "[self-hosted bench]" {
		t.Errorf("verdict needs %q, outputs %v", verdict.Needs, bench.Outputs)
	}
	for _, s := range bench.Steps {
		if s.Uses != "" && !strings.HasPrefix(s.Uses, "actions/") {
			t.Errorf("%s runs on the bench", s.Uses)
		}
	}
	at := slices.IndexFunc(bench.Steps, func(s step) bool { return s.ID == "run" })
	kept := slices.IndexFunc(bench.Steps, func(s step) bool { return strings.HasPrefix(s.Uses, "actions/upload-artifact@") })
	if at < 0 || kept < at || bench.Steps[kept].If != "always()" || bench.Steps[kept].With["path"] != "${{ env.FOLDER }}" {
		t.Fatalf("steps %+v", bench.Steps)
	}
	runner := func(l lab, s step, env ...string) (int, string) {
		return l.shell(t, env, s.Shell, "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
	}
	for _, c := range outcomes {
		l := newLab(t, c.run, c.verify)
		output := filepath.Join(l.dir, "output")
		status, out := runner(l, bench.Steps[at], "GITHUB_OUTPUT="+output, "FOLDER=runs/7-1", "OTABENCH_BENCH="+bench.Env["OTABENCH_BENCH"], "OTABENCH_KEY="+bench.Env["OTABENCH_KEY"])
		if calls := l.called(t); len(calls) == 0 || calls[0] != "otabench·run·--nightly·-b·bench.yaml·--key·/etc/otabench/key.pem·-o·runs/7-1" {
			t.Errorf("called %q", calls)
		}
		if noVerdict := c.want > 1; (status != 0) != noVerdict || noVerdict && status != c.want {
			t.Errorf("run %s, verify %s: job bench ends with %d\n%s", c.run, c.verify, status, out)
			continue
		}
		got, err := os.ReadFile(output)
		if want := fmt.Sprintf("status=%d\n", c.want); err != nil || string(got) != want {
			t.Errorf("output %q, %v, want %q", got, err, want)
		}
		if status != 0 {
			continue // job verdict is skipped
		}
		if status, out := runner(l, verdict.Steps[0], fmt.Sprintf("STATUS=%d", c.want)); status != c.want {
			t.Errorf("run %s: job verdict ends with %d\n%s", c.run, status, out)
		}
	}
}

var (
	jenkinsShell   = regexp.MustCompile(`sh\(returnStatus: true, script: '([^']*)'\)`)
	jenkinsSetting = regexp.MustCompile(`(?m)^\s+(OTABENCH_[A-Z]+) = '([^']*)'$`)
)

// TestJenkins runs the command of the pipeline. What the pipeline makes of its status is Groovy, and here only read.
func TestJenkins(t *testing.T) {
	text, err := os.ReadFile("Jenkinsfile")
	if err != nil {
		t.Fatal(err)
	}
	script := jenkinsShell.FindSubmatch(text)
	if script == nil {
		t.Fatal("the pipeline runs nothing")
	}
	env := []string{"FOLDER=runs/7"}
	for _, m := range jenkinsSetting.FindAllSubmatch(text, -1) {
		env = append(env, fmt.Sprintf("%s=%s", m[1], m[2]))
	}
	for _, c := range outcomes {
		l := newLab(t, c.run, c.verify)
		if status, out := l.shell(t, env, "sh", "-xe", "-c", string(script[1])); status != c.want {
			t.Errorf("run %s, verify %s: %d, want %d\n%s", c.run, c.verify, status, c.want, out)
		}
		if calls := l.called(t); len(calls) == 0 || calls[0] != "otabench·run·--nightly·-b·bench.yaml·--key·/etc/otabench/key.pem·-o·runs/7" {
			t.Errorf("called %q", calls)
		}
	}
	for _, want := range []string{
		"if (status == 130) {\n                        currentBuild.result = 'ABORTED'", "if (status == 2) {", "if (status != 0 && status != 1) {",
		"if (env.OTABENCH_STATUS != '0') {\n                        unstable(", `archiveArtifacts artifacts: "${env.FOLDER}/**"`, `junit testResults: "${env.FOLDER}/junit.xml"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the pipeline lacks %q", want)
		}
	}
}

var execStart = regexp.MustCompile(`(?m)^ExecStart=/bin/sh -c '(.*)'$`)

// TestSystemd runs the command of the service, and has systemd look at both units.
func TestSystemd(t *testing.T) {
	text, err := os.ReadFile("otabench.service")
	if err != nil {
		t.Fatal(err)
	}
	start := execStart.FindSubmatch(text)
	if start == nil {
		t.Fatal("the service runs nothing")
	}
	command := strings.NewReplacer("%%", "%", "/usr/local/lib/otabench/", "bench/ci/").Replace(string(start[1]))
	for _, c := range outcomes {
		l := newLab(t, c.run, c.verify)
		if status, out := l.shell(t, nil, "/bin/sh", "-c", command); status != c.want {
			t.Errorf("run %s, verify %s: %d, want %d\n%s", c.run, c.verify, status, c.want, out)
		}
		want := regexp.MustCompile(`^otabench·run·--nightly·-b·/etc/otabench/bench.yaml·--key·/etc/otabench/key.pem·-o·runs/[0-9]{8}T[0-9]{6}Z$`)
		if calls := l.called(t); len(calls) == 0 || !want.MatchString(calls[0]) {
			t.Errorf("called %q", calls)
		}
	}
	analyze(t, "verify", "./otabench.service", "./otabench.timer")
}

// analyze runs systemd-analyze, which has to find nothing in these units. It may of others, which they depend on.
func analyze(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") != "":
		t.Fatal("systemd-analyze is missing; run .ci/install")
	case errors.Is(err, exec.ErrNotFound):
		t.Log("not checked: systemd-analyze is not installed")
	case err != nil || strings.Contains(string(out), "otabench."):
		t.Errorf("systemd-analyze %q: %v\n%s", args, err, out)
	}
}
