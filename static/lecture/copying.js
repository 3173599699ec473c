// The autoencoder: a picture goes in, becomes two numbers, and is drawn again from them.
import { bytes } from "../lib/codec.js";
import { alpha } from "../lib/canvas.js";
import { pair } from "../lib/numbers.js";
import { line } from "../lib/shapes.js";
import { drawMark, drawNetwork, drawPicture, mix, write } from "./drawing.js";
import { pictured } from "./world.js";

const SMALL = 10; // pixels of a picture that has nearly become a dot

/** @param {import("./world.js").World} world */
export function copying(world) {
  const { classic } = world.data,
    copy = pictured(bytes(classic.walk), world.size);
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, paints }) => {
    const side = Math.min(width * 0.25, height * 0.52, 360),
      wide = side * 0.52,
      code = side * 0.86,
      gap = Math.min((width - 2 * side - 2 * wide - code) / 6, side * 0.2),
      y = height / 2,
      size = Math.max(12, Math.min(18, side / 13));
    let x = (width - (2 * side + 2 * wide + code + 4 * gap)) / 2;
    const place = (w) => ((x += w + gap), x - gap - w / 2);
    const [px, ex, cx, dx, ox] = [place(side), place(wide), place(code), place(wide), place(side)];
    const box = (centre) => ({ left: centre - wide / 2, top: y - side / 2, width: wide, height: side }),
      network = { paints, size };
    write(g, "784 numbers", [px, y + side / 2 + size * 1.4], paints, { size, colour: paints.x });
    drawPicture(g, world.digit.canvas, [px, y], side, paints.x, 0.15 + 0.85 * at[0]);
    const lit = (k) => at[k] * (1 - Math.max(0, at[k + 1] - 0.4));
    drawNetwork(g, box(ex), paints.encoder, { ...network, lit: lit(1), narrow: "right", text: "encoder" });
    drawNetwork(g, box(dx), paints.decoder, { ...network, lit: lit(2), narrow: "left", text: "decoder" });
    // the plane of codes
    const [left, top] = [cx - code / 2, y - code / 2],
      dotAt = [cx + code * 0.1, y - code * 0.06];
    g.beginPath();
    g.roundRect(left, top, code, code, 10);
    Object.assign(g, { fillStyle: alpha(paints.mean, 0.08) }).fill();
    Object.assign(g, { strokeStyle: alpha(paints.mean, 0.55), lineWidth: 1.5 }).stroke();
    Object.assign(g, { strokeStyle: alpha(paints.mean, 0.3), lineWidth: 1 });
    line(g, [left, y], [left + code, y]);
    line(g, [cx, top], [cx, top + code]);
    // the picture on its way in, smaller and smaller
    if (at[1] > 0 && at[1] < 1) {
      const there = mix([px, y], dotAt, at[1]);
      drawPicture(g, world.digit.canvas, there, side + (SMALL - side) * at[1], paints.x, 0.9);
    }
    if (at[1] > 0.9) {
      drawMark(g, dotAt, paints.mean, paints, { radius: Math.max(5, side / 40), pulse: at[2] });
      write(g, pair(classic.code, 1), [cx, y + code / 2 - size * 1.1], paints, { size, colour: paints.mean });
    }
    if (at[1] > 0.5) write(g, "2 numbers", [cx, y + side / 2 + size * 1.4], paints, { size, colour: paints.mean });
    // and out again
    if (at[2] > 0) {
      const grown = SMALL + (side - SMALL) * at[2];
      drawPicture(g, copy, mix(dotAt, [ox, y], at[2]), grown, paints.decoder);
    }
    if (at[2] >= 1) write(g, "784 numbers", [ox, y + side / 2 + size * 1.4], paints, { size, colour: paints.decoder });
    if (at[3] > 0) wish(g, [px, ox], y - side / 2 - size, side * 0.28, at[3], paints, size);
  };
  return { draw, lengths: [500, 1300, 1300, 900] };
}

/** An arch from the picture to its copy: they should be alike. */
function wish(g, [from, to], y, high, share, paints, size) {
  g.setLineDash([7, 6]);
  g.beginPath();
  for (let k = 0; k <= 60 * share; k++) {
    const t = k / 60;
    g.lineTo(from + (to - from) * t, y - high * 4 * t * (1 - t));
  }
  Object.assign(g, { strokeStyle: paints.ink, lineWidth: 2 }).stroke();
  g.setLineDash([]);
  g.globalAlpha = share;
  write(g, "as alike as can be", [(from + to) / 2, y - high], paints, { size: size * 1.1 });
  g.globalAlpha = 1;
}
