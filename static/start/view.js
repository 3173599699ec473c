// Where the plane lies in the window: its scale, its tiles, the order in which they are drawn. No page is needed.

import { inTurn } from "../lib/tiles.js";

const LEAST = 38; // pixels from one tile to the next, at least
const EDGE = 4; // pixels from the farthest dot to the edge of the window, at least

/** @typedef {{left: number, top: number, width: number, height: number}} Box in pixels of the scene */
/**
 * A square of tiles, the code in its middle, and whether it is the last of its size.
 *
 * @typedef {{i: number, j: number, wide: number, code: number[], last?: boolean}} Job
 */
/**
 * @typedef {object} View
 * @property {number} width
 * @property {number} height
 * @property {Box} free the part of the scene that nothing stands on
 * @property {number} unit pixels per 1
 * @property {number[]} origin where the code (0, 0) stands
 * @property {(code: ArrayLike<number>) => number[]} at from a code to its place
 * @property {(x: number, y: number) => number[]} code and back
 * @property {Tiles} tiles
 */
/**
 * Tile (i, j) covers the codes [i, i + 1] x [j, j + 1] in units of the pitch. The first row is the top one.
 *
 * @typedef {{pitch: number, left: number, top: number, columns: number, rows: number}} Tiles pitch: in tenths
 */

/**
 * The plane fills the window, both axes on one scale, so that ``reach`` fits into the part that nothing stands on, and
 * all that is no farther than ``farthest`` into the window.
 *
 * @param {{width: number, height: number}} size
 * @param {Box} free
 * @param {number[][]} reach [[x0, x1], [y0, y1]]
 * @param {number[]} farthest from the code (0, 0) to the left or right, and up or down
 * @returns {View}
 */
export function viewOf({ width, height }, free, [[x0, x1], [y0, y1]], farthest = [0, 0]) {
  const middle = [free.left + free.width / 2, free.top + free.height / 2],
    room = [Math.min(middle[0], width - middle[0]), Math.min(middle[1], height - middle[1])],
    shift = [Math.abs(x0 + x1) / 2, Math.abs(y0 + y1) / 2]; // of the code (0, 0) from there
  const all = farthest.map((far, k) => (far ? (room[k] - EDGE) / (far + shift[k]) : Infinity)),
    unit = Math.max(Math.min(free.width / (x1 - x0), free.height / (y1 - y0), ...all), 20),
    ox = middle[0] - ((x0 + x1) / 2) * unit,
    oy = middle[1] + ((y0 + y1) / 2) * unit;
  const pitch = Math.min(Math.ceil((LEAST / unit) * 10 - 1e-9), 10),
    side = (pitch / 10) * unit;
  const left = Math.floor(-ox / side),
    top = Math.ceil(oy / side) - 1;
  return {
    width,
    height,
    free,
    unit,
    origin: [ox, oy],
    at: (code) => [ox + code[0] * unit, oy - code[1] * unit],
    code: (x, y) => [(x - ox) / unit, (oy - y) / unit],
    tiles: {
      pitch,
      left,
      top,
      columns: Math.ceil((width - ox) / side) - left,
      rows: top - Math.floor((oy - height) / side) + 1,
    },
  };
}

/** Where the tiles lie, in pixels of the scene. @param {View} view @returns {Box} */
export function boxOf({ tiles: { pitch, left, top, columns, rows }, unit, origin }) {
  const side = (pitch / 10) * unit;
  return {
    left: origin[0] + left * side,
    top: origin[1] - (top + 1) * side,
    width: columns * side,
    height: rows * side,
  };
}

/**
 * What to decode, in turn: from the middle of the plane outwards, and first in large squares (``inTurn``).
 *
 * @param {Tiles} tiles
 * @returns {Job[]}
 */
export function jobsOf(tiles) {
  const jobs = inTurn(tiles, { from: [-tiles.left, tiles.top + 1] });
  return jobs.map((job) => ({ ...job, code: codeOf(tiles, job.i + job.wide / 2, job.j + job.wide / 2) }));
}

/** The code at a place that is counted in tiles from the left and the top. */
const codeOf = ({ pitch, left, top }, across, down) => [
  ((left + across) * pitch) / 10,
  ((top + 1 - down) * pitch) / 10,
];

/** The tile under a code, counted from the left and the top, and the code in its middle; null outside. */
export function tileAt(tiles, [x, y]) {
  const i = Math.floor((x * 10) / tiles.pitch) - tiles.left,
    j = tiles.top - Math.floor((y * 10) / tiles.pitch);
  if (i < 0 || j < 0 || i >= tiles.columns || j >= tiles.rows) return null;
  return { i, j, code: codeOf(tiles, i + 0.5, j + 0.5) };
}

/**
 * Where a picture stands that the pointer carries: beside a mouse, above a finger, always whole in the window.
 *
 * @param {number[]} place the pointer
 * @param {{width: number, height: number}} picture
 * @param {{width: number, height: number}} window
 * @param {boolean} finger
 * @returns {number[]} its left upper corner
 */
export function carried([x, y], picture, window, finger) {
  const gap = finger ? 34 : 20,
    fit = (v, size, room) => Math.max(8, Math.min(v, room - size - 8));
  const above = y - gap - picture.height;
  if (finger && above >= 8) return [fit(x - picture.width / 2, picture.width, window.width), above];
  const right = x + gap + picture.width + 8 <= window.width,
    beside = right ? x + gap : Math.max(8, x - gap - picture.width);
  return [beside, fit(above + picture.height * (finger ? 0.5 : 0.25), picture.height, window.height)];
}

/** A line from a to d that leaves towards b and arrives from c, at a share of its way. */
export function bezier([a, b, c, d], t) {
  const s = 1 - t;
  return [0, 1].map((k) => s * s * s * a[k] + 3 * s * s * t * b[k] + 3 * s * t * t * c[k] + t * t * t * d[k]);
}
