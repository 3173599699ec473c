// The codes of a model that only copies, with gaps between them; ours walks into one.
import { bytes, halves } from "../lib/codec.js";
import { alpha } from "../lib/canvas.js";
import { pointOf } from "../lib/geometry.js";
import { pair, quantile } from "../lib/numbers.js";
import { dot, line, ring } from "../lib/shapes.js";
import { drawDots, drawMark, drawNames, drawPicture, inside, letters, mix, planeIn, write } from "./drawing.js";
import { pictured } from "./world.js";

/** The middle of some codes and how far they reach to each side of it, but for the outermost. */
export function windowOf(points) {
  const axes = [0, 1].map((d) => Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + d])),
    ends = axes.map((values) => [quantile(values, 0.004), quantile(values, 0.996)]);
  return {
    centre: ends.map(([low, high]) => (low + high) / 2),
    reach: ends.map(([low, high]) => (high - low) / 2 + 0.5),
  };
}

/** @param {import("./world.js").World} world */
export function hole(world) {
  const { classic, names } = world.data,
    points = halves(classic.points),
    { centre, reach } = windowOf(points),
    pixels = bytes(classic.walk),
    each = world.size.channels * world.size.height * world.size.width,
    count = pixels.length / each,
    walk = Array.from({ length: count }, (_, k) => pictured(pixels, world.size, k * each));
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, now, calm, paints }) => {
    const box = { left: 0, top: 0, width, height },
      side = Math.min(width * 0.3, height * 0.36),
      tall = height > width,
      room = tall ? { ...box, height: height * 0.98 } : { ...box, left: 12, width: width - 24 };
    const plane = planeIn(room, reach, centre);
    inside(g, box, () => {
      drawDots(g, plane, points, world.labels, paints, { opacity: 0.75 * Math.max(at[0], 0.15) });
      drawNames(g, plane, classic.centres, names, paints, at[0] * (1 - 0.6 * at[1]));
    });
    // the dice: where a choice of two numbers would land
    if (at[1] > 0)
      for (let i = 0; i < world.rolls.length / 2; i++) {
        const high = 1 - Math.min(1, Math.max(0, at[1] * 2 - (i % 10) / 10));
        if (high < 1) dot(g, sunk(plane.at(pointOf(world.rolls, i)), high), 2.6, alpha(paints.z, 0.85));
      }
    const z = mix(classic.code, classic.hole, at[2]),
      place = plane.at(z),
      start = plane.at(classic.code);
    Object.assign(g, { strokeStyle: paints.z, lineWidth: 2 });
    if (at[2] > 0) g.setLineDash([3, 5]), line(g, start, place), g.setLineDash([]);
    drawMark(g, start, paints.mean, paints, { radius: 6, pulse: at[0] });
    if (at[2] > 0) ring(g, place, 10, paints.z, paints.page, [4, 7]);
    const [px, py] = picturePlace(place, side, box);
    Object.assign(g, { strokeStyle: alpha(paints.decoder, 0.9), lineWidth: 2 });
    line(g, place, [px, py]);
    const k = Math.round(at[2] * (count - 1));
    drawPicture(g, walk[k], [px, py], side, paints.decoder);
    write(g, `decoded at ${pair(z, 1)}`, [px, py + side / 2 + letters(height)], paints, {
      size: letters(height),
      colour: paints.ink,
    });
    if (at[2] >= 1 && !calm) {
      const beat = (now / 1600) % 1;
      ring(g, place, 10 + 22 * beat, alpha(paints.z, 1 - beat), "transparent", [2, 0.1]);
      return true;
    }
  };
  return { draw, lengths: [900, 1200, 2600, 500] };
}

/** A place on its way down. @param {number[]} place */
const sunk = (place, high) => [place[0], place[1] - 90 * high];

/** Where the picture stands: away from the code that it is of, whole in the box. */
export function picturePlace(place, side, { width, height }) {
  const right = place[0] < width / 2,
    below = place[1] < height / 2;
  return [right ? width - side / 2 - 16 : side / 2 + 16, below ? height - side / 2 - 40 : side / 2 + 16];
}
