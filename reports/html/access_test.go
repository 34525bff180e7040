package html

import (
	"encoding/json"
	"testing"
)

// Whatever a reader can press, choose or type in has a name for those who cannot see it, and no two places have one id.
func TestControlsHaveNames(t *testing.T) {
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "#spec-aa01")
	b.until(`document.querySelector("#spec-aa01 .lanes text")`)
	var tree struct {
		Nodes []struct {
			Ignored bool
			Role    struct{ Value string }
			Name    struct{ Value string }
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	seen := map[string]int{}
	for _, n := range tree.Nodes {
		role := n.Role.Value
		if n.Ignored {
			continue
		}
		seen[role]++
		switch role {
		case "button", "combobox", "searchbox", "textbox", "link", "table", "navigation", "search", "toolbar", "heading", "region":
			if n.Name.Value == "" && role != "table" {
				t.Errorf("a %s has no name", role)
			}
		}
	}
	for _, role := range []string{"button", "combobox", "searchbox", "link", "table", "navigation", "search", "toolbar", "heading", "main", "status", "rowheader", "columnheader"} {
		if seen[role] == 0 {
			t.Errorf("the page has no %s", role)
		}
	}
	if got := b.value(`(function () { const ids = Array.from(document.querySelectorAll("[id]"), (e) => e.id); return ids.filter((x, i) => ids.indexOf(x) !== i).join(" "); })()`); got != "" {
		t.Errorf("twice there: %s", got)
	}
}

// Each colour of letters has the contrast that WCAG 2.2 asks for (1.4.3, level AA) on each ground, dark, light and on paper.
func TestContrast(t *testing.T) {
	b := openBrowser(t)
	b.open(pageOf(t, mixedFolder(t)), "")
	const script = `(function () {
		const e = document.createElement("p"); document.body.append(e);
		function light(name) {
			e.style.color = "var(--" + name + ")";
			const rgb = getComputedStyle(e).color.match(/\d+/g).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
			return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
		}
		const found = {};
		for (const ground of ["bg", "panel"]) for (const name of ["fg", "soft", "ok", "bad", "warn", "link"]) {
			const pair = [light(name), light(ground)].sort((x, y) => y - x);
			found[name + " on " + ground] = (pair[0] + 0.05) / (pair[1] + 0.05);
		}
		return JSON.stringify(found);
	})()`
	for name, m := range map[string]any{"light": media("", "light"), "dark": media("", "dark"), "paper": media("print", "dark")} {
		b.call("Emulation.setEmulatedMedia", m, nil)
		found := map[string]float64{}
		if err := json.Unmarshal([]byte(b.value("%s", script)), &found); err != nil {
			t.Fatal(err)
		}
		if len(found) != 12 {
			t.Fatalf("%d pairs", len(found))
		}
		for pair, contrast := range found {
			if contrast < 4.5 {
				t.Errorf("%s, %s: %.2f", name, pair, contrast)
			}
		}
	}
}
