// What the loss does to bubbles: measured arrows at beta 1; the same bubbles without a penalty, and with a large one.
import { bytes, halves } from "../lib/codec.js";
import { pointOf } from "../lib/geometry.js";
import { between, clamp, quantile } from "../lib/numbers.js";
import { drawArrow, drawBubble, drawMark, inside, planeIn, write } from "./drawing.js";

const ARROWS = 2; // pictures of each class with an arrow of the reconstruction, ours among them: more cannot be read
const INWARDS = 0.3; // of a unit for a force of one: on the scale of the other force these could not be seen

/** @param {import("./world.js").World} world */
export function forces(world) {
  const { data } = world,
    { ours } = data.forces,
    labels = bytes(data.forces.labels),
    pull = halves(data.forces.mean),
    betas = data.forces.betas.map(({ beta, mean, logvar }) => ({ beta, mean: halves(mean), logvar: halves(logvar) })),
    [free, own, held] = betas,
    reaches = betas.map(({ mean }, k) => 1.1 * quantile(mean.map(Math.abs), k ? 0.996 : 0.98));
  const armed = armedOf(labels, ours);
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, now, calm, paints }) => {
    const box = { left: 0, top: 0, width, height },
      away = at[2] * (1 - at[3]),
      reach = reaches[1] * (reaches[0] / reaches[1]) ** away * (reaches[2] / reaches[1]) ** at[3],
      plane = planeIn(box, [reach, reach]);
    const mean = between(between(own.mean, free.mean, at[2]), held.mean, at[3]),
      logvar = between(between(own.logvar, free.logvar, at[2]), held.logvar, at[3]);
    const arrows = 1 - at[2],
      swing = calm ? 1 : 0.94 + 0.06 * Math.sin(now / 450);
    inside(g, box, () => {
      drawCentre(g, plane, paints);
      for (let i = 0; i < labels.length; i++) {
        const std = pointOf(logvar, i).map((v) => Math.exp(v / 2)),
          tiny = 2 * Math.max(...std) * plane.unit < 4;
        const style = { k: 2, fill: tiny ? 0.9 : 0.18, wide: tiny ? 0 : 1, least: 2.6 };
        drawBubble(g, plane, pointOf(mean, i), std, paints.c(labels[i]), style);
      }
      if (arrows > 0) {
        for (let i = 0; i < labels.length; i++) {
          g.globalAlpha = arrows * (i === ours ? 1 : 0.7);
          inwards(g, plane, pointOf(mean, i), own.beta * at[1] * swing, paints.mean, i === ours);
        }
        for (const i of armed) {
          g.globalAlpha = arrows * (i === ours ? 1 : 0.75 - 0.55 * at[1]);
          force(g, plane, pointOf(mean, i), pointOf(pull, i), at[0] * swing, paints.decoder, i === ours);
        }
      }
      g.globalAlpha = 1;
      const place = plane.at(pointOf(mean, ours));
      drawMark(g, place, paints.x, paints, { radius: 6, pulse: at[0] });
      write(g, "our 3", [place[0], place[1] + 19], paints, { size: 14, colour: paints.x, weight: 700 });
    });
    const said = at[3] > 0.5 ? held : at[2] > 0.5 ? free : own,
      size = clamp(height / 32, 15, 24);
    write(g, `beta = ${said.beta}`, [width - 16, size], paints, { size, align: "right", weight: 700 });
    return arrows > 0 && at[0] >= 1;
  };
  return { draw, lengths: [1200, 1200, 2400, 2600] };
}

/** Which bubbles have arrows: the first few of each class, and ours. */
export function armedOf(labels, ours) {
  const before = new Map(),
    found = [];
  labels.forEach((c, i) => {
    const rank = before.get(c) ?? 0;
    before.set(c, rank + 1);
    if (rank < ARROWS - (c === labels[ours] ? 1 : 0) && i !== ours) found.push(i);
  });
  return [...found, ours];
}

/** The pull of the penalty: beta times the mean, to the centre. */
function inwards(g, plane, from, share, paint, strong) {
  const goal = from.map((v) => v * (1 - INWARDS));
  drawArrow(g, plane.at(from), plane.at(goal), paint, { share, wide: strong ? 4 : 1.6, head: strong ? 13 : 6 });
}

/** An arrow whose length grows with the root of the force, as on /bubbles. */
function force(g, plane, from, vector, share, paint, strong) {
  const size = Math.hypot(...vector);
  if (size < 1e-9 || share <= 0) return;
  const long = Math.sqrt(size) * Math.min(plane.box.width, plane.box.height) * 0.026,
    start = plane.at(from);
  const end = [start[0] + (vector[0] / size) * long, start[1] - (vector[1] / size) * long];
  drawArrow(g, start, end, paint, { share, wide: strong ? 4 : 2, head: strong ? 14 : 8 });
}

/** A cross at the centre of the plane. */
export function drawCentre(g, plane, paints) {
  const [x, y] = plane.at([0, 0]);
  Object.assign(g, { strokeStyle: paints.quiet, lineWidth: 1.5 });
  g.beginPath();
  for (const [dx, dy] of [
    [8, 0],
    [0, 8],
  ]) {
    g.moveTo(x - dx, y - dy);
    g.lineTo(x + dx, y + dy);
  }
  g.stroke();
}
