// Two maps of the same test pictures: pointing at a dot of one, or the arrow keys there, light the picture on both.
import { publish, subscribe } from "../lib/bus.js";
import { picture, tile } from "../lib/canvas.js";
import { unpacked } from "../lib/codec.js";
import { followArrows } from "../lib/drag.js";
import { closest, towards } from "../lib/geometry.js";
import { dot as disc, ring } from "../lib/shapes.js";

const REACH = 24; // pixels from the pointer to a dot that it means
const NONE = 65535; // the number of a dot that the other map has not
const SIDE = 72; // pixels of the picture that is lit

/**
 * The dot of a map that is lit, and what lights it.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import("../lib/payloads").LinkedDots} data
 * @param {{at: (dot: number) => number[], changed: () => void}} map
 *   at: where a dot stands now, in pixels of the canvas; changed: what to do once another is lit
 */
export function linkedDots(canvas, { channel, numbers: text }, { at, changed }) {
  const numbers = unpacked(text),
    known = [...numbers.keys()].filter((dot) => numbers[dot] !== NONE),
    dotOf = new Map(known.map((dot) => [numbers[dot], dot]));
  let lit = null,
    sheet = null;
  const tell = (dot) => publish(channel, dot === null ? null : numbers[dot]);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.style.touchAction = "pan-y";
  canvas.onpointermove = canvas.onpointerdown = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    tell(closest(known, at, [event.clientX - left, event.clientY - top], REACH));
  };
  canvas.onpointerleave = (event) => event.pointerType === "mouse" && tell(null);
  followArrows(canvas, ([x, y]) => {
    const middle = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    const next = lit === null ? closest(known, at, middle, Infinity) : towards(known, at, lit, [x, -y]);
    if (next !== null) tell(next);
  });
  const ends = [
    subscribe(channel, (number) => {
      const dot = dotOf.get(number) ?? null;
      if (dot === lit) return;
      lit = dot;
      changed();
    }),
    subscribe(`${channel} pictures`, (told) => {
      if (told) picture(told.png, told.size).then((image) => ((sheet = { image, wide: told.wide }), changed()));
    }),
  ];
  return {
    lit: () => lit,
    /** The lit dot with a ring about it, and its picture beside it. */
    draw(g, { ink, page, edge }, width, height) {
      canvas.dataset.lit = lit === null ? "" : String(numbers[lit]);
      if (lit === null) return;
      const [x, y] = at(lit);
      disc(g, [x, y], 5, edge, page);
      ring(g, [x, y], 10, ink, page, [3, 6]);
      if (!sheet) return;
      const left = x + 16 + SIDE < width ? x + 16 : x - 16 - SIDE,
        top = Math.min(Math.max(y - SIDE / 2, 4), height - SIDE - 4);
      g.fillStyle = edge;
      g.fillRect(left - 3, top - 3, SIDE + 6, SIDE + 6);
      g.save();
      g.imageSmoothingEnabled = sheet.image.cell.height > 40;
      g.translate(left, top);
      g.scale(SIDE / sheet.image.cell.width, SIDE / sheet.image.cell.height);
      tile(g, sheet.image, Math.floor(numbers[lit] / sheet.wide), numbers[lit] % sheet.wide);
      g.restore();
    },
    end: () => ends.forEach((end) => end()),
  };
}
