// The trace that the reader opens: only those parts of it are read that a window needs.
const openTraces = new Map(); // files by name of the trace
const readChunks = new Map(); // frames by trace and chunk, the latest last
const maxRead = 8 << 20, maxKept = 64;

// openFiles takes files for the traces that they are, and says what became of them.
async function openFiles(files) {
  const index = await traceIndex(), said = [];
  for (const f of files) {
    const same = index.files.filter((x) => x.size === f.size);
    const entry = same.find((x) => x.name === f.name) || same[0];
    if (entry) {
      openTraces.set(entry.name, f);
      said.push(f.name + ": open, " + entry.frames + " frames.");
    } else {
      said.push("✗ " + f.name + " is not a trace that this report was made from: it has " + f.size + " bytes, and not " + index.files.map((x) => x.size).join(" or ") + ".");
    }
  }
  return said.join(" ");
}

// tracedBetween returns the frames of the open traces between two times of the run's clock, or why they cannot be shown; null if
// no trace is open.
async function tracedBetween(from, to) {
  if (openTraces.size === 0) return null;
  const index = await traceIndex(), frames = [];
  for (const entry of index.files) {
    const file = openTraces.get(entry.name);
    if (!file) continue;
    const chunks = [];
    let bytes = 0;
    entry.offset.forEach(function (offset, i) {
      if (entry.count[i] > 0 && entry.from[i] <= to && entry.to[i] >= from) {
        chunks.push(i);
        bytes += endOf(entry, i) - offset;
      }
    });
    if (bytes > maxRead) return { why: "Zoom in to see each frame of the trace." };
    for (const i of chunks) {
      const chunk = await readChunk(index, entry, file, i);
      if (chunk.why) return chunk;
      chunk.frames.forEach(function (f, k) {
        if (f.t >= from && f.t <= to) frames.push(Object.assign({ key: entry.name + "/" + i + "/" + k }, f));
      });
    }
  }
  return { frames: frames.sort((a, b) => a.t - b.t) };
}

function endOf(entry, i) { return i + 1 < entry.offset.length ? entry.offset[i + 1] : entry.end; }

async function readChunk(index, entry, file, i) {
  const key = entry.name + "/" + i;
  if (readChunks.has(key)) return readChunks.get(key);
  let chunk;
  try {
    const buffer = await file.slice(entry.offset[i], endOf(entry, i)).arrayBuffer();
    chunk = (await isSame(buffer, entry, i)) ? { frames: parse(buffer, index, entry, entry.offset[i]) } :
      { why: "✗ This part of " + entry.name + " is not as it was when the report was made: its SHA-256 differs. Its frames are not shown." };
  } catch (e) {
    chunk = { why: "✗ " + entry.name + " cannot be read here: " + e.message };
  }
  readChunks.set(key, chunk);
  if (readChunks.size > maxKept) readChunks.delete(readChunks.keys().next().value);
  return chunk;
}

// isSame compares a chunk with its digest. Browsers offer no digest to pages from an address without TLS.
async function isSame(buffer, entry, i) {
  if (!window.crypto || !crypto.subtle) throw new Error("this browser checks digests only in pages from a file or over https");
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer)), want = atob(entry.digests);
  for (let k = 0; k < 16; k++) if (sum[k] !== want.charCodeAt(16 * i + k)) return false;
  return true;
}

// parse reads the frames in whole blocks of a trace in pcapng.
function parse(buffer, index, entry, offset) {
  const view = new DataView(buffer), started = BigInt(index.started), frames = [];
  let section = entry.sections.findLast((s) => s.offset <= offset);
  for (let at = 0; at + 12 <= buffer.byteLength;) {
    const next = entry.sections.find((s) => s.offset === offset + at);
    if (next) section = next;
    const little = !section.big, size = view.getUint32(at + 4, little);
    if (size < 12) break;
    if (view.getUint32(at, little) === 6) {
      const bus = section.buses[view.getUint32(at + 8, little)];
      if (bus && bus.can) frames.push(frameAt(view, at, little, bus, started));
    }
    at += size;
  }
  return frames;
}

function frameAt(view, at, little, bus, started) {
  const second = 1000000000n;
  const stamp = (BigInt(view.getUint32(at + 12, little)) << 32n) | BigInt(view.getUint32(at + 16, little));
  const t = Number((stamp * second) / BigInt(bus.per) + BigInt(bus.plus) * second - started);
  const captured = view.getUint32(at + 20, little), id = view.getUint32(at + 28), length = view.getUint8(at + 32), fd = view.getUint8(at + 33);
  const extended = id >>> 31, isFD = (fd & 4) !== 0 || captured === 72, remote = (id >>> 30) & 1, error = (id >>> 29) & 1;
  let kind = isOwn(view, at, little, captured) ? "o" : "";
  if (extended) kind += "x";
  if (isFD) kind += "f" + (fd & 1 ? "b" : "") + (fd & 2 ? "i" : "");
  if (error) kind += "e";
  if (remote) kind += "r" + length;
  let data = "";
  for (let k = 0; !remote && k < length && 8 + k < captured; k++) data += hex(view.getUint8(at + 36 + k)).toLowerCase();
  const number = id & (extended || error ? 0x1fffffff : 0x7ff);
  return { t: t, bus: bus.name, id: number.toString(16).toUpperCase().padStart(extended ? 8 : 3, "0"), kind: kind, data: data };
}

// isOwn looks for the direction among a packet's options.
function isOwn(view, at, little, captured) {
  const end = at + view.getUint32(at + 4, little) - 4;
  for (let o = at + 28 + Math.ceil(captured / 4) * 4; o + 4 <= end;) {
    const code = view.getUint16(o, little), size = view.getUint16(o + 2, little);
    if (code === 0) break;
    if (code === 2 && size === 4 && o + 8 <= end) return (view.getUint32(o + 4, little) & 3) === 2;
    o += 4 + Math.ceil(size / 4) * 4;
  }
  return false;
}

function offerTrace(changed) {
  const drop = byId("drop"), input = byId("file"), state = byId("f-state");
  if (!drop) return;
  async function take(files) {
    if (files.length === 0) return;
    state.textContent = await openFiles(files);
    readChunks.clear();
    changed();
  }
  input.addEventListener("change", function () { take(Array.from(input.files)); });
  document.addEventListener("dragover", function (e) { e.preventDefault(); });
  document.addEventListener("drop", function (e) {
    e.preventDefault();
    take(Array.from(e.dataTransfer.files));
  });
  drop.hidden = false;
}
