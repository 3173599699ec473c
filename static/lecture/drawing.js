// What the scenes draw with: a plane in a box, dots and names on it, pictures in frames, boxes of a network, arrows.
import { alpha } from "../lib/canvas.js";
import { apart } from "../lib/geometry.js";
import { clamp } from "../lib/numbers.js";
import { dot, line, outlined } from "../lib/shapes.js";

const TINY = 1e-6; // pixels per 1, of a plane in a box without room: canvases take no length below zero

/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/**
 * A plane in a box, both axes on one scale: at least so far about a centre.
 *
 * @param {Box} box
 * @param {number[]} reach to each side, across and up
 * @param {number[]} centre
 */
export function planeIn(box, reach, centre = [0, 0]) {
  const unit = Math.max(Math.min(box.width / (2 * reach[0]), box.height / (2 * reach[1])), TINY),
    ox = box.left + box.width / 2 - centre[0] * unit,
    oy = box.top + box.height / 2 + centre[1] * unit;
  return {
    box,
    unit,
    at: (code) => [ox + code[0] * unit, oy - code[1] * unit],
    code: ([x, y]) => [(x - ox) / unit, (oy - y) / unit],
  };
}

/** @typedef {ReturnType<typeof planeIn>} Plane */

/** How far a plane reaches in a box so that it covers the box, if it is drawn so far to each side. */
export function covering({ width, height }, far, least = far * 0.62) {
  const reach = Math.max((far * Math.min(width, height)) / Math.max(width, height), least);
  return [reach, reach];
}

/** Draw only inside a box with round corners. */
export function inside(g, { left, top, width, height }, draw, radius = 12) {
  g.save();
  g.beginPath();
  g.roundRect(left, top, width, height, radius);
  g.clip();
  draw();
  g.restore();
}

/** What a plane or a chart lies on. @param {any} g @param {Box} box @param {any} paints */
export function drawGround(g, { left, top, width, height }, paints) {
  g.beginPath();
  g.roundRect(left, top, width, height, 12);
  Object.assign(g, { fillStyle: paints.ground }).fill();
}

/** The dots of some codes x, y, x, y, … in the colours of their classes. */
export function drawDots(g, plane, points, labels, paints, { count = 10, opacity = 0.62, radius = 0 } = {}) {
  const size = radius || clamp(plane.unit / 90, 1.4, 2.6),
    n = points.length / 2,
    [ox, oy] = plane.at([0, 0]),
    { unit } = plane;
  g.globalAlpha = opacity;
  for (let c = 0; c < count; c++) {
    g.beginPath();
    for (let i = 0; i < n; i++) {
      if (labels[i] !== c) continue;
      const x = ox + points[2 * i] * unit,
        y = oy - points[2 * i + 1] * unit;
      g.moveTo(x + size, y);
      g.arc(x, y, size, 0, 7);
    }
    Object.assign(g, { fillStyle: paints.c(c) }).fill();
  }
  g.globalAlpha = 1;
}

/** The names of the classes at their centres, clear of each other. */
export function drawNames(g, plane, centres, names, paints, opacity = 1) {
  if (opacity <= 0) return;
  const size = Math.round(clamp(plane.box.height / 30, 14, 26)),
    places = apart(
      centres.map((centre) => plane.at(centre)),
      size * 1.1,
    );
  g.globalAlpha = opacity;
  Object.assign(g, { font: `800 ${size}px ${paints.font}`, textAlign: "center", textBaseline: "middle" });
  g.lineJoin = "round";
  places.forEach((place, c) => outlined(g, names[c], place, paints.ink, paints.page, 5));
  g.globalAlpha = 1;
}

/** A bubble: an ellipse of k standard deviations. */
export function drawBubble(g, plane, mean, std, paint, { k = 1, fill = 0, wide = 1.5, dash = [], least = 0 } = {}) {
  const [x, y] = plane.at(mean),
    [a, b] = std.map((v) => Math.max(v * k * plane.unit, least));
  g.beginPath();
  g.ellipse(x, y, a, b, 0, 0, 7);
  if (fill) Object.assign(g, { fillStyle: alpha(paint, fill) }).fill();
  if (!wide) return;
  g.setLineDash(dash);
  Object.assign(g, { strokeStyle: paint, lineWidth: wide }).stroke();
  g.setLineDash([]);
}

