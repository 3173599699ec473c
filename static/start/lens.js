// A picture's bubble is small on the map of everything: a lens shows it enlarged, with the rolls so far.
import { alpha } from "../lib/canvas.js";
import { dot, line, outlined, ring } from "../lib/shapes.js";

const CAPTION = "bubble, enlarged";
const HALF_CAPTION = 46; // half its width in pixels
const SIZES = [1, 0.85, 0.7, 0.6]; // shares of the largest lens, tried until one hides no name

/** A function that says where the lens stands, found once for a picture and a size of the map. */
export function lensPlaces() {
  let found = /** @type {any} */ ({ key: "" });
  return (backdrop, own, width, height) => {
    const key = [width, height, own].join(),
      largest = Math.min(width * 0.13, height * 0.26, 72);
    for (const share of found.key === key ? [] : SIZES) {
      const radius = largest * share;
      found = { key, radius, ...emptiest({ ...backdrop, own, width, height, room: radius + 6 }) };
      if (!found.hidden) break; // else a smaller one
    }
    return found;
  };
}

/**
 * Of a grid of places the one at which a lens and its caption hide the fewest names, and then the fewest dots, but not
 * the picture's own place. The caption stands under it, or over it at the lower edge.
 */
function emptiest({ dots, names, own, width, height, room }) {
  let best = null,
    least = Infinity;
  const side = Math.max(room, HALF_CAPTION);
  for (let j = 0; j <= 16; j++)
    for (let i = 0; i <= 32; i++) {
      const x = side + ((width - 2 * side) * i) / 32,
        y = room + ((height - 2 * room) * j) / 16;
      const caption = y + room + 18 < height ? y + room + 6 : y - room - 6;
      const hides = ([px, py], edge) =>
        Math.hypot(px - x, py - y) < room + edge ||
        (Math.abs(px - x) < HALF_CAPTION + edge && Math.abs(py - caption) < 8 + edge);
      const hidden = names.filter((place) => hides(place, 9)).length;
      let cost = 1e4 * hidden + (Math.hypot(own[0] - x, own[1] - y) < room + 14 ? 1e6 : 0);
      for (let k = 0; k < dots.length && cost < least; k++) cost += hides(dots[k], 0) ? 1 : 0;
      if (cost < least) [best, least] = [{ centre: [x, y], caption, hidden }, cost];
    }
  return best;
}

/** The lens at its place, with a line to where the bubble is. */
export function drawLens(g, { centre, caption, radius }, own, sample, paints) {
  const { std } = sample.example,
    scale = radius / (2.7 * Math.max(...std));
  const at = (noise) => [centre[0] + noise[0] * std[0] * scale, centre[1] - noise[1] * std[1] * scale];
  const length = Math.hypot(centre[0] - own[0], centre[1] - own[1]),
    edge = centre.map((v, k) => v - ((v - own[k]) / length) * radius);
  Object.assign(g, { strokeStyle: paints.quiet, lineWidth: 1 });
  line(g, own, edge);
  g.save();
  dot(g, centre, radius, paints.page);
  g.stroke();
  g.clip();
  contour(g, centre, std, scale, { fillStyle: alpha(paints.mean, 0.16), strokeStyle: paints.mean, lineWidth: 2 });
  contour(g, centre, std, 2 * scale, { fillStyle: "transparent", strokeStyle: alpha(paints.mean, 0.45), lineWidth: 1 });
  for (const noise of sample.rolls.slice(0, -1)) dot(g, at(noise), 2.2, alpha(paints.z, 0.65));
  dot(g, centre, 4, paints.mean, paints.page);
  ring(g, at(sample.noiseAt(sample.z)), 6, paints.z, paints.page);
  g.restore();
  Object.assign(g, { font: "12px sans-serif", textAlign: "center" });
  outlined(g, CAPTION, [centre[0], caption], paints.quiet, paints.ground);
}

/** An ellipse about the mean. @param g @param {number[]} mean */
function contour(g, [x, y], std, scale, style) {
  g.beginPath();
  g.ellipse(x, y, std[0] * scale, std[1] * scale, 0, 0, 7);
  Object.assign(g, style).fill();
  g.stroke();
}
