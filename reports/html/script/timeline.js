// The timeline of one spec: a window that zooms and moves, and what is chosen in it.
const least = 2000, maxRows = 200; // ns; rows of the list

class Timeline {
  constructor(spec, data, units) {
    this.spec = spec;
    this.x = data;
    this.units = units;
    this.traced = [];
    this.asked = 0;
    this.element = byId("t-line").content.firstElementChild.cloneNode(true);
    this.svg = this.element.querySelector("svg");
    this.list = this.element.querySelector(".events");
    this.whole();
    this.listen();
  }

  listen() {
    const actions = {
      whole: () => this.whole(), cut: () => this.center(this.x.at, 1e7), in: () => this.zoom(0.5), out: () => this.zoom(2),
      left: () => this.pan(-0.25), right: () => this.pan(0.25), before: () => this.walk(-1), after: () => this.walk(1),
    };
    const keys = { "+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", ",": "before", ".": "after", c: "cut", 0: "whole" };
    this.element.querySelector(".tools").addEventListener("click", (e) => {
      const action = e.target.dataset.do;
      if (action) actions[action]();
    });
    this.svg.addEventListener("keydown", (e) => {
      if (!keys[e.key] || e.ctrlKey || e.metaKey || e.altKey) return;
      e.preventDefault();
      actions[keys[e.key]]();
    });
    this.svg.addEventListener("wheel", (e) => {
      if (!e.ctrlKey && document.activeElement !== this.svg) return; // the page scrolls
      e.preventDefault();
      if (e.shiftKey) this.pan(Math.sign(e.deltaY) * 0.1);
      else this.zoom(e.deltaY > 0 ? 1.25 : 0.8, this.timeAt(e));
    }, { passive: false });
    this.svg.addEventListener("pointerdown", (e) => this.drag(e));
    this.list.addEventListener("toggle", () => this.draw());
  }

  // drag moves the window; a click without moving chooses what lies nearest.
  drag(down) {
    const perPixel = (this.view.to - this.view.from) / (this.svg.clientWidth * (1 - gutter / width)), begin = this.view;
    let moved = false;
    const move = (e) => {
      const dx = e.clientX - down.clientX;
      if (Math.abs(dx) > 4) moved = true;
      if (moved) this.show(begin.from - dx * perPixel, begin.to - dx * perPixel);
    };
    const up = () => {
      this.svg.removeEventListener("pointermove", move);
      if (!moved) this.choose(this.nearest(this.timeAt(down)));
    };
    this.svg.setPointerCapture(down.pointerId);
    this.svg.addEventListener("pointermove", move);
    this.svg.addEventListener("pointerup", up, { once: true });
  }

  timeAt(e) {
    const box = this.svg.getBoundingClientRect();
    return scaleOf(this.view.from, this.view.to).t(((e.clientX - box.left) / box.width) * width);
  }

  whole() { this.show(-0.02 * this.x.length, this.x.length * 1.02 + 1); }
  center(t, length) { this.show(t - length / 2, t + length / 2); }

  zoom(factor, around) {
    const v = this.view, t = around === undefined ? (this.chosen && this.chosen.t >= v.from && this.chosen.t <= v.to ? this.chosen.t : (v.from + v.to) / 2) : around;
    const length = (v.to - v.from) * factor;
    if (length < least && factor < 1) return;
    this.show(t - (t - v.from) * factor, t + (v.to - t) * factor);
  }

  pan(part) {
    const d = (this.view.to - this.view.from) * part;
    this.show(this.view.from + d, this.view.to + d);
  }

  // show moves the window, not farther than the spec reaches.
  show(from, to) {
    const most = this.x.length * 1.04 + least, length = Math.min(Math.max(to - from, least), most);
    const begin = Math.min(Math.max(from, -0.02 * this.x.length - least), this.x.length * 1.02 + least - length);
    this.view = { from: begin, to: begin + length };
    this.draw();
    this.read();
  }

