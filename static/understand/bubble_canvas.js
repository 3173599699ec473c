// The canvas of /bubbles: ellipses, what pushes and pulls at them as arrows in motion, and where the rolls land.
import { alpha } from "../lib/canvas.js";
import { line, outlined } from "../lib/shapes.js";
import { ellipseOf } from "./glide.js";

const ARROWS = 2; // pictures of each class that get arrows, besides those that are picked: more cannot be read
const RIM = 9; // pixels from the rim at which a bubble farther out is marked
const ROOM = 9; // pixels of half an axis from which a bubble has room for its name
const DASH = [10, 8];
const ASIDE = 20; // pixels beside a picked bubble that is small, where its name stands

/**
 * @typedef {{bubbles: import("./glide.js").Bubble[], labels: ArrayLike<number>, names: string[], rank: number[],
 *   pair: number[] | null, touching: Set<number>}} Shown
 */

/**
 * What rests while nothing glides: the bubbles. Returns how many of them are marked at the rim.
 *
 * @param {import("../lib/plane.js").Plane} plane
 * @param {Shown} scene
 * @param {boolean} rim whether those farther out are marked there
 */
export function drawBubbles(plane, { bubbles, labels, names, pair, touching }, rim) {
  const { paints } = plane,
    outside = bubbles.filter(({ mean }) => rim && !within(plane, mean));
  for (const k of [1, 2]) plane.ring([0, 0], [1, 1], paints.z, { k, dash: [5, 4], wide: 1.75 });
  bubbles.forEach((bubble, i) => {
    if (!pair?.includes(i)) drawBubble(plane, bubble, paints.c(labels[i]), { dashed: touching.has(i) });
  });
  for (const i of pair ?? []) drawBubble(plane, bubbles[i], paints.c(labels[i]), { wide: 3.5, fill: 0.4 });
  bubbles.forEach((bubble, i) => {
    if (!pair?.includes(i)) drawName(plane, bubble, names[labels[i]]);
    if (outside.includes(bubble)) drawAtRim(plane, bubble.mean, paints.c(labels[i]));
  });
  return outside.length;
}

/**
 * What moves: the forces, and the ring at a place.
 *
 * @param {import("../lib/plane.js").Plane} plane with the context of the canvas above the bubbles
 * @param {Shown} scene
 * @param {number} now seconds, by which the arrows run
 * @param {number[]} place
 */
export function drawMotion(plane, { bubbles, labels, names, rank, pair }, now, place) {
  bubbles.forEach((bubble, i) => {
    if (rank[i] < ARROWS && !pair?.includes(i)) drawForces(plane, bubble, now, 1.75);
  });
  for (const i of pair ?? []) drawForces(plane, bubbles[i], now, 3);
  if (Number.isFinite(place[0])) plane.handle(place);
  if (pair) namePicked(plane, pair, bubbles, (i) => names[labels[i]]);
}

/** The names of the two that are picked: the left one's on the left. */
function namePicked(plane, pair, bubbles, nameOf) {
  const [left, right] = [...pair].sort((i, j) => bubbles[i].mean[0] - bubbles[j].mean[0]);
  for (const [i, side] of [
    [left, -1],
    [right, 1],
  ]) {
    const [x, y] = plane.at(bubbles[i].mean),
      half = 2 * ellipseOf(bubbles[i].root).axes[1] * plane.unit;
    write(plane, nameOf(i), half < 2 * ASIDE ? [x + side * ASIDE, y - 6] : [x, y], 17, 4);
  }
}

function write({ g, paints }, text, place, size, edge) {
  Object.assign(g, { font: `700 ${size}px sans-serif`, textAlign: "center", textBaseline: "middle" });
  outlined(g, text, place, paints.ink, paints.page, edge);
}

/** @param {import("../lib/plane.js").Plane} plane @param {number[]} place */
function within({ window: [across, up] }, [x, y]) {
  const [[x0, x1], [y0, y1]] = [across, up];
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

function drawBubble(plane, { mean, root }, paint, { wide = 1.5, fill = 0.2, dashed = false } = {}) {
  const { axes, angle } = ellipseOf(root);
  plane.ring(mean, axes, paint, { k: 2, angle, wide, fill, least: 2.5, dash: dashed ? [4, 3] : [] });
}

/** The name of a class in its bubble, where there is room. */
function drawName(plane, { mean, root }, name) {
  if (2 * ellipseOf(root).axes[1] * plane.unit >= ROOM) write(plane, name, plane.at(mean), 11, 2.5);
}

function drawForces(plane, { mean, push, pull }, now, wide) {
  drawForce(plane, mean, push, plane.paints.decoder, now, wide);
  drawForce(plane, mean, pull, plane.paints.mean, now, wide);
}

/** The length of a force's arrow in pixels: eight times the force, twice the length. */
export const lengthOf = (force, side) => Math.cbrt(Math.hypot(...force)) * side * 0.028;

/** An arrow whose shaft runs along, the faster the stronger. */
function drawForce(plane, from, force, paint, now, wide) {
  const size = Math.hypot(...force),
    long = lengthOf(force, Math.min(plane.width, plane.height));
  if (long < 3) return;
  const { g } = plane,
    [x, y] = plane.at(from),
    [ux, uy] = [force[0] / size, -force[1] / size],
    head = Math.min(9, long * 0.55),
    neck = long - head * 0.8;
  const at = (far) => [x + ux * far, y + uy * far];
  Object.assign(g, { strokeStyle: alpha(paint, 0.4), lineWidth: wide, fillStyle: paint });
  line(g, at(0), at(neck));
  g.setLineDash(DASH);
  Object.assign(g, { strokeStyle: paint, lineDashOffset: -now * (14 + long * 0.5) });
  line(g, at(0), at(neck));
  g.setLineDash([]);
  g.lineDashOffset = 0;
  const tip = at(long),
    [nx, ny] = [-uy * head * 0.5, ux * head * 0.5],
    back = at(long - head);
  g.beginPath();
  g.moveTo(tip[0], tip[1]);
  g.lineTo(back[0] + nx, back[1] + ny);
  g.lineTo(back[0] - nx, back[1] - ny);
  g.fill();
}

/** A mark at the rim: there, and farther out. */
function drawAtRim(plane, mean, paint) {
  const { g, width, height } = plane,
    [x, y] = plane.at(mean),
    [cx, cy] = [width / 2, height / 2],
    [dx, dy] = [x - cx, y - cy],
    share = Math.min((cx - RIM) / Math.abs(dx), (cy - RIM) / Math.abs(dy)),
    turn = Math.atan2(dy, dx);
  g.save();
  g.translate(cx + dx * share, cy + dy * share);
  g.rotate(turn);
  g.beginPath();
  g.moveTo(6, 0);
  g.lineTo(-4, 4.5);
  g.lineTo(-4, -4.5);
  Object.assign(g, { fillStyle: paint }).fill();
  g.restore();
}
