// What the browser components share: bytes, colours, pictures, and the one epoch that the whole visit looks at.
import { busy, later } from "./settled.js";

export { bytes, floats, halves, pair, rowsOf, say } from "./numbers.js";

/** Base64 of a PNG or WebP to something that drawImage takes. */
export async function picture(text, kind = "png") {
  const image = new Image(),
    done = busy("a picture");
  image.src = `data:image/${kind};base64,` + text;
  try {
    await image.decode();
  } finally {
    done();
  }
  return image;
}

const unwritten = new Map(); // choices that the address will name when the finger rests

/** What the address says of a name, or null. */
export const fromAddress = (name) => new URLSearchParams(location.search).get(name);

/** Let the address name choices (null: no longer), without a new entry in the history: Back leads to the page before. */
export function inAddress(choices) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(choices)) {
    unwritten.delete(name);
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

let writing = null;
/** The same when the finger rests: writing costs more than drawing, and browsers refuse a hundred in ten seconds. */
export function inAddressSoon(choices) {
  const path = location.pathname;
  for (const [name, value] of Object.entries(choices)) unwritten.set(name, value);
  const before = writing;
  writing = later(
    "the address",
    () => {
      if (location.pathname === path) inAddress(Object.fromEntries(unwritten));
      unwritten.clear();
    },
    250,
    { film: true },
  );
  before?.cancel();
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
  const { width, height } = canvas.getBoundingClientRect(),
    ratio = devicePixelRatio || 1;
  const w = Math.round(width * ratio),
    h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  return { g, width, height };
}

/** Write 784 bytes (or numbers 0..1 with scale 255) into a 28 x 28 canvas. */
export function paint(canvas, values, offset = 0, scale = 1) {
  if (canvas.width !== 28) canvas.width = canvas.height = 28;
  const g = canvas.getContext("2d"),
    image = g.createImageData(28, 28);
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
  for (const image of root.querySelectorAll("[role=img]:not([aria-label])"))
    image.setAttribute("aria-label", "On its way");
  parent.append(root);
  return [root, true];
}

/** A tiny store on the window: one epoch for each run, for the whole visit; a reload finds it in the address. */
const epochs = (window.latentLabEpochs ??= { listeners: new Set() });

// It lasts for the visit and no longer: a page that is opened afresh begins at the newest epoch, or at the link's.
const kept = (epochs.kept ??= new Map());

export function epochOf(run) {
  const asked = fromAddress("epoch");
  if (!epochs.seen && asked !== null) {
    epochs.seen = true; // the address wins when a visit begins; from then on the slider writes it
    if (/^\d{1,9}$/.test(asked)) kept.set(run, Number(asked));
  }
  return kept.get(run) ?? null;
}

/** Let the address name the run and the epoch that are seen. */
export const setAddress = (run) => inAddress({ run, epoch: epochOf(run) });

export function setEpoch(run, epoch) {
  epochs.seen = true;
  kept.set(run, epoch);
  inAddressSoon({ run, epoch });
  for (const listener of epochs.listeners) listener(run, epoch);
}

/** Call f(epoch) now and whenever the epoch of this run changes; the given epochs are the ones there are. */
export function followEpoch(run, known, f) {
  const nearest = (e) =>
    e === null ? known.at(-1) : known.reduce((a, b) => (Math.abs(b - e) < Math.abs(a - e) ? b : a));
  const listener = (changed, epoch) => changed === run && f(nearest(epoch));
  epochs.listeners.add(listener);
  f(nearest(epochOf(run)));
  return () => epochs.listeners.delete(listener);
}

/** What components of a page tell each other, by name. */
const shared = (window.latentLabTold ??= { values: new Map(), listeners: new Set() });

export function tell(name, value) {
  shared.values.set(name, value);
  for (const listener of shared.listeners) listener(name, value);
}

export const told = (name) => shared.values.get(name);

/** Call f now and whenever something of this name is told. Returns a function that ends it. */
export function hear(name, f) {
  const listener = (which, value) => which === name && f(value);
  shared.listeners.add(listener);
  f(told(name));
  return () => shared.listeners.delete(listener);
}

/** How far along its path a morph of a run stands, 0 to 1: the player tells it, a map with a walking mark hears it. */
export const stepOf = (run) => told("step " + run) ?? 0;
export const setStep = (run, share) => tell("step " + run, share);
export const followStep = (run, f) => hear("step " + run, (share) => f(share ?? 0));

/** Text with **bold** words, as nodes: nothing in it is ever read as HTML. */
export function rich(element, text) {
  element.replaceChildren(
    ...text
      .split("**")
      .map((part, k) => (k % 2 ? Object.assign(document.createElement("b"), { textContent: part }) : part)),
  );
}

/** Call f at the screen's rate while it returns true. Returns a function that stops it. */
export function animate(f) {
  let id = requestAnimationFrame(function frame(now) {
    id = f(now) === false ? 0 : requestAnimationFrame(frame);
  });
  return () => cancelAnimationFrame(id);
}

/** A function that lets f run once in the next frame, however often it is called before. */
export function eachFrame(f) {
  let asked = false;
  return () => {
    if (!asked) requestAnimationFrame(() => ((asked = false), f()));
    asked = true;
  };
}

/** A canvas of digits with an alternative text; label, colour edge. */
export function strip(label, note, edge) {
  const name = document.createElement("div"),
    box = document.createElement("div"),
    canvas = document.createElement("canvas");
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
