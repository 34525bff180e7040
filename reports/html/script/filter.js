// Filters of the specs and of the requirements.
function matches(verdict, wanted) {
  return !wanted || (wanted[0] === "!" ? verdict !== wanted.slice(1) : verdict === wanted);
}

function filterSpecs() {
  const text = byId("f-text"), verdict = byId("f-verdict"), said = byId("f-count");
  if (!text) return;
  const specs = Array.from(document.querySelectorAll("details.spec"));
  let words; // of each spec, read when somebody first searches
  function haystack(spec) {
    const reasons = Array.from(spec.querySelectorAll(":scope > .in > p, :scope > .in > pre"), (e) => e.textContent);
    return (spec.firstElementChild.textContent + " " + reasons.join(" ")).toLowerCase();
  }
  function apply() {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (wanted.length && !words) words = specs.map(haystack);
    let n = 0;
    specs.forEach(function (s, i) {
      const show = matches(s.dataset.verdict, verdict.value) && wanted.every((w) => words[i].includes(w));
      if (s.hidden === show) s.hidden = !show;
      if (show) n++;
    });
    said.textContent = n + " of " + specs.length + " shown";
  }
  text.addEventListener("input", apply);
  verdict.addEventListener("change", apply);
  document.addEventListener("click", function (e) {
    if (!e.target.classList.contains("tag")) return;
    text.value = e.target.textContent;
    apply();
    text.focus();
  });
  document.addEventListener("keydown", function (e) {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) return;
    e.preventDefault();
    text.focus();
  });
  byId("filter").hidden = false;
  apply();
}

function filterRequirements() {
  const verdict = byId("r-verdict"), said = byId("r-count");
  if (!verdict) return;
  const rows = Array.from(document.querySelectorAll("table.req tbody tr"));
  function apply() {
    let n = 0;
    for (const r of rows) {
      r.hidden = !matches(r.dataset.verdict, verdict.value);
      if (!r.hidden) n++;
    }
    said.textContent = n + " of " + rows.length + " shown";
  }
  verdict.addEventListener("change", apply);
  byId("r-filter").hidden = false;
  apply();
}
