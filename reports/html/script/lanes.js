// Lanes of a timeline, drawn as few elements of SVG: one path for all marks of a kind.
const laneNames = { step: "Steps", trigger: "Triggers", setting: "Bench sets", fault: "Bench faults", uds: "UDS", bus: "Bus", volts: "Voltage", console: "Console", live: "User, vehicle", measured: "Measured" };
const letterWidth = 6.3, maxLabels = 40, maxBoxes = 14;

const svgSpace = byId("t-line").content.querySelector("svg").namespaceURI;

function draw(name, attributes, text) {
  const e = document.createElementNS(svgSpace, name);
  for (const key in attributes) e.setAttribute(key, attributes[key]);
  if (text !== undefined) e.textContent = text;
  return e;
}

function cutText(text, room) {
  const most = Math.floor(room / letterWidth);
  return text.length <= most ? text : most < 3 ? "" : text.slice(0, most - 1) + "…";
}

// marks draws events as ticks and bars, those that went wrong as triangles as well, with their texts where there is room.
function marks(into, events, scale, y, height) {
  let fine = "", wrong = "", labels = 0;
  events.forEach(function (e, i) {
    const x = Math.max(scale.x(e.t), gutter), end = Math.min(scale.x(e.t + (e.n || 0)), width);
    const box = "M" + x.toFixed(1) + "," + (y + 3) + "h" + Math.max(end - x, 1.4).toFixed(1) + "v" + (height - 6) + "h" + (-Math.max(end - x, 1.4)).toFixed(1) + "z";
    if (e.w) wrong += box + "M" + x.toFixed(1) + "," + (y + 3) + "l5,4l-5,4z"; else fine += box;
    const next = i + 1 < events.length ? Math.max(scale.x(events[i + 1].t), gutter) : width;
    const text = labels < maxLabels ? cutText((e.w ? "✗ " : "") + e.x, next - x - 8) : "";
    if (text) {
      labels++;
      into.append(draw("text", { x: (x + 5).toFixed(1), y: y + height / 2 + 4, class: "label" }, text));
    }
  });
  into.prepend(draw("path", { d: fine, class: "fine" }), draw("path", { d: wrong, class: "wrong" }));
}

// frameMarks draws each frame as a tick, or as a box with its bytes if they are few.
function frameMarks(into, frames, scale, y, height, chosen) {
  let path = "";
  frames.forEach(function (f, i) {
    const x = scale.x(f.t);
    path += "M" + x.toFixed(1) + "," + (y + height) + "v" + -(height - 16);
    if (frames.length > maxBoxes) return;
    const next = i + 1 < frames.length ? scale.x(frames[i + 1].t) : width;
    const text = cutText(f.id + (f.data ? " " + spaced(f.data) : ""), next - x - 6);
    if (text) into.append(draw("text", { x: (x + 4).toFixed(1), y: y + height - 6, class: "bytes" }, text));
  });
  into.append(draw("path", { d: path, class: "frames" }), draw("text", { x: gutter + 6, y: y + 13, class: "label" }, frames.length ? frames.length + (frames.length === 1 ? " frame" : " frames") + " known in view" : ""));
  if (chosen && chosen.id) into.append(draw("path", { d: "M" + (scale.x(chosen.t) - 5).toFixed(1) + "," + (y + 8) + "h10l-5,9z", class: "chosen-mark" }));
}

// loadBars draws how many frames each part of the spec had.
function loadBars(into, x, scale, y, height) {
  const most = Math.max(1, ...(x.load || []));
  let path = "";
  (x.load || []).forEach(function (n, i) {
    const from = scale.x((x.length * i) / x.load.length), to = scale.x((x.length * (i + 1)) / x.load.length);
    if (n === 0 || to < gutter || from > width) return;
    const left = Math.max(from, gutter), bar = (n / most) * (height - 4);
    path += "M" + left.toFixed(1) + "," + (y + height) + "v" + (-bar).toFixed(1) + "H" + Math.min(to, width).toFixed(1) + "V" + (y + height) + "z";
  });
  into.append(draw("path", { d: path, class: "load" }));
}

function highest(rails) { return Math.max(1, ...rails.map((r) => Math.max(...r.v))); }

// levelOf is where a voltage lies in its lane.
function levelOf(v, top, y, height) { return y + height - 4 - (Math.max(v, 0) / top) * (height - 12); }

