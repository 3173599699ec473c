// What the scenes have in common: the digit, the test pictures, the decoder once it has come, the film of the training.
import { busy } from "../lib/busy.js";
import { colour, inked, paint } from "../lib/canvas.js";
import { bytes, floats, halves, halvesOf } from "../lib/codec.js";
import { decoder, unpacked } from "../lib/decoder.js";
import { palette } from "../lib/plane.js";
import { sliced } from "../lib/slices.js";
import { inTurn } from "../lib/tiles.js";

import { drawDots, drawGround, drawNames, inside } from "./drawing.js";

/** @typedef {import("../lib/payloads").LectureData} Data */
/**
 * A piece of the plane in tiles; x, y: its upper left corner.
 *
 * @typedef {{x: number, y: number, pitch: number, columns: number, rows: number}} Window
 */

export const REACH = 3; // how far the plane is drawn to each side
const TILES = 24; // from one side to the other
const WHITE = [255, 255, 255];

/** A canvas with one picture. */
export function pictured(values, size, offset = 0, scale = 1) {
  const canvas = document.createElement("canvas");
  paint(canvas, values, size, offset, scale);
  return canvas;
}

export class World {
  /** @type {ReturnType<typeof decoder> | null} */ decode = null;
  /** @type {{kept: number[], epochs: number[], sheets: HTMLCanvasElement[], dots: Float32Array[]} | null} */ film =
    null;
  /** @type {Mosaic | null} what the decoder draws all over the plane */ mosaic = null;
  /** @type {any} colours and the font */ paints = null;
  ended = false;
  /** @type {Set<Mosaic>} those that are being made */ mosaics = new Set();

  /** @param {Data} data @param {() => void} changed */
  constructor(data, changed) {
    this.data = data;
    this.changed = changed;
    this.size = data.size;
    this.labels = bytes(data.labels);
    this.means = halves(data.means);
    this.logvars = halves(data.logvars);
    this.rolls = floats(data.rolls);
    this.digit = { ...data.digit, canvas: pictured(bytes(data.digit.image), data.size) };
    this.other = { ...data.other, canvas: pictured(bytes(data.other.image), data.size) };
    this.one = document.createElement("canvas"); // what was decoded last
  }

  /** The colours of the page as they are now. Returns whether they have changed. */
  look(root) {
    const found = palette(root);
    if (this.paints?.ink === found.ink) return false;
    this.paints = { ...found, rare: colour(root, "--ll-rare"), font: getComputedStyle(root).fontFamily };
    return true;
  }

  async learn({ head, parts }) {
    const source = await unpacked(head, parts[0]);
    if (this.ended) return;
    this.decode = decoder(source);
    this.mosaic = new Mosaic(this, { x: -REACH, y: REACH, pitch: (2 * REACH) / TILES, columns: TILES, rows: TILES });
    this.changed();
  }

  async load({ head, parts }) {
    const done = busy("the film of the training");
    try {
      const sheets = [];
      for (const part of parts.slice(0, head.kept.length - 1))
        if (!this.ended) sheets.push(masked(await createImageBitmap(new Blob([part], { type: "image/webp" }))));
      if (this.ended) return;
      const dots = parts.slice(sheets.length).map((part) => halvesOf(new Uint16Array(part.buffer)));
      this.film = { kept: head.kept, epochs: head.epochs, sheets, dots };
      this.changed();
    } finally {
      done();
    }
  }

  /** The page is left: what is still to come is not made any more. */
  end() {
    this.ended = true;
    for (const mosaic of this.mosaics) mosaic.end();
  }

  /** What the decoder draws at a code, on a canvas that the next call paints anew; null before it has come. */
  draw(z) {
    if (!this.decode) return null;
    paint(this.one, this.decode(z), this.size, 0, 255);
    return this.one;
  }
}

