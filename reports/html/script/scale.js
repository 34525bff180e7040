// Times in nanoseconds, and where they lie.
const width = 1056, gutter = 96;

function scaleOf(from, to) {
  const perUnit = (width - gutter - 8) / (to - from);
  return { from: from, to: to, x: (t) => gutter + (t - from) * perUnit, t: (x) => from + (x - gutter) / perUnit };
}

// seconds writes a time with as many decimals as a step needs.
function seconds(t, step) {
  const decimals = Math.min(9, Math.max(0, Math.ceil(9 - Math.log10(step) - 1e-9)));
  return (t / 1e9).toFixed(decimals);
}

// ticks are round times in a window.
function ticks(from, to) {
  const rough = (to - from) / 7, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
  const all = [];
  for (let t = Math.ceil(from / step) * step; t <= to && all.length < 16; t += step) all.push({ t: t, text: seconds(t, step) });
  return all;
}

// span says a length of time in the unit that fits it.
function span(ns) {
  if (ns < 1e3) return Math.round(ns) + " ns";
  if (ns < 1e6) return (ns / 1e3).toPrecision(3) + " µs";
  if (ns < 1e9) return (ns / 1e6).toPrecision(3) + " ms";
  return (ns / 1e9).toPrecision(3) + " s";
}
