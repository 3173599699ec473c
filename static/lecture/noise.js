// The graph of z = mean + std × noise: forwards the picture that comes of it, backwards the error, which dice stop.
import { alpha } from "../lib/canvas.js";
import { element } from "../lib/dom.js";
import { gauss, pair } from "../lib/numbers.js";
import { dot, line } from "../lib/shapes.js";
import { drawArrow, drawBubble, drawMark, drawNetwork, drawPicture, mix, planeIn, write } from "./drawing.js";

const EVERY = 1700; // milliseconds from one roll by itself to the next
const KEPT = 80; // rolls that stay in sight

/** @param {import("./world.js").World} world */
export function noise(world) {
  const { digit } = world;
  let roll = [0.9, -0.7],
    rolled = 0; // when
  const rolls = [roll];
  const again = () => {
    roll = [gauss(), gauss()];
    rolls.push(roll);
    if (rolls.length > KEPT) rolls.shift();
  };
  const z = () => digit.mean.map((v, d) => v + digit.std[d] * roll[d]);
  /** @param {import("./scene.js").Stage} stage */
  const draw = (stage) => {
    const { at, now, calm } = stage;
    if (!calm && at[0] >= 1 && at[2] === 0 && now - rolled > EVERY) again(), (rolled = now);
    drawGraph(stage, world, { roll, z: z(), rolls });
    if (at[0] >= 1 && at[2] === 0) return EVERY - (now - rolled) + 1; // until the next roll
    return at[2] < 1 || at[3] > 0;
  };
  const hand = (box, redraw) => {
    const button = element("button", { type: "button", textContent: "Roll again", className: "roll" });
    button.onclick = () => (again(), redraw());
    box.append(button);
  };
  return { draw, hand, lengths: [700, 1300, 1500, 1300] };
}

/** Where the parts of the graph stand in a box, and how large they are. */
function placesIn(width, height) {
  const unit = Math.min(width / 8.6, height / 6),
    left = (width - 8.6 * unit) / 2,
    middle = height / 2;
  const at = (x, y) => [left + x * unit, middle + y * unit];
  return {
    unit,
    noise: at(1.05, -2),
    std: at(1.05, 0),
    mean: at(1.05, 2),
    times: at(2.75, -1),
    plus: at(3.6, 0.5),
    z: at(4.75, 0.5),
    decoder: at(5.95, 0.5),
    out: at(7.55, 0.5),
    lens: at(6.5, -1.85),
  };
}

function drawGraph({ g, width, height, at, now, calm, paints }, world, { roll, z, rolls }) {
  const { digit } = world,
    places = placesIn(width, height),
    { unit } = places,
    size = Math.max(11, Math.min(19, unit * 0.17)),
    side = unit * 1.75,
    forward = at[1],
    wires = [
      [places.noise, places.times, paints.z, at[0]],
      [places.std, places.times, paints.mean, forward],
      [places.times, places.plus, paints.z, forward],
      [places.mean, places.plus, paints.mean, forward],
      [places.plus, places.z, paints.z, forward],
      [places.z, places.decoder, paints.decoder, forward],
      [places.decoder, places.out, paints.decoder, forward],
    ];
  for (const [from, to, paint, share] of wires) {
    Object.assign(g, { strokeStyle: paints.line, lineWidth: 2.5 });
    line(g, from, to);
    Object.assign(g, { strokeStyle: alpha(paint, 0.55 + 0.45 * share), lineWidth: 3 });
    if (share > 0) line(g, from, mix(from, to, share));
  }
  if (at[2] > 0) drawBack(g, places, { at, now, calm, paints, size });
  const box = { left: places.decoder[0] - unit * 0.45, top: places.decoder[1] - unit * 0.75, width: unit * 0.9 };
  drawNetwork(g, { ...box, height: unit * 1.5 }, paints.decoder, {
    lit: 0.6 * forward,
    narrow: "left",
    text: "decoder",
    paints,
    size: size * 0.9,
  });
  node(g, places.noise, unit, "noise", pair(roll), paints.z, paints, size);
  node(g, places.std, unit, "std", pair(digit.std), paints.mean, paints, size);
  node(g, places.mean, unit, "mean", pair(digit.mean), paints.mean, paints, size);
  sign(g, places.times, unit, "×", paints);
  sign(g, places.plus, unit, "+", paints);
  if (forward > 0.5) node(g, places.z, unit, "z", pair(z), paints.z, paints, size, 0.62);
  const drawn = forward > 0.8 ? world.draw(z) : null;
  if (drawn) drawPicture(g, drawn, places.out, side, paints.decoder);
  drawLens(g, places.lens, unit * 1.05, { digit, roll, rolls, paints, share: forward, size });
}