/** A sheet of white on black as white on nothing. */
function masked(bitmap) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  const g = canvas.getContext("2d", { willReadFrequently: true });
  g.drawImage(bitmap, 0, 0);
  const image = g.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < image.data.length; i += 4) {
    image.data[i + 3] = image.data[i];
    image.data[i] = image.data[i + 1] = image.data[i + 2] = 255;
  }
  g.putImageData(image, 0, 0);
  return canvas;
}

/** A window of the plane as tiles, each what the decoder draws in its middle; made a few milliseconds at a time. */
export class Mosaic {
  /** @param {World} world @param {Window} window */
  constructor(world, window) {
    const { columns, rows, pitch, x, y } = window,
      { width, height } = world.size,
      one = new ImageData(width, height);
    this.window = window;
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [columns * width, rows * height];
    const g = this.canvas.getContext("2d");
    const work = ({ i, j }) => {
      inked(one, world.decode([x + (i + 0.5) * pitch, y - (j + 0.5) * pitch]), WHITE, 255);
      g.putImageData(one, i * width, j * height);
    };
    const over = busy("a mosaic");
    const done = () => {
      this.whole = true;
      world.mosaics.delete(this);
      over();
      world.changed();
    };
    const end = sliced(inTurn(window, { coarse: false }), work, { done });
    this.end = () => (end(), over());
    if (!this.whole) world.mosaics.add(this);
  }

  whole = false;
}

/** White on nothing in the ink of the page, on a plane. Kept until the ink changes. */
const inks = new WeakMap();
function tinted(mask, ink, fresh) {
  let kept = inks.get(mask);
  if (!kept || kept.ink !== ink || fresh || kept.fresh) {
    const canvas = kept?.canvas ?? document.createElement("canvas");
    [canvas.width, canvas.height] = [mask.width, mask.height];
    const g = canvas.getContext("2d");
    g.drawImage(mask, 0, 0);
    Object.assign(g, { globalCompositeOperation: "source-in", fillStyle: ink });
    g.fillRect(0, 0, canvas.width, canvas.height);
    inks.set(mask, (kept = { ink, canvas, fresh }));
  }
  return kept.canvas;
}

/**
 * Draw a mask of white on nothing over a window of a plane.
 *
 * @param {any} g
 * @param {import("./drawing.js").Plane} plane
 * @param {HTMLCanvasElement} mask
 * @param {{x: number, y: number, wide: number, high: number}} where in codes
 * @param {any} paints
 * @param {number} opacity
 * @param {boolean} [fresh] it is still being made
 */
export function drawMask(g, plane, mask, { x, y, wide, high }, paints, opacity, fresh = false) {
  if (opacity <= 0.003) return;
  const [left, top] = plane.at([x, y]),
    tile = (wide * plane.unit) / (mask.width / 28);
  g.globalAlpha = opacity;
  g.imageSmoothingEnabled = tile < 40; // of larger ones every pixel can be seen
  g.drawImage(tinted(mask, paints.ink, fresh), left, top, wide * plane.unit, high * plane.unit);
  g.globalAlpha = 1;
}

/**
 * The map of the VAE: what its decoder draws, the dots of the test pictures, and the names of the classes.
 *
 * @param {any} g
 * @param {import("./drawing.js").Plane} plane
 * @param {World} world
 * @param {{drawn: number, dots: number, names: number}} strength of each, 0 to 1
 */
export function drawMap(g, plane, world, { drawn, dots, names }) {
  const { paints, data } = world;
  drawGround(g, plane.box, paints);
  inside(g, plane.box, () => {
    drawWhole(g, plane, world, drawn);
    drawDots(g, plane, world.means, world.labels, paints, { opacity: dots });
    drawNames(g, plane, data.centres, data.names, paints, names);
  });
}

/** The whole plane as the trained decoder draws it. */
export function drawWhole(g, plane, world, opacity) {
  const { mosaic, paints } = world;
  const where = { x: -REACH, y: REACH, wide: 2 * REACH, high: 2 * REACH };
  if (mosaic) drawMask(g, plane, mosaic.canvas, where, paints, opacity, !mosaic.whole);
}
