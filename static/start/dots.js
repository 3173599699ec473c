// The test pictures' dots and the names of the classes, over the mosaic and quieter than it.
import { sharp } from "../lib/canvas.js";
import { apart } from "../lib/geometry.js";
import { clamp } from "../lib/numbers.js";
import { outlined } from "../lib/shapes.js";

/**
 * Draw the dots of an epoch, or of a moment between two. Returns where the names stand.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("./view.js").View} view
 * @param {any} paints colours, see lib/plane.js
 * @param {{points: ArrayLike<number>, labels: Uint8Array, centres: number[][], names: string[], named: number}} dots
 *   named: how much of the names is seen, 0 to 1
 */
export function drawDots(canvas, view, paints, { points, labels, centres, names, named }) {
  const { g } = sharp(canvas),
    [left, top] = view.origin,
    radius = clamp(view.unit / 90, 1.3, 2.4),
    size = Math.round(clamp(view.unit / 8, 15, 26));
  g.globalAlpha = 0.62;
  for (let c = 0; c < names.length; c++) {
    g.beginPath();
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== c) continue;
      const x = left + points[2 * i] * view.unit, // as view.at, without a list for each of thousands of dots
        y = top - points[2 * i + 1] * view.unit;
      g.moveTo(x + radius, y);
      g.arc(x, y, radius, 0, 7);
    }
    Object.assign(g, { fillStyle: paints.c(c) }).fill();
  }
  // A little above the middle of its class, where a typical picture has its mean, and then z its ring.
  const above = centres.map((centre) => view.at(centre)).map(([x, y]) => [x, y - size]),
    places = apart(above, size * 1.1);
  g.globalAlpha = named;
  Object.assign(g, { font: `800 ${size}px ${paints.font}`, textAlign: "center", textBaseline: "middle" });
  g.lineJoin = "round";
  if (named) places.forEach((place, c) => outlined(g, names[c], place, paints.ink, paints.page, 5));
  g.globalAlpha = 1;
  return places;
}