/** A number of the graph with its name. @param g @param {number[]} place */
function node(g, place, unit, name, value, paint, paints, size, shrink = 1) {
  const [x, y] = place,
    [w, h] = [unit * 1.75 * shrink * (shrink < 1 ? 1.35 : 1), unit * 0.82];
  g.beginPath();
  g.roundRect(x - w / 2, y - h / 2, w, h, 10);
  Object.assign(g, { fillStyle: paints.page }).fill();
  Object.assign(g, { fillStyle: alpha(paint, 0.14) }).fill();
  Object.assign(g, { strokeStyle: paint, lineWidth: 2 }).stroke();
  write(g, name, [x, y - size * 0.6], paints, { size: size * 1.1, colour: paint, weight: 700 });
  write(g, value, [x, y + size * 0.75], paints, { size: size * 0.92, weight: 500 });
}

function sign(g, place, unit, text, paints) {
  dot(g, place, unit * 0.26, paints.page);
  Object.assign(g, { strokeStyle: paints.quiet, lineWidth: 2 }).stroke();
  write(g, text, place, paints, { size: unit * 0.36, weight: 500 });
}

/** The error on its way back: it stops at the dice, and goes on to mean and std. */
function drawBack(g, places, { at, now, calm, paints, size }) {
  const flow = calm ? 0 : (now / 40) % 14,
    paint = paints.ink;
  const back = (from, to, share) => {
    if (share <= 0) return;
    g.lineDashOffset = -flow;
    const off = shifted(from, to, 9);
    drawArrow(g, off[0], off[1], paint, { share, wide: 2.5, dash: [8, 6], head: 10 });
    g.lineDashOffset = 0;
  };
  const steps = [
    [places.out, places.decoder],
    [places.decoder, places.z],
    [places.z, places.plus],
    [places.plus, places.times],
    [places.times, mix(places.times, places.noise, 0.6)],
  ];
  steps.forEach(([from, to], k) => back(from, to, Math.min(1, Math.max(0, at[2] * steps.length - k))));
  back(places.times, mix(places.times, places.std, 0.72), at[3]);
  back(places.plus, mix(places.plus, places.mean, 0.72), at[3]);
  if (at[2] >= 0.95) {
    const [x, y] = shifted(places.times, mix(places.times, places.noise, 0.62), 9)[1];
    Object.assign(g, { strokeStyle: paint, lineWidth: 5, lineCap: "round" });
    line(g, [x - 9, y + 7], [x + 9, y - 11]);
    const above = [places.times[0] + size * 1.5, places.times[1] - places.unit * 0.6];
    write(g, "no way back", above, paints, { size, align: "left" });
  }
}

/** The same line, a little to its side. */
function shifted(from, to, by) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]],
    long = Math.hypot(dx, dy) || 1,
    off = [(-dy / long) * by, (dx / long) * by];
  return [from, to].map((place) => [place[0] + off[0], place[1] + off[1]]);
}

/** The bubble enlarged, with the rolls so far. */
function drawLens(g, centre, radius, { digit, roll, rolls, paints, share, size }) {
  const [x, y] = centre;
  if (share <= 0) return;
  g.globalAlpha = share;
  g.save();
  dot(g, centre, radius, paints.ground);
  Object.assign(g, { strokeStyle: paints.line, lineWidth: 1.5 }).stroke();
  g.clip();
  const plane = planeIn(
    { left: x - radius, top: y - radius, width: 2 * radius, height: 2 * radius },
    digit.std.map(() => 2.7 * Math.max(...digit.std)),
    digit.mean,
  );
  const at = (noise) => plane.at(digit.mean.map((v, d) => v + digit.std[d] * noise[d]));
  drawBubble(g, plane, digit.mean, digit.std, paints.mean, { k: 2, fill: 0.1, wide: 1.2, dash: [4, 3] });
  drawBubble(g, plane, digit.mean, digit.std, paints.mean, { fill: 0.2, wide: 2 });
  for (const each of rolls.slice(0, -1)) dot(g, at(each), 2.2, alpha(paints.z, 0.65));
  drawMark(g, plane.at(digit.mean), paints.mean, paints, { radius: 3.5 });
  Object.assign(g, { strokeStyle: paints.z, lineWidth: 2 });
  line(g, plane.at(digit.mean), at(roll));
  drawMark(g, at(roll), paints.z, paints, { radius: 5.5 });
  g.restore();
  write(g, "the bubble", [x, y + radius + size], paints, { size, colour: paints.quiet });
  g.globalAlpha = 1;
}