  // read asks the open trace for the frames of the window; an answer that comes too late is not shown.
  async read() {
    const asked = ++this.asked, start = this.x.start, margin = (this.view.to - this.view.from) * 0.1;
    const answer = await tracedBetween(start + Math.max(this.view.from - margin, 0), start + Math.min(this.view.to + margin, this.x.length));
    if (asked !== this.asked || answer === null) return;
    this.why = answer.why || "";
    this.traced = (answer.frames || []).map((f) => Object.assign({}, f, { t: f.t - start }));
    if (this.chosen && this.chosen.id) this.chosen = this.traced.find((f) => f.key === this.chosen.key) || this.chosen;
    this.draw();
  }

  frames() { return this.traced.length ? this.traced : this.x.frames; }

  // nearest is the frame or event next to a time, a frame if the two are equally near.
  nearest(t) {
    let best = null;
    for (const e of this.frames().concat(this.x.events)) if (!best || Math.abs(e.t - t) < Math.abs(best.t - t)) best = e;
    return best;
  }

  choose(what) {
    this.chosen = what;
    this.draw();
    if (what) history.replaceState(null, "", "#" + encodeURIComponent(this.spec.id) + "@" + Math.round(this.x.start + what.t));
  }

  // walk chooses the next frame, also one of the same time, and zooms in until its bytes can be read.
  walk(step) {
    const list = this.frames(), from = this.chosen ? this.chosen.t : (this.view.from + this.view.to) / 2;
    const i = this.chosen ? list.indexOf(this.chosen) : -1;
    const next = i >= 0 ? list[i + step] : step > 0 ? list.find((f) => f.t >= from) : list.findLast((f) => f.t <= from);
    if (next) this.zoomTo(next);
  }

  zoomTo(frame) {
    const length = Math.min(this.view.to - this.view.from, 1e6);
    this.chosen = frame;
    this.center(frame.t, length);
    this.choose(frame);
  }

  // zoomAt shows a time of the run's clock, and the frame next to it.
  async zoomAt(t) {
    this.center(t - this.x.start, 1e6);
    await this.read();
    this.choose(this.nearest(t - this.x.start));
  }

  text(e) {
    if (e.id === undefined) return (e.w ? "✗ " : "") + e.x + (e.n ? " (" + span(e.n) + ")" : "");
    return [e.bus, e.id, e.data ? spaced(e.data) : "no data", "(" + flags(e.kind) + ")", decoded(e, this.units)].filter(Boolean).join("  ");
  }

  draw() {
    lanes(this.svg, this.x, this.view, this.frames(), this.chosen);
    this.element.querySelector(".where").textContent = span(this.view.to - this.view.from) + " from " + seconds(this.view.from, (this.view.to - this.view.from) / 1000) + " s on. " + (this.why || "");
    this.element.querySelector(".chosen").textContent = this.chosen ? seconds(this.chosen.t, 1) + " s: " + this.text(this.chosen) : "";
    this.element.querySelector(".rest").textContent = this.x.left.length ? "Not on this page, but in record.jsonl and trace.pcapng: " + this.x.left.join("; ") + "." : "";
    this.rows();
  }

  // rows lists what is in view: the timeline for those who read it. Of very much it lists what begins a little before the chosen one.
  rows() {
    const inView = this.x.events.concat(this.frames()).filter((e) => e.t <= this.view.to && e.t + (e.n || 0) >= this.view.from);
    this.list.firstElementChild.textContent = "Events in view (" + inView.length + (inView.length > maxRows ? ", of which " + maxRows + " are listed" : "") + ")";
    if (!this.list.open) return;
    inView.sort((a, b) => a.t - b.t);
    const first = Math.max(0, Math.min(inView.indexOf(this.chosen) - 5, inView.length - maxRows));
    this.list.querySelector("tbody").replaceChildren(...inView.slice(first, first + maxRows).map((e) => this.row(e)));
  }

  row(e) {
    const row = make("tr", undefined, e === this.chosen ? "fired" : ""), what = make("td", undefined, e.id ? "mono" : ""), button = make("button", this.text(e), "plain");
    button.type = "button";
    button.addEventListener("click", () => this.choose(e));
    if (e === this.chosen) button.setAttribute("aria-current", "true");
    what.append(button);
    row.append(make("td", seconds(e.t, 1000), "r nw"), make("td", laneNames[e.k || "bus"]), what);
    return row;
  }
}
