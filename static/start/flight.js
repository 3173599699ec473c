// What moves over the plane: a picture on its way in, its bubble, the noise, z, and the way out to the decoder.
import { alpha, sharp } from "../lib/canvas.js";
import { eased } from "../lib/numbers.js";
import { dot, line, outlined, ring } from "../lib/shapes.js";
import { bezier } from "./view.js";

const STEPS = 48; // straight pieces of a bent line
const CAPTION = "bubble, enlarged";
const HALF_CAPTION = 46; // half its width in pixels

/**
 * Where the bubble is shown enlarged: beside its place, whole in the free part, on as few names as can be.
 *
 * @param {number[]} place the mean
 * @param {number[][]} names
 * @param {import("./view.js").Box} free
 * @param {number} radius
 */
export function lensPlace(place, names, free, radius) {
  let best = place,
    least = Infinity;
  for (let k = 0; k < 32; k++) {
    const far = radius + (k < 16 ? 46 : 90),
      turn = (k * Math.PI) / 8 - 0.4,
      [x, y] = [place[0] + far * Math.cos(turn), place[1] - far * Math.sin(turn)];
    const out =
      Math.max(free.left + radius - x, x + radius - free.left - free.width, 0) +
      Math.max(free.top + radius - y, y + radius + 22 - free.top - free.height, 0);
    const hides = ([px, py]) =>
      Math.hypot(px - x, py - y) < radius + 12 ||
      (Math.abs(px - x) < HALF_CAPTION + 8 && Math.abs(py - y - radius - 12) < 20);
    const hidden = names.filter(hides).length;
    const cost = 40 * out + 1000 * hidden + k;
    if (cost < least) [best, least] = [[x, y], cost];
  }
  return best;
}

/** The four points of the bent line from a part of the model to a place on the plane. */
export const wayOf = ({ from, towards }, place) => {
  const [dx, dy] = [place[0] - from[0], place[1] - from[1]],
    far = Math.max(Math.hypot(dx, dy) * 0.45, 30);
  return [
    from,
    [from[0] + towards[0] * far, from[1] + towards[1] * far],
    [place[0] - dx * 0.2, place[1] - dy * 0.2],
    place,
  ];
};

