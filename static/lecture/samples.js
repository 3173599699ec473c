// Rolls of the dice on the plane, and what the decoder draws from each.
import { alpha } from "../lib/canvas.js";
import { element } from "../lib/dom.js";
import { pointOf } from "../lib/geometry.js";
import { gauss } from "../lib/numbers.js";
import { dot, line } from "../lib/shapes.js";
import { covering, drawMark, drawPicture, inside, letters, planeIn, write } from "./drawing.js";
import { drawMap, pictured, REACH } from "./world.js";

const COUNT = 40;
const NEIGHBOURS = 15;
const MIXED = 0.6; // of its neighbours, below which a roll is between digits

/** The largest share of one class among the dots that are nearest to a code. */
export function clearness(z, points, labels, neighbours = NEIGHBOURS) {
  const best = /** @type {number[][]} */ ([]); // the nearest so far, the farthest of them last
  for (let i = 0; i < labels.length; i++) {
    const away = (points[2 * i] - z[0]) ** 2 + (points[2 * i + 1] - z[1]) ** 2;
    if (best.length === neighbours && away >= best[neighbours - 1][0]) continue;
    const place = best.findIndex(([other]) => other > away);
    best.splice(place < 0 ? best.length : place, 0, [away, labels[i]]);
    if (best.length > neighbours) best.pop();
  }
  const counts = new Map();
  for (const [, c] of best) counts.set(c, (counts.get(c) ?? 0) + 1);
  return Math.max(...counts.values()) / neighbours;
}

/** So many squares as large as they can be in a box. */
export function gridIn({ width, height }, count, gap) {
  let best = { columns: 1, rows: count, side: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns),
      side = Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows);
    if (side > best.side) best = { columns, rows, side };
  }
  return best;
}

/** @param {import("./world.js").World} world */
export function samples(world) {
  /** @type {{z: number[], canvas: HTMLCanvasElement | null, clear: number}[]} */
  let rolls = [];
  const roll = (z) => ({ z, canvas: null, clear: clearness(z, world.means, world.labels) });
  const begin = () => {
    rolls = Array.from({ length: COUNT }, (_, i) => roll([...pointOf(world.rolls, i)]));
  };
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, paints }) => {
    if (!rolls.length) begin();
    const tall = height > width * 0.95,
      map = tall
        ? { left: 0, top: 0, width, height: height * 0.5 }
        : { left: 0, top: 0, width: Math.min(width * 0.52, height * 1.1), height },
      room = tall
        ? { left: 0, top: height * 0.52, width, height: height * 0.48 }
        : { left: map.width + 20, top: 0, width: width - map.width - 20, height };
    const plane = planeIn(map, covering(map, REACH, REACH * 0.54));
    drawMap(g, plane, world, { drawn: 0.3, dots: 0.3, names: 0.8 });
    const seen = at[2] > 0 ? 1 + Math.floor((rolls.length - 1) * at[2]) : 1,
      gap = 5,
      { columns, rows, side } = gridIn(room, COUNT, gap),
      left = room.left + (room.width - columns * (side + gap) + gap) / 2,
      top = room.top + (room.height - rows * (side + gap) + gap) / 2,
      spotOf = (i) => [
        left + (i % columns) * (side + gap) + side / 2,
        top + Math.floor(i / columns) * (side + gap) + side / 2,
      ];
    rolls.slice(0, seen).forEach((each, i) => {
      if (!each.canvas && world.decode) each.canvas = pictured(world.decode(each.z), world.size, 0, 255);
      const fallen = i ? 1 : at[0],
        place = plane.at(each.z),
        mixed = each.clear < MIXED && at[3] > 0;
      if (i === 0 && at[1] > 0 && at[2] < 0.3) {
        Object.assign(g, { strokeStyle: alpha(paints.decoder, 0.9), lineWidth: 2 });
        line(g, place, spotOf(0));
      }
      if (fallen > 0) {
        const down = [place[0], place[1] - 120 * (1 - fallen)];
        inside(g, map, () => {
          if (i === seen - 1 || !i) drawMark(g, down, paints.z, paints, { radius: 6.5, pulse: i ? 1 : at[0] });
          else dot(g, down, 4.5, paints.z, paints.page);
        });
      }
      if (each.canvas && (i || at[1] > 0)) {
        const shown = i ? 1 : at[1];
        drawPicture(g, each.canvas, spotOf(i), side * (0.5 + 0.5 * shown), mixed ? paints.rare : null, shown);
      }
    });
    if (at[3] > 0) {
      const count = rolls.filter(({ clear }) => clear < MIXED).length;
      const text = `framed: ${count} of ${rolls.length} with neighbours of several digits`;
      write(g, text, [map.left + map.width / 2, map.top + map.height - 16], paints, { size: letters(height) });
    }
  };
  const hand = (box, redraw) => {
    const button = element("button", { type: "button", textContent: "Roll the dice again", className: "roll" });
    button.onclick = () => {
      rolls = rolls.map(() => roll([gauss(), gauss()]));
      redraw();
    };
    box.append(button);
  };
  return { draw, hand, lengths: [900, 900, 2600, 600] };
}
