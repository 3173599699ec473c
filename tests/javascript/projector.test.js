// The film of the start page as it comes: from a slow server twice, or for a window that has gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./page.js";

/** As much of an element as a film needs. */
const made = () => ({
  ...{ style: { removeProperty() {}, setProperty() {} }, dataset: {}, classList: { add() {}, remove() {} } },
  ...{ setAttribute() {}, textContent: "", hidden: false, there: true },
  remove() {
    this.there = false;
  },
  getContext: () => ({
    ...{ drawImage() {}, putImageData() {}, fillRect() {}, createRadialGradient: () => ({ addColorStop() {} }) },
    getImageData: (_x, _y, width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
  }),
});

const bitmaps = /** @type {{closed: boolean}[]} */ ([]);
Object.assign(globalThis, {
  document: { createElement: made },
  matchMedia: () => ({ matches: false }),
  createImageBitmap: async () => {
    const bitmap = { width: 2, height: 2, closed: false, close: () => (bitmap.closed = true) };
    bitmaps.push(bitmap);
    return bitmap;
  },
});
const { Projector } = await import("../../static/start/projector.js");
const { publish } = await import("../../static/lib/bus.js");

/** A projector, and what lies on its plane. */
function built(window) {
  const parts = new Map(),
    plane = { ...made(), sheets: /** @type {any[]} */ ([]), prepend: (...more) => plane.sheets.push(...more) };
  const root = {
    ...made(),
    querySelector: (name) => (name === ".plane" ? plane : (parts.get(name) ?? parts.set(name, made()).get(name))),
  };
  const place = { tiles: window, origin: [0, 0], free: {} },
    scene = { wake() {}, ink: () => [1, 2, 3], opacity: 1, view: () => place };
  const projector = new Projector(/** @type {any} */ (root), /** @type {any} */ (scene));
  projector.hear();
  return { projector, seen: () => plane.sheets.filter(({ there }) => there).length, place };
}

/** What Python sends: three epochs, of which the last is the mosaic itself. */
const message = (window) => ({
  head: { epochs: [0, 1, 2], window: Object.values(window), side: 1, centres: [] },
  parts: [new Uint8Array(1), new Uint8Array(1), new Uint8Array(4)],
});

test("a film that comes twice is made once, and the one that is seen stays whole", async () => {
  const window = { x: 0, y: 0, columns: 2, rows: 2 },
    { projector, seen } = built(window);
  publish("scene sheets", message(window));
  publish("scene sheets", message(window)); // while it is being made
  await settled();
  publish("scene sheets", message(window)); // and while it plays
  await settled();
  assert.equal(seen(), 2);
  assert.equal(bitmaps.length, 2);
  assert.ok(bitmaps.every(({ closed }) => !closed));
  projector.end();
});

test("a film of another window takes the old one's place once it is whole, and one of a page that is left is dropped", async () => {
  publish("scene sheets", null);
  bitmaps.length = 0;
  const [one, other] = [3, 4].map((columns) => ({ x: 0, y: 0, columns, rows: 2 })),
    { projector, seen, place } = built(one);
  publish("scene sheets", message(one));
  await settled();
  place.tiles = other;
  publish("scene sheets", message(other));
  assert.equal(seen(), 2); // still the first
  await settled();
  assert.equal(seen(), 2);
  assert.deepEqual(
    bitmaps.map(({ closed }) => closed),
    [true, true, false, false],
  );
  place.tiles = one;
  publish("scene sheets", message(one));
  projector.end();
  await settled();
  assert.ok(bitmaps.slice(4).every(({ closed }) => closed));
});
