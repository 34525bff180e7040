// What the page does when it is opened.
const timelines = new Map(); // by element of the spec

function lineOf(spec) {
  if (!timelines.has(spec)) {
    timelines.set(spec, Promise.all([timelineOf(Number(spec.dataset.n)), traceIndex()]).then(function (got) {
      const line = new Timeline(spec, got[0], got[1].units);
      const inside = spec.querySelector(":scope > .in"), more = inside.querySelector(":scope > .more");
      inside.insertBefore(line.element, more);
      return line;
    }));
  }
  return timelines.get(spec);
}

// follow opens what the address names: #spec-ID, #spec-ID@T with T in nanoseconds since the run's start, or any place.
async function follow() {
  let name = location.hash.slice(1);
  try { name = decodeURIComponent(name); } catch (e) { return; }
  const cut = name.lastIndexOf("@"), at = byId(name) || (cut > 0 && byId(name.slice(0, cut)));
  if (!at) return;
  for (let d = at.closest("details"); d; d = d.parentElement.closest("details")) {
    d.hidden = false;
    d.open = true;
  }
  at.scrollIntoView();
  if (at.id === name || !at.classList.contains("spec")) return;
  const t = Number(name.slice(cut + 1));
  if (Number.isFinite(t)) await (await lineOf(at)).zoomAt(t);
  at.scrollIntoView();
}

filterSpecs();
filterRequirements();
offerTrace(async function () {
  for (const line of timelines.values()) (await line).read();
});

// The timeline of an open spec is drawn once it comes near.
const near = new IntersectionObserver(function (entries) {
  for (const e of entries) {
    if (!e.isIntersecting) continue;
    near.unobserve(e.target);
    lineOf(e.target);
  }
}, { rootMargin: "400px" });
document.addEventListener("toggle", function (e) {
  if (e.target.open && e.target.classList.contains("spec")) near.observe(e.target);
}, true);
for (const d of document.querySelectorAll("details.spec[open]")) near.observe(d);
window.addEventListener("hashchange", follow);
follow();
