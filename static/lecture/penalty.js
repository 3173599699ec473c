// v − log v − 1: what a bubble pays for its size, and mean² for its place.
import { slider } from "../lib/controls.js";
import { clamp, say } from "../lib/numbers.js";
import { line } from "../lib/shapes.js";
import { drawCentre } from "./forces.js";
import { drawBubble, drawGround, drawMark, planeIn, write } from "./drawing.js";

const LIMITS = [0.0003, 3]; // of v
const TOP = 8.2; // of the chart
const STEPS = 240;

export const cost = (v) => v - Math.log(v) - 1;

/** @param {import("./world.js").World} world */
export function penalty(world) {
  const { digit } = world,
    own = digit.std.map((v) => v * v);
  /** @type {number | null} */
  let chosen = null; // by the slider
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, paints }) => {
    const tall = height > width * 0.95,
      chart = tall
        ? { left: 34, top: 10, width: width - 46, height: height * 0.6 }
        : { left: 44, top: 24, width: width * 0.6, height: height - 90 },
      side = tall ? Math.min(width * 0.6, height * 0.34) : Math.min(width * 0.3, height * 0.7),
      lens = tall
        ? { left: (width - side) / 2, top: height - side, width: side, height: side }
        : { left: width - side - 8, top: (height - side) / 2 - 20, width: side, height: side };
    // The slider moves both numbers of the bubble at once.
    drawChart(g, chart, at, paints, chosen === null ? own : [chosen]);
    drawLens(g, lens, at, paints, digit.mean, chosen === null ? own : [chosen, chosen]);
  };
  const hand = (box, redraw) => {
    const set = (v) => ((chosen = v), redraw());
    slider(box, { name: "v", range: [0.01, LIMITS[1], 0.01], value: own[0], text: (v) => say(v), change: set });
  };
  return { draw, hand, lengths: [1100, 1100, 1400, 1100] };
}

/** The curves of the formula, each drawn from the left as its sentence is read. */
function drawChart(g, box, at, paints, values) {
  const size = clamp(box.height / 30, 12, 17),
    X = (v) => box.left + (v / LIMITS[1]) * box.width,
    Y = (c) => box.top + box.height * (1 - (c + 1) / (TOP + 1));
  Object.assign(g, { strokeStyle: paints.line, lineWidth: 1 });
  for (let c = 0; c <= TOP; c += 2) {
    line(g, [box.left, Y(c)], [box.left + box.width, Y(c)]);
    write(g, String(c), [box.left - 8, Y(c)], paints, { size: 12, colour: paints.quiet, weight: 400, align: "right" });
  }
  for (const v of [1, 2, 3])
    write(g, String(v), [X(v), Y(0) + 14], paints, { size: 12, colour: paints.quiet, weight: 400 });
  const low = box.height < 400, // no room between the axis and the curves
    name = low ? [X(1.5), Y(0) + 30] : [box.left + box.width, Y(0) - size],
    align = low ? "center" : "right";
  write(g, "v, the variance", name, paints, { size, colour: paints.quiet, weight: 500, align });
  Object.assign(g, { strokeStyle: paints.quiet, lineWidth: 1.5 });
  line(g, [box.left, Y(0)], [box.left + box.width, Y(0)]);
  const curve = (f, share, paint, wide, dash) => {
    if (share <= 0) return;
    g.save();
    g.beginPath();
    g.rect(box.left, box.top, box.width, box.height + 4);
    g.clip();
    g.beginPath();
    for (let k = 0; k <= STEPS * share; k++) {
      const v = LIMITS[0] + (k / STEPS) * (LIMITS[1] - LIMITS[0]);
      g.lineTo(X(v), Y(f(v)));
    }
    g.setLineDash(dash);
    Object.assign(g, { strokeStyle: paint, lineWidth: wide, lineJoin: "round" }).stroke();
    g.restore();
  };
  const faint = 1 - 0.55 * at[2];
  g.globalAlpha = faint;
  curve((v) => v, at[0], paints.mean, 2.5, [7, 5]);
  if (at[0] >= 1) write(g, "v", [X(2.7), Y(2.7) - 18], paints, { size: size * 1.2, colour: paints.mean });
  g.globalAlpha = faint;
  curve((v) => -Math.log(v), at[1], paints.mean, 2.5, [2, 5]);
  if (at[1] >= 1)
    write(g, "− log v", [X(0.17), Y(2.7)], paints, { size: size * 1.2, colour: paints.mean, align: "left" });
  g.globalAlpha = 1;
  curve(cost, at[2], paints.mean, 4.5, []);
  if (at[2] < 1) return;
  write(g, "v − log v − 1", [X(1.55), Y(cost(1.55)) - 22], paints, {
    size: size * 1.25,
    colour: paints.mean,
    weight: 700,
  });
  values.forEach((v, k) => {
    const place = [X(v), Y(Math.min(cost(v), TOP))];
    drawMark(g, place, paints.x, paints, { radius: 7, pulse: at[3] });
    const text = values.length > 1 ? `our 3, number ${k + 1}: ${say(cost(v))}` : `costs ${say(cost(v))}`;
    write(g, text, [place[0] + 16, place[1] + (k ? 9 : -9) * (values.length - 1)], paints, { size, align: "left" });
  });
}

/** The bubble itself beside the cheapest one. */
function drawLens(g, box, at, paints, mean, variance) {
  const plane = planeIn(box, [1.75, 1.75]),
    std = variance.map(Math.sqrt),
    size = clamp(box.width / 16, 12, 16);
  drawGround(g, box, paints);
  drawBubble(g, plane, [0, 0], [1, 1], paints.z, { wide: 2, dash: [5, 5], fill: 0.06 });
  const below = [box.left + box.width / 2, plane.at([0, -1])[1] + 14];
  write(g, "costs nothing", below, paints, { size, colour: paints.z });
  drawCentre(g, plane, paints);
  const place = plane.at(mean);
  if (at[3] > 0) {
    const [cx, cy] = plane.at([0, 0]);
    Object.assign(g, { strokeStyle: paints.mean, lineWidth: 3 });
    line(g, [cx, cy], [cx + (place[0] - cx) * at[3], cy + (place[1] - cy) * at[3]]);
    const half = [cx, cy + size * 1.6];
    if (at[3] >= 1)
      write(g, `mean² = ${say(mean[0] ** 2 + mean[1] ** 2)}`, half, paints, { size, colour: paints.mean });
  }
  drawBubble(g, plane, mean, std, paints.mean, { fill: 0.3, wide: 2.5, least: 2 });
  drawMark(g, place, paints.x, paints, { radius: 4 });
  write(g, "our 3", [place[0], place[1] - size * 1.2], paints, { size, colour: paints.x });
}
