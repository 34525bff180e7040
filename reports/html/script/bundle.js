// Data that lies deflated in the page.
const inflated = new Map();

function inflate(element) {
  if (!inflated.has(element)) {
    const bytes = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    inflated.set(element, new Response(stream).text().then(JSON.parse));
  }
  return inflated.get(element);
}

const traceIndex = function () { return inflate(document.querySelector('script[data-bundle="traces"]')); };
const specBundles = Array.from(document.querySelectorAll('script[data-bundle="specs"]'));

// timelineOf returns what the page has of the spec with a number.
async function timelineOf(n) {
  const bundle = specBundles.findLast((b) => Number(b.dataset.first) <= n);
  const x = (await inflate(bundle))[n - Number(bundle.dataset.first)];
  x.frames = framesOf(x.frames);
  x.rails.forEach(function (r) { r.at = sums(r.t); });
  return x;
}

// sums turns distances into times.
function sums(distances) {
  let t = 0;
  return distances.map((d) => (t += d));
}

function framesOf(columns) {
  return sums(columns.t || []).map((t, i) => ({ t: t, bus: columns.bus[i], id: columns.id[i], kind: columns.kind[i], data: columns.data[i] }));
}