// levels name the lowest and the highest voltage of a lane.
function levels(rails, y, height) {
  const top = highest(rails), low = levelOf(0, top, y, height), high = levelOf(top, top, y, height);
  return [
    draw("path", { d: "M" + gutter + "," + low + "H" + width + "M" + gutter + "," + high + "H" + width, class: "grid" }),
    draw("text", { x: gutter - 4, y: low + 3, "text-anchor": "end" }, "0 V"), draw("text", { x: gutter - 4, y: high + 8, "text-anchor": "end" }, top.toPrecision(3) + " V"),
  ];
}

// volts draws the curves of the supply lines from 0 to the highest voltage.
function volts(into, rails, scale, y, height) {
  const top = highest(rails), level = (v) => levelOf(v, top, y, height).toFixed(1);
  rails.forEach(function (r, i) {
    let first = r.at.findIndex((t) => t >= scale.from), last = r.at.findLastIndex((t) => t <= scale.to);
    if (first < 0) first = r.at.length - 1;
    const points = [];
    for (let k = Math.max(0, first - 1); k <= Math.min(r.at.length - 1, last + 1); k++) points.push(clamp(scale.x(r.at[k])).toFixed(1) + "," + level(r.v[k]));
    if (r.at.length) into.append(draw("polyline", { points: points.join(" "), class: "curve k" + i }));
    into.append(draw("text", { x: gutter + 6, y: y + 20 + 13 * i, class: "label k-text" }, "┄┅─━"[i % 4] + " " + r.name));
  });
}

function clamp(x) { return Math.min(Math.max(x, -4000), 5000); }

// lanes draws a window of a timeline and returns its height.
function lanes(svg, x, view, frames, chosen) {
  const scale = scaleOf(view.from, view.to), all = [], names = [], inside = (e) => e.t <= view.to && e.t + (e.n || 0) >= view.from;
  const triggers = x.events.filter((e) => e.k === "trigger");
  let y = 18;
  for (const lane of Object.keys(laneNames)) {
    const events = x.events.filter((e) => e.k === lane);
    const has = lane === "bus" ? x.count > 0 || frames.length > 0 : lane === "volts" ? x.rails.length > 0 : events.length > 0;
    if (!has) continue;
    const height = lane === "volts" ? 92 : lane === "bus" ? 48 : 24, group = draw("g", { class: "lane l-" + lane });
    if (lane === "bus") {
      loadBars(group, x, scale, y, height);
      frameMarks(group, frames.filter(inside), scale, y, height, chosen);
    } else if (lane === "volts") {
      volts(group, x.rails, scale, y, height);
    } else {
      marks(group, events.filter(inside), scale, y, height);
    }
    names.push(draw("text", { x: 0, y: y + 15, class: "name" }, laneNames[lane]), draw("path", { d: "M0," + (y + height + 1) + "H" + width, class: "grid" }));
    if (lane === "volts") names.push(...levels(x.rails, y, height));
    all.push(group);
    y += height + 3;
  }
  for (const e of triggers.filter(inside)) all.push(...reaction(e, scale, y));
  if (chosen && inside(chosen)) all.push(draw("path", { d: "M" + scale.x(chosen.t).toFixed(1) + ",14V" + y, class: "cursor" }));
  for (const tick of ticks(view.from, view.to)) {
    all.push(draw("path", { d: "M" + scale.x(tick.t).toFixed(1) + "," + y + "v4", class: "grid" }), draw("text", { x: scale.x(tick.t).toFixed(1), y: y + 15, "text-anchor": "middle" }, tick.text));
  }
  all.push(draw("rect", { width: gutter, height: y + 22, class: "gutter" }), ...names, draw("text", { x: 0, y: y + 15 }, "s since start"));
  svg.setAttribute("viewBox", "0 0 " + width + " " + (y + 22));
  svg.replaceChildren(...all);
}

// reaction shows a trigger from the moment that fired it to the end of what it did, over all lanes.
function reaction(e, scale, bottom) {
  const from = scale.x(e.t), to = scale.x(e.t + (e.n || 0)), left = Math.max(from, gutter), all = [];
  all.push(draw("rect", { x: left.toFixed(1), y: 14, width: Math.max(Math.min(to, width) - left, 0).toFixed(1), height: bottom - 14, class: "reaction" }));
  if (from >= gutter && from <= width) {
    const right = from > width - 160;
    all.push(draw("path", { d: "M" + from.toFixed(1) + ",4V" + bottom, class: "m-trigger" }),
      draw("text", { x: (from + (right ? -5 : 5)).toFixed(1), y: 11, class: "label", "text-anchor": right ? "end" : "start" }, "▼ trigger" + (e.n ? ", done " + span(e.n) + " after it" : "")));
  }
  return all;
}
