// The film of the training: the plane grows out of noise, the dots part, and the curves of the loss fall.
import { bytes } from "../lib/codec.js";
import { slider } from "../lib/controls.js";
import { between, clamp } from "../lib/numbers.js";
import { takesHold } from "../lib/play_button.js";
import { line } from "../lib/shapes.js";
import {
  covering,
  drawDots,
  drawGround,
  drawMark,
  drawNames,
  drawPicture,
  inside,
  letters,
  mix,
  planeIn,
  write,
} from "./drawing.js";
import { unlike } from "./words.js";
import { drawMask, drawWhole, pictured, REACH } from "./world.js";

const STOPS = [0, 1, 5, 20]; // the epoch that each sentence speaks of; the last one is the model's last

/** Where a moment of the film is among kept epochs: the one before it, the one after it, and how far between. */
export function among(kept, epoch) {
  let k = 0;
  while (k < kept.length - 1 && kept[k + 1] <= epoch) k++;
  const next = Math.min(k + 1, kept.length - 1);
  return { k, next, share: next === k ? 0 : (epoch - kept[k]) / (kept[next] - kept[k]) };
}

/** The epoch at which the film stands, from the shares of its sentences. */
export function epochOf(at, last) {
  const stops = [...STOPS.slice(0, -1), last];
  return stops.slice(1).reduce((epoch, stop, k) => epoch + (stop - stops[k]) * at[k + 1], 0);
}

/** @param {import("./world.js").World} world */
export function training(world) {
  const { training: told, centres, names } = world.data,
    last = told.kept.at(-1),
    each = world.size.channels * world.size.height * world.size.width,
    raw = bytes(told.rebuilt),
    rebuilt = told.kept.map((_, k) => pictured(raw, world.size, k * each));
  /** @type {number | null} */
  let chosen = null; // by the slider
  let follow = (_epoch) => {};
  /** @param {import("./scene.js").Stage} stage */
  const draw = ({ g, width, height, at, paints }) => {
    const epoch = chosen ?? epochOf(at, last),
      tall = height > width * 0.95,
      map = tall
        ? { left: 0, top: 0, width, height: height * 0.68 }
        : { left: 0, top: 0, width: Math.min(width * 0.68, height * 1.05), height },
      room = tall
        ? { left: 0, top: height * 0.7, width, height: height * 0.3 }
        : { left: map.width + 24, top: 0, width: width - map.width - 24, height };
    if (chosen === null) follow(Math.round(10 * epoch) / 10);
    drawMap(g, map, world, { epoch, paints, centres, names, last });
    const side = tall ? room.height * 0.72 : Math.min(room.width * 0.94, height * 0.34),
      { k, share } = among(told.kept, epoch),
      spot = tall ? [side / 2 + 2, room.top + side / 2 + 4] : [room.left + room.width / 2, side / 2 + 6];
    drawPicture(g, rebuilt[share > 0.5 ? k + 1 : k], spot, side, paints.decoder);
    write(g, "our 3, rebuilt", [spot[0], spot[1] + side / 2 + 15], paints, { size: letters(height) });
    const curves = tall
      ? { left: side + 44, top: room.top + 14, width: width - side - 54, height: room.height - 44 }
      : { left: room.left + 30, top: side + 66, width: room.width - 40, height: height - side - 116 };
    drawCurves(g, curves, told, epoch, paints);
  };
  const hand = (box, redraw) => {
    const set = (v) => ((chosen = v), redraw());
    const time = slider(box, {
      name: "epoch",
      range: [0, last, 0.1],
      value: 0,
      text: (v) => String(Math.round(v)),
      change: set,
    });
    takesHold(time.input, () => set(+time.input.value));
    follow = unlike(time.set);
  };
  return { draw, hand, lengths: [600, 1800, 3000, 3600] };
}

/** The plane at an epoch: what the decoder draws, and the dots. */
function drawMap(g, box, world, { epoch, paints, centres, names, last }) {
  const { film, data } = world,
    plane = planeIn(box, covering(box, REACH)),
    where = { x: -REACH, y: REACH, wide: 2 * REACH, high: 2 * REACH };
  drawGround(g, box, paints);
  if (!film) return;
  inside(g, box, () => {
    const { k, next, share } = among(film.kept, epoch),
      layer = (at, opacity) =>
        at < film.sheets.length
          ? drawMask(g, plane, film.sheets[at], where, paints, opacity)
          : drawWhole(g, plane, world, opacity);
    layer(k, 0.5 * (1 - share));
    layer(next, 0.5 * share);
    const moment = among(film.epochs, epoch),
      points = between(film.dots[moment.k], film.dots[moment.next], moment.share);
    drawDots(g, plane, points, world.labels, paints, { opacity: 0.7 });
    drawNames(g, plane, centres, names, paints, clamp((epoch / last - 0.5) * 3, 0, 1));
    if (data.place < points.length / 2) {
      const ours = plane.at([points[2 * data.place], points[2 * data.place + 1]]);
      drawMark(g, ours, paints.x, paints, { radius: 5.5 });
    }
  });
  const text = epoch < 0.05 ? "untrained" : `epoch ${epoch < 0.95 ? epoch.toFixed(1) : Math.round(epoch)}`;
  write(g, text, [box.left + 14, box.top + 20], paints, { size: 17, weight: 700, align: "left" });
}

/** Reconstruction and KL of the test pictures over the epochs, up to the present one. */
function drawCurves(g, box, { reconstruction, kl }, epoch, paints) {
  const last = reconstruction.length - 1,
    // without the untrained network, which would flatten all the rest
    panels = [
      { values: reconstruction, paint: paints.decoder, name: "reconstruction", digits: 0 },
      { values: kl, paint: paints.mean, name: "KL", digits: 1 },
    ],
    flat = box.height < 150, // then side by side
    gap = 34,
    high = flat ? box.height : (box.height - gap) / 2,
    wide = flat ? (box.width - gap) / 2 : box.width;
  panels.forEach(({ values, paint, name, digits }, p) => {
    const top = box.top + (flat ? 0 : p * (high + gap)),
      left = box.left + (flat ? p * (wide + gap) : 0),
      shown = values.slice(1),
      [low, most] = [Math.min(...shown), Math.max(...shown)],
      X = (e) => left + ((e - 1) / (last - 1)) * wide,
      Y = (v) => top + 14 + (1 - (v - low) / (most - low || 1)) * (high - 18);
    const { k, next, share } = among([...values.keys()], epoch),
      value = mix([values[k]], [values[next]], share)[0];
    write(g, `${name} ${value.toFixed(digits)}`, [left, top], paints, {
      size: letters(1.6 * box.height),
      colour: paint,
      align: "left",
    });
    Object.assign(g, { strokeStyle: paints.line, lineWidth: 1 });
    line(g, [left, top + high], [left + wide, top + high]);
    if (epoch < 1) return;
    g.beginPath();
    for (let e = 1; e <= epoch; e++) g.lineTo(X(e), Y(values[e]));
    g.lineTo(X(epoch), Y(value));
    Object.assign(g, { strokeStyle: paint, lineWidth: 2.5, lineJoin: "round" }).stroke();
    drawMark(g, [X(epoch), Y(value)], paint, paints, { radius: 5 });
  });
  const foot = box.top + box.height + 14;
  const quiet = { size: 12, colour: paints.quiet, weight: 400 };
  write(g, "epoch 1", [box.left, foot], paints, { ...quiet, align: "left" });
  write(g, `epoch ${last}`, [box.left + box.width, foot], paints, { ...quiet, align: "right" });
}