/** A small picture, large, in a frame. @param {number[]} place its middle */
export function drawPicture(g, canvas, place, side, edge, opacity = 1) {
  if (!(side > 0)) return; // a window so small has no room for it
  const [left, top] = place.map((v) => v - side / 2),
    radius = Math.min(10, side / 10),
    before = g.globalAlpha;
  g.globalAlpha = before * opacity;
  g.save();
  g.beginPath();
  g.roundRect(left, top, side, side, radius);
  Object.assign(g, { fillStyle: "#000" }).fill();
  g.clip();
  g.imageSmoothingEnabled = false;
  g.drawImage(canvas, left, top, side, side);
  g.restore();
  if (edge) {
    g.beginPath();
    g.roundRect(left, top, side, side, radius);
    Object.assign(g, { strokeStyle: edge, lineWidth: side > 60 ? 3 : 2 }).stroke();
  }
  g.globalAlpha = before;
}

/** How large words are on a canvas of this height. */
export const letters = (height) => clamp(height / 46, 13, 19);

/** Words on a canvas. @param {number[]} place */
export function write(g, text, place, paints, { size = 14, colour = paints.ink, weight = 600, align = "center" } = {}) {
  Object.assign(g, { font: `${weight} ${size}px ${paints.font}`, textAlign: align, textBaseline: "middle" });
  g.lineJoin = "round";
  outlined(g, text, place, colour, paints.page, 4);
}

/**
 * A network: wide where the picture is, narrow where the code is.
 *
 * @param {any} g
 * @param {Box} box
 * @param {string} paint
 * @param {{lit: number, narrow: "left" | "right", text: string, paints: any, size: number}} options lit: 0 to 1
 */
export function drawNetwork(g, { left, top, width, height }, paint, { lit, narrow, text, paints, size }) {
  const low = height * 0.3,
    [from, to] = narrow === "right" ? [0, low] : [low, 0];
  g.beginPath();
  g.moveTo(left, top + from);
  g.lineTo(left + width, top + to);
  g.lineTo(left + width, top + height - to);
  g.lineTo(left, top + height - from);
  g.closePath();
  Object.assign(g, { fillStyle: paints.page }).fill();
  Object.assign(g, { fillStyle: alpha(paint, 0.14 + 0.5 * lit) }).fill();
  Object.assign(g, { strokeStyle: alpha(paint, 0.6 + 0.4 * lit), lineWidth: 1.5 }).stroke();
  write(g, text, [left + width / 2, top + height / 2], paints, { size, colour: lit > 0.5 ? paints.ink : paint });
}

/** A straight arrow, or the first part of it. @param g @param {number[]} from @param {number[]} to */
export function drawArrow(g, from, to, paint, { share = 1, wide = 2.5, dash = [], head = 9 } = {}) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]],
    long = Math.hypot(dx, dy) * share;
  if (long < 1) return;
  const turn = Math.atan2(dy, dx),
    size = Math.min(head, long * 0.7),
    end = [from[0] + dx * share, from[1] + dy * share],
    neck = [end[0] - size * 0.8 * Math.cos(turn), end[1] - size * 0.8 * Math.sin(turn)];
  Object.assign(g, { strokeStyle: paint, fillStyle: paint, lineWidth: wide, lineCap: "butt" });
  g.setLineDash(dash);
  line(g, from, neck);
  g.setLineDash([]);
  g.beginPath();
  g.moveTo(end[0], end[1]);
  for (const side of [2.65, -2.65])
    g.lineTo(end[0] + size * Math.cos(turn + side), end[1] + size * Math.sin(turn + side));
  g.fill();
}

/** A dot with an edge of the page's colour, and a ring that spreads from it while ``pulse`` goes from 0 to 1. */
export function drawMark(g, place, paint, paints, { radius = 6, pulse = 1 } = {}) {
  if (pulse > 0 && pulse < 1) dot(g, place, radius + 26 * pulse, alpha(paint, 0.35 * (1 - pulse)));
  dot(g, place, radius, paint, paints.page);
}

/** A place on the straight way from one to another. */
export const mix = (from, to, share) => from.map((v, k) => v + (to[k] - v) * share);
