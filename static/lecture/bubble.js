// A bubble in place of a point, close by; and then from afar.
import { clamp, say } from "../lib/numbers.js";
import { covering, drawBubble, drawDots, drawMark, drawNames, inside, planeIn, write } from "./drawing.js";
import { Mosaic, drawMask, drawWhole, REACH } from "./world.js";

const NEAR = 4.4; // standard deviations to each side, close by
const TILES = 9; // across, of them

/** @param {import("./world.js").World} world */
export function bubble(world) {
  const { digit, data } = world,
    far = NEAR * Math.max(...digit.std),
    pitch = (2 * far) / TILES,
    window = { x: digit.mean[0] - far * 1.0, y: digit.mean[1] + far, pitch, columns: TILES, rows: TILES };
  /** @type {Mosaic | null} */
  let near = null;
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, now, calm, paints }) => {
    if (world.decode && !near) near = new Mosaic(world, widened(window, width, height));
    const box = { left: 0, top: 0, width, height },
      zoom = calm ? 0 : at[3], // who wants less motion sees it close by
      whole = covering(box, REACH)[0],
      reach = far * (whole / far) ** zoom, // an even one
      out = Math.log(reach / far) / Math.log(whole / far),
      centre = digit.mean.map((v) => v * (1 - out)),
      plane = planeIn(box, [reach, reach], centre);
    inside(g, box, () => {
      drawWhole(g, plane, world, 0.5 * zoom);
      if (near) {
        const { x, y, pitch, columns, rows } = near.window,
          where = { x, y, wide: columns * pitch, high: rows * pitch };
        drawMask(g, plane, near.canvas, where, paints, 0.62 * at[2] * (1 - 0.9 * out), !near.whole);
      }
      if (out > 0.4) {
        drawDots(g, plane, world.means, world.labels, paints, { opacity: 1.1 * (out - 0.4) });
        drawNames(g, plane, data.centres, data.names, paints, 2 * (out - 0.5));
      }
      const breath = calm || out > 0 ? 1 : 1 + 0.03 * Math.sin(now / 700);
      const size = at[1] * breath;
      if (size > 0) {
        drawBubble(g, plane, digit.mean, digit.std, paints.mean, { k: 2 * size, fill: 0.12, wide: 1.5, dash: [5, 4] });
        drawBubble(g, plane, digit.mean, digit.std, paints.mean, { k: size, fill: 0.24, wide: 2.5 });
      }
    });
    const [x, y] = plane.at(digit.mean),
      small = clamp(height / 40, 13, 22);
    drawMark(g, [x, y], paints.mean, paints, { radius: 6, pulse: at[0] });
    g.globalAlpha = Math.min(at[0], 1 - out);
    write(g, `mean (${digit.mean.map((v) => say(v)).join(", ")})`, [x, y - 20], paints, {
      size: small,
      colour: paints.mean,
    });
    g.globalAlpha = Math.min(at[1], 1 - out);
    const edge = digit.std[0] * plane.unit;
    if (g.globalAlpha > 0.02) measure(g, [x, y], edge, `std ${say(digit.std[0])}`, paints, small);
    g.globalAlpha = 1;
    return at[1] >= 1 && zoom === 0;
  };
  return { draw, lengths: [700, 1100, 900, 2600] };
}

/** As many columns or rows more as fill a box of this shape. */
function widened({ x, y, pitch, columns, rows }, width, height) {
  const more = Math.ceil((Math.max(width / height, 1) * rows - columns) / 2),
    higher = Math.ceil((Math.max(height / width, 1) * columns - rows) / 2);
  return { x: x - more * pitch, y: y + higher * pitch, pitch, columns: columns + 2 * more, rows: rows + 2 * higher };
}

/** A length from the middle to the right, with its name. */
function measure(g, [x, y], long, text, paints, size) {
  Object.assign(g, { strokeStyle: paints.mean, lineWidth: 2 });
  g.beginPath();
  g.moveTo(x + 7, y);
  g.lineTo(x + long, y);
  g.moveTo(x + long, y - 6);
  g.lineTo(x + long, y + 6);
  g.stroke();
  write(g, text, [x + long / 2, y + size + 3], paints, { size, colour: paints.mean });
}