/** A part of a bent line, from a share of its way to another. */
function trace(g, way, from, to, paint, wide) {
  g.beginPath();
  for (let k = 0; k <= STEPS; k++) g.lineTo(...bezier(way, from + ((to - from) * k) / STEPS));
  Object.assign(g, { strokeStyle: paint, lineWidth: wide, lineCap: "round" }).stroke();
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {any} scene view, paints, sample, progress, names, ends (of the encoder and the decoder), x (its picture),
 *   cross (where the keyboard points, or null)
 * @returns {{lens: number[] | null}}
 */
export function drawFlight(canvas, scene) {
  const { g } = sharp(canvas),
    { view, paints, sample, progress, names, ends, cross } = scene,
    z = view.at(sample.z);
  let lens = null;
  if (!sample.chosen) {
    const mean = view.at(sample.example.mean),
      radius = Math.max(34, Math.min(58, Math.min(view.free.width, view.free.height) * 0.11));
    wayIn(g, wayOf(ends.encoder, mean), scene);
    if (progress.std > 0) {
      const centre = lensPlace(mean, names, view.free, radius);
      drawLens(g, { centre, radius: radius * eased(progress.std), whole: radius }, mean, scene);
      lens = [...centre, radius];
    }
    if (progress.mean > 0) {
      const share = progress.mean;
      if (share < 1) ring(g, mean, 6 + 26 * share, alpha(paints.mean, 1 - share), "transparent", [2, 0.1]);
      dot(g, mean, 5.5 * Math.min(1, share * 3), paints.mean, paints.page);
    }
  }
  if (progress.z > 0) wayOut(g, wayOf(ends.decoder, z), scene);
  if (progress.z > 0) ring(g, z, 9, paints.z, paints.page);
  if (cross) drawCross(g, view.at(cross), paints);
  return { lens };
}

/** The picture flies along its line, smaller and smaller, and becomes a point. */
function wayIn(g, way, { progress, paints, x, ends }) {
  const share = eased(progress.encoder);
  if (!share) return;
  trace(g, way, 0, share, alpha(paints.page, 0.7), 6);
  trace(g, way, 0, share, alpha(paints.encoder, share < 1 ? 1 : 0.8), 2.5);
  if (share >= 1) return;
  const side = ends.side + (14 - ends.side) * share,
    [px, py] = bezier(way, share);
  g.imageSmoothingEnabled = false;
  g.drawImage(x, px - side / 2, py - side / 2, side, side);
  Object.assign(g, { strokeStyle: paints.x, lineWidth: 2 }).strokeRect(px - side / 2, py - side / 2, side, side);
}

/** z runs to the decoder. */
function wayOut(g, way, { progress, paints }) {
  const share = eased(progress.decoder);
  if (!share) return;
  trace(g, way, 1, 1 - share, alpha(paints.page, 0.7), 6);
  trace(g, way, 1, 1 - share, alpha(paints.decoder, share < 1 ? 1 : 0.8), 2.5);
  if (share < 1) dot(g, bezier(way, 1 - share), 6, share < 0.5 ? paints.z : paints.decoder, paints.page);
}

/** The bubble enlarged, with a line to where it is, the rolls so far, and how the last one came about. */
function drawLens(g, { centre, radius, whole }, mean, { sample, progress, paints }) {
  const { std } = sample.example,
    scale = whole / (2.7 * Math.max(...std));
  const at = (noise) => [centre[0] + noise[0] * std[0] * scale, centre[1] - noise[1] * std[1] * scale];
  const long = Math.hypot(centre[0] - mean[0], centre[1] - mean[1]),
    edge = centre.map((v, k) => v - ((v - mean[k]) / long) * radius);
  Object.assign(g, { strokeStyle: alpha(paints.mean, 0.8), lineWidth: 1.5 });
  line(g, mean, edge);
  g.save();
  dot(g, centre, radius, paints.page);
  g.stroke();
  g.clip();
  for (const [k, opacity] of [
    [2, 0.1],
    [1, 0.22],
  ]) {
    g.beginPath();
    g.ellipse(centre[0], centre[1], std[0] * k * scale, std[1] * k * scale, 0, 0, 7);
    Object.assign(g, { fillStyle: alpha(paints.mean, opacity) }).fill();
    Object.assign(g, { strokeStyle: alpha(paints.mean, k === 1 ? 0.9 : 0.4), lineWidth: 1 }).stroke();
  }
  for (const noise of sample.rolls.slice(0, -1)) dot(g, at(noise), 2, alpha(paints.z, 0.6));
  dot(g, centre, 3.5, paints.mean);
  if (progress.eps > 0) {
    const end = at(sample.noise.map((v) => v * eased(progress.eps)));
    Object.assign(g, { strokeStyle: paints.z, lineWidth: 1.5 });
    line(g, centre, end);
    if (progress.z > 0) ring(g, end, 5.5, paints.z, paints.page, [3, 5]);
    else dot(g, end, 4, paints.z);
  }
  g.restore();
  if (radius < whole) return;
  Object.assign(g, { font: `12px ${paints.font}`, textAlign: "center", textBaseline: "middle", lineJoin: "round" });
  outlined(g, CAPTION, [centre[0], centre[1] + radius + 12], paints.ink, paints.page);
}

/** Where the keyboard points. */
function drawCross(g, [x, y], paints) {
  for (const [paint, wide] of [
    [paints.page, 5],
    [paints.decoder, 2],
  ]) {
    Object.assign(g, { strokeStyle: paint, lineWidth: wide });
    line(g, [x - 11, y], [x + 11, y]);
    line(g, [x, y - 11], [x, y + 11]);
  }
}
