// What the browser components share: bytes, colours, pictures, and the one epoch that the whole visit looks at.

/** Base64 to Uint8Array. */
export const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** Base64 of little-endian 16-bit half floats to Float32Array (Float16Array is not everywhere yet). */
export function halves(text) {
  const raw = new Uint16Array(bytes(text).buffer), out = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    const h = raw[i], e = (h >> 10) & 31, m = h & 1023, sign = h >> 15 ? -1 : 1;
    out[i] = sign * (e === 0 ? m * 2 ** -24 : e === 31 ? (m ? NaN : Infinity) : (1 + m / 1024) * 2 ** (e - 15));
  }
  return out;
}

/** Base64 of little-endian 32-bit floats to Float32Array. */
export const floats = (text) => new Float32Array(bytes(text).buffer);

/** Base64 PNG to something that drawImage takes. */
export async function picture(png) {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  return image;
}

/** The colour that a CSS variable has at an element, as rgb(), for canvases and charts. */
export function colour(element, name) {
  const probe = document.createElement("span");
  probe.style.cssText = `color: var(${name}); display: none`;
  element.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

export const alpha = (rgb, a) => rgb.replace(/^rgb\(([^)]+)\)$/, `rgba($1, ${a})`);

/** Draw with the screen's own pixels: sizes the canvas to its box, returns its context scaled to CSS pixels. */
export function sharp(canvas) {
  const { width, height } = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
  const w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  return { g, width, height };
}

/** Write 784 bytes (or numbers 0..1 with scale 255) into a 28 x 28 canvas. */
export function paint(canvas, values, offset = 0, scale = 1) {
  if (canvas.width !== 28) canvas.width = canvas.height = 28;
  const g = canvas.getContext("2d"), image = g.createImageData(28, 28);
  for (let i = 0; i < 784; i++) {
    const v = values[offset + i] * scale;
    image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = v;
    image.data[4 * i + 3] = 255;
  }
  g.putImageData(image, 0, 0);
}

/** Make the children of a component once; later calls find them. Returns [root, isNew]. */
export function mount(component, html) {
  const parent = component.parentElement;
  let root = parent.querySelector(":scope > .ll");
  if (root) return [root, false];
  root = document.createElement("div");
  root.className = "ll";
  root.innerHTML = html;
  for (const image of root.querySelectorAll("[role=img]:not([aria-label])")) image.setAttribute("aria-label", "On its way");
  parent.append(root);
  return [root, true];
}

/** A tiny store on the window: one epoch for each run, for the whole visit, kept over reloads and in the address. */
const epochs = (window.latentLabEpochs ??= { listeners: new Set() });

/** sessionStorage, or a mere Map where an iframe may not store anything. */
const kept = {
  get(run) {
    try { return sessionStorage.getItem("latent-lab-epoch-" + run); } catch { return epochs.kept?.get(run) ?? null; }
  },
  set(run, epoch) {
    try { sessionStorage.setItem("latent-lab-epoch-" + run, epoch); } catch { (epochs.kept ??= new Map()).set(run, epoch); }
  },
};

export function epochOf(run) {
  const asked = new URLSearchParams(location.search);
  if (!epochs.seen && asked.has("epoch")) {
    epochs.seen = true; // the address wins when a visit begins; from then on the slider writes it
    if (/^\d+$/.test(asked.get("epoch"))) kept.set(run, asked.get("epoch"));
  }
  const epoch = kept.get(run);
  return epoch === null ? null : Number(epoch);
}

/** Let the address name what is seen, without a new entry in the history: Back leads to the page before. */
export function setAddress(run) {
  const address = new URL(location.href), epoch = epochOf(run);
  address.searchParams.set("run", run);
  if (epoch === null) address.searchParams.delete("epoch");
  else address.searchParams.set("epoch", epoch);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** A wish in the address that only the browser needs, such as bubbles=1: read it, or write it (null takes it away). */
export function wish(name, value) {
  const address = new URL(location.href);
  if (value === undefined) return address.searchParams.get(name);
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  history.replaceState(history.state, "", address);
}

export function setEpoch(run, epoch) {
  epochs.seen = true;
  kept.set(run, epoch);
  setAddress(run);
  for (const listener of epochs.listeners) listener(run, epoch);
}

/** Call f(epoch) now and whenever the epoch of this run changes; the given epochs are the ones there are. */
export function followEpoch(run, known, f) {
  const nearest = (e) => (e === null ? known.at(-1) : known.reduce((a, b) => (Math.abs(b - e) < Math.abs(a - e) ? b : a)));
  const listener = (changed, epoch) => changed === run && f(nearest(epoch));
  epochs.listeners.add(listener);
  f(nearest(epochOf(run)));
  return () => epochs.listeners.delete(listener);
}

/** How far along its path a morph stands, 0 to 1, by run: the player sets it, a map with a walking mark follows. */
const steps = (window.latentLabSteps ??= { at: new Map(), listeners: new Set() });

export function setStep(run, share) {
  steps.at.set(run, share);
  for (const listener of steps.listeners) listener(run, share);
}

export const stepOf = (run) => steps.at.get(run) ?? 0;

/** Call f(share) now and whenever it changes for this run. Returns a function that ends it. */
export function followStep(run, f) {
  const listener = (changed, share) => changed === run && f(share);
  steps.listeners.add(listener);
  f(stepOf(run));
  return () => steps.listeners.delete(listener);
}

/** What stands on a small map, by the map's name: a component of its own sets it, the map follows. */
const marks = (window.latentLabMarks ??= { on: new Map(), listeners: new Set() });

export function setMarks(map, list) {
  marks.on.set(map, list);
  for (const listener of marks.listeners) listener(map, list);
}

/** Call f(list of marks) now and whenever they change. Returns a function that ends it. */
export function followMarks(map, f) {
  const listener = (changed, list) => changed === map && f(list);
  marks.listeners.add(listener);
  f(marks.on.get(map) ?? []);
  return () => marks.listeners.delete(listener);
}

/** Text with **bold** words, as nodes: nothing in it is ever read as HTML. */
export function rich(element, text) {
  element.replaceChildren(...text.split("**").map((part, k) => (k % 2 ? Object.assign(document.createElement("b"), { textContent: part }) : part)));
}

/** Call f at the screen's rate while it returns true. Returns a function that stops it. */
export function animate(f) {
  let id = requestAnimationFrame(function frame(now) {
    id = f(now) === false ? 0 : requestAnimationFrame(frame);
  });
  return () => cancelAnimationFrame(id);
}

/** A canvas of digits with an alternative text; label, colour edge. */
export function strip(label, note, edge) {
  const name = document.createElement("div"), box = document.createElement("div"), canvas = document.createElement("canvas");
  name.className = "label";
  name.textContent = label;
  if (note) name.append(Object.assign(document.createElement("small"), { textContent: note }));
  box.className = "strip";
  if (edge) box.style.setProperty("--edge", `var(--ll-${edge})`);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  box.append(canvas);
  return { name, box, canvas };
}
