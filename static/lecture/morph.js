// From one digit to another: a straight line on the plane, what is decoded on it, and beside it their pixels mixed.
import { bytes } from "../lib/codec.js";
import { slider } from "../lib/controls.js";
import { clamp, say } from "../lib/numbers.js";
import { takesHold } from "../lib/play_button.js";
import { line, ring } from "../lib/shapes.js";
import { drawMark, drawPicture, letters, mix, planeIn, write } from "./drawing.js";
import { unlike } from "./words.js";
import { drawMap, pictured } from "./world.js";

const STEPS = 9; // pictures in the row
const CLOSE = 1.05; // how far the plane is seen to each side of the middle of the way
const SWING = 5200; // milliseconds there and back again

/** @param {import("./world.js").World} world */
export function morph(world) {
  const { digit, other, data } = world,
    pixels = [data.digit, data.other].map(({ image }) => bytes(image)),
    mixed = document.createElement("canvas"),
    codeAt = (t) => mix(digit.mean, other.mean, t);
  /** @type {HTMLCanvasElement[]} */
  let row = [];
  /** @type {number | null} */
  let chosen = null; // by the slider
  let follow = (_t) => {};
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, now, calm, paints }) => {
    if (!row.length && world.decode)
      row = Array.from({ length: STEPS }, (_, k) =>
        pictured(world.decode(codeAt(k / (STEPS - 1))), world.size, 0, 255),
      );
    const swings = at[1] >= 1 && at[2] > 0 && chosen === null && !calm,
      t = chosen ?? (swings ? 0.5 + 0.5 * Math.cos((2 * Math.PI * now) / SWING) : calm ? 0.5 : at[1]);
    if (chosen === null) follow(Math.round(100 * t) / 100);
    const tall = height > width * 0.95,
      strip = Math.max(Math.min(width / STEPS - 6, height * 0.15), 0),
      high = height - strip - 16,
      map = tall
        ? { left: 0, top: 0, width, height: high * 0.56 }
        : { left: 0, top: 0, width: Math.min(width * 0.56, high * 1.1), height: high },
      room = tall
        ? { left: 0, top: map.height + 8, width, height: high - map.height - 8 }
        : { left: map.width + 20, top: 0, width: width - map.width - 20, height: high };
    drawWay(g, map, world, { at, paints, z: codeAt(t) });
    const two = at[3],
      most = tall ? Math.min(width * 0.44, room.height - 26) : Math.min(room.width * 0.94, high * 0.86),
      small = tall ? most : Math.min(room.width * 0.94, high / 2 - 26),
      side = most + (small - most) * two,
      [cx, cy] = [room.left + room.width / 2, room.top + room.height / 2 - 10];
    const shift = tall ? [(width * 0.24 + 2) * two, 0] : [0, (small / 2 + 16) * two],
      drawn = world.draw(codeAt(t));
    if (drawn) drawPicture(g, drawn, [cx - shift[0], cy - shift[1]], side, paints.decoder);
    write(g, "decoded", [cx - shift[0], cy - shift[1] + side / 2 + letters(height)], paints, {
      size: letters(height),
      colour: paints.decoder,
    });
    if (two > 0) {
      const values = pixels[0].map((v, i) => (1 - t) * v + t * pixels[1][i]);
      fill(mixed, values, world.size);
      drawPicture(g, mixed, [cx + shift[0], cy + shift[1]], side, paints.x, two);
      g.globalAlpha = two;
      write(g, "pixels mixed", [cx + shift[0], cy + shift[1] + side / 2 + letters(height)], paints, {
        size: letters(height),
        colour: paints.x,
      });
      g.globalAlpha = 1;
    }
    row.forEach((canvas, k) => {
      const share = clamp(at[2] * STEPS - k, 0, 1),
        nearest = Math.round(t * (STEPS - 1)) === k,
        place = [(width / STEPS) * (k + 0.5), height - strip / 2 - 2];
      if (share > 0) drawPicture(g, canvas, place, strip, nearest ? paints.z : null, share);
    });
    return swings;
  };
  const hand = (box, redraw) => {
    const set = (v) => ((chosen = v), redraw());
    const t = slider(box, { name: "t", range: [0, 1, 0.01], value: 0, text: (v) => say(v), change: set });
    takesHold(t.input, () => set(+t.input.value));
    follow = unlike(t.set);
  };
  return { draw, hand, lengths: [900, 2600, 1500, 1000] };
}

/** The way on the plane, with both ends as pictures. */
function drawWay(g, map, world, { at, paints, z }) {
  const { digit, other } = world,
    middle = mix(digit.mean, other.mean, 0.5),
    plane = planeIn(map, [CLOSE, CLOSE], middle),
    ends = [digit, other].map(({ mean }) => plane.at(mean)),
    side = clamp(map.height / 7, 40, 110);
  drawMap(g, plane, world, { drawn: 0.42, dots: 0.22, names: 0.55 });
  Object.assign(g, { strokeStyle: paints.page, lineWidth: 9, lineCap: "round" });
  line(g, ends[0], mix(ends[0], ends[1], Math.max(at[1], 0.001)));
  Object.assign(g, { strokeStyle: paints.z, lineWidth: 4 });
  line(g, ends[0], mix(ends[0], ends[1], Math.max(at[1], 0.001)));
  const away = Math.atan2(ends[1][1] - ends[0][1], ends[1][0] - ends[0][0]);
  [digit, other].forEach(({ canvas }, k) => {
    const turn = away + (k ? 0 : Math.PI),
      place = [ends[k][0] + Math.cos(turn) * side, ends[k][1] + Math.sin(turn) * side];
    drawMark(g, ends[k], paints.mean, paints, { radius: 6, pulse: at[0] });
    drawPicture(g, canvas, place, side, paints.x, at[0]);
  });
  if (at[1] > 0) ring(g, plane.at(z), 11, paints.z, paints.page, [4.5, 8]);
}

function fill(canvas, values, { height, width }) {
  [canvas.width, canvas.height] = [width, height];
  const g = canvas.getContext("2d"),
    image = g.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([values[i], values[i], values[i], 255], 4 * i);
  g.putImageData(image, 0, 0);
}
