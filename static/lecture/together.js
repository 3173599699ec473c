// All bubbles at once, and the one that they nearly are.
import { alpha } from "../lib/canvas.js";
import { pointOf } from "../lib/geometry.js";
import { clamp } from "../lib/numbers.js";
import { dot } from "../lib/shapes.js";
import { drawBubble, drawMark, inside, planeIn, write } from "./drawing.js";

const NEAR = 0.12; // how far the plane is seen to each side at first
const FAR = 3.1; // and at last

/** @param {import("./world.js").World} world */
export function together(world) {
  const count = world.labels.length,
    stds = world.logvars.map((v) => Math.exp(v / 2));
  const sheet = { key: "", canvas: document.createElement("canvas"), drawn: 0 };
  /** All bubbles so far on a canvas of their own: only the new ones are drawn. */
  const drawAll = (plane, share, width, height, paints) => {
    const key = [width, height, plane.unit.toFixed(3), paints.ink, devicePixelRatio].join(),
      wanted = Math.round(share * count),
      ratio = devicePixelRatio || 1;
    if (sheet.key !== key || wanted < sheet.drawn) {
      sheet.key = key;
      sheet.drawn = 0;
      [sheet.canvas.width, sheet.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    }
    const g = sheet.canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (; sheet.drawn < wanted; sheet.drawn++) {
      const i = sheet.drawn;
      const style = { k: 2, fill: 0.13, wide: 0, least: 1.5 };
      drawBubble(g, plane, pointOf(world.means, i), pointOf(stds, i), paints.c(world.labels[i]), style);
    }
    return sheet.canvas;
  };
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, paints }) => {
    const { digit } = world,
      box = { left: 0, top: 0, width, height },
      // first our bubble close by, then all of them from afar: the zoom is over before the many come
      out = Math.min(1, at[1] * 2.5),
      reach = NEAR * (FAR / NEAR) ** out,
      plane = planeIn(
        box,
        [reach, reach],
        digit.mean.map((v) => v * (1 - out)),
      );
    inside(g, box, () => {
      const share = clamp((at[1] - 0.4) / 0.6, 0, 1);
      if (share > 0) g.drawImage(drawAll(plane, share, width, height, paints), 0, 0, width, height);
      if (share < 0.05) {
        drawBubble(g, plane, digit.mean, digit.std, paints.c(3), { k: 2, fill: 0.2, wide: 1.5, dash: [5, 4] });
        drawBubble(g, plane, digit.mean, digit.std, paints.c(3), { fill: 0.3, wide: 2.5 });
      }
      for (const k of [1, 2]) {
        g.globalAlpha = at[2];
        drawBubble(g, plane, [0, 0], [at[2], at[2]], paints.z, { k, wide: 3, dash: [8, 6] });
      }
      g.globalAlpha = 1;
      for (let i = 0; at[3] > 0 && i < (world.rolls.length / 2) * at[3]; i++)
        dot(g, plane.at(pointOf(world.rolls, i)), 3.2, paints.z, alpha(paints.page, 0.9));
    });
    const place = plane.at(digit.mean),
      size = clamp(height / 34, 14, 20);
    drawMark(g, place, paints.x, paints, { radius: 6, pulse: at[0] });
    write(g, "our 3", [place[0], place[1] + 20], paints, { size: 14, colour: paints.x, weight: 700 });
    if (at[2] < 0.9) return;
    const top = plane.at([0, 2])[1];
    write(g, "N(0, 1): one and two std", [width / 2, Math.max(top - 16, 16)], paints, { size, colour: paints.z });
  };
  return { draw, lengths: [700, 2600, 1000, 1100] };
}
