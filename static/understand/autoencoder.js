// Two maps of codes side by side: drag a code on each, into empty space if you like, and see what is decoded there.
import { animate, paint } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { whenever } from "../lib/controls.js";
import { decoder } from "../lib/decoder.js";
import { pair, say } from "../lib/numbers.js";
import { Plane } from "../lib/plane.js";
import { recall, remember } from "../lib/url.js";
import { renewed } from "./shared.js";

const HTML = `
  <div class="bar wrap">
    <button type="button" class="hole">Drop both into a hole</button>
    <button type="button" class="digit">Back among the pictures</button>
    <button type="button" class="dice">Roll the dice 100 times on both</button>
  </div>
  <div class="ll-pair"></div>`;
const FIGURE = `
  <h4></h4>
  <canvas class="plane"></canvas>
  <div class="told">
    <figure><canvas class="image here" role="img"></canvas><figcaption>decoded here</figcaption></figure>
    <figure><canvas class="image near" role="img"></canvas><figcaption>nearest real code</figcaption></figure>
    <div class="words" aria-live="polite"><b class="verdict"></b><div class="quiet numbers"></div></div>
  </div>
  <ul class="facts fallen"></ul>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").AutoencoderData>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  let thrown = recall("dice", 0) ? 100 : 0;
  const box = root.querySelector(".ll-pair");
  box.replaceChildren();
  const panels = data.maps.map((map, k) => panel(box, map, data, "ab"[k], () => thrown));
  const fly = (where) => {
    root.still?.();
    const from = panels.map((p) => p.z),
      to = data.maps.map(where),
      start = performance.now();
    const quick = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 900;
    root.still = animate((now) => {
      const t = quick ? Math.min(1, (now - start) / quick) : 1,
        e = t * t * (3 - 2 * t);
      panels.forEach((p, k) => p.move([0, 1].map((i) => from[k][i] + e * (to[k][i] - from[k][i]))));
      return t < 1;
    });
  };
  root.querySelector(".hole").onclick = () => fly((map) => map.hole);
  root.querySelector(".digit").onclick = () => fly((map) => map.start);
  const dice = root.querySelector(".dice");
  const dress = () => {
    dice.textContent = thrown ? "Clear the rolls" : "Roll the dice 100 times on both";
    dice.setAttribute("aria-pressed", String(!!thrown));
    panels.forEach((p) => (p.count(), p.plane.redraw()));
  };
  dice.onclick = () => {
    thrown = thrown ? 0 : 100;
    remember("dice", thrown ? 1 : 0);
    dress();
  };
  dress();
  const unwatch = whenever(box, () => root.redraw());
  root.redraw = () => panels.forEach((p) => p.plane.redraw());
  root.end = () => {
    root.version = null;
    root.still?.();
    unwatch();
    panels.forEach((p) => p.plane.end());
  };
  return root.end;
}

function panel(box, map, data, letter, thrown) {
  const section = document.createElement("section");
  section.innerHTML = FIGURE;
  section.dataset.run = map.run;
  box.append(section);
  const find = (name) => section.querySelector(name);
  find("h4").textContent = map.title;
  const points = floats(map.points),
    labels = bytes(map.labels),
    decode = decoder(map.decoder),
    dice = floats(data.dice);
  const state = { z: recall(letter, map.start, -100, 100) };
  const nearest = (z) => {
    let best = 0,
      least = Infinity;
    for (let i = 0; i < labels.length; i++) {
      const away = (points[2 * i] - z[0]) ** 2 + (points[2 * i + 1] - z[1]) ** 2;
      if (away < least) [best, least] = [i, away];
    }
    return [best, Math.sqrt(least)];
  };
  /** Where the dice fell: how many into holes, and how many of the ten digits are nearest to one of them. */
  const fallen = (() => {
    const found = [...Array(dice.length / 2).keys()].map((k) => nearest([dice[2 * k], dice[2 * k + 1]]));
    return {
      holes: found.filter(([, away]) => away > map.far).length,
      digits: found.map(([i]) => labels[i]),
      all: found.length,
    };
  })();
  const count = () => {
    const most = Math.max(...data.names.map((_, c) => fallen.digits.filter((d) => d === c).length));
    const likely = data.names
      .map((_, c) => fallen.digits.filter((d) => d === c).length)
      .filter((n) => n >= fallen.all / 50).length;
    const rows = [
      ["rolls that fell into a hole", `${fallen.holes} of ${fallen.all}`],
      ["digits that come up twice or more", `${likely} of ${data.names.length}`],
      ["the most common digit comes up", `${most} times`],
    ];
    find(".fallen").replaceChildren(
      ...(thrown() ? rows : []).map(([name, value]) => {
        const row = document.createElement("li");
        row.append(name, Object.assign(document.createElement("b"), { textContent: value }));
        return row;
      }),
    );
    section.dataset.holes = String(fallen.holes);
  };
  const still = (plane) => {
    for (let i = 0; i < labels.length; i++)
      plane.dot([points[2 * i], points[2 * i + 1]], plane.paints.c[labels[i]], 1.8, 0.7);
    map.centres.forEach(([x, y, name]) => plane.name(name, [x, y]));
  };
  const draw = (plane) => {
    const { paints } = plane;
    if (thrown()) for (let i = 0; i < thrown(); i++) plane.dot([dice[2 * i], dice[2 * i + 1]], paints.ink, 2.6, 1);
    const [i] = nearest(state.z),
      near = [points[2 * i], points[2 * i + 1]];
    const { g } = plane,
      [ax, ay] = plane.at(state.z),
      [bx, by] = plane.at(near);
    g.strokeStyle = paints.ink;
    g.lineWidth = 1.5;
    g.beginPath(), g.moveTo(ax, ay), g.lineTo(bx, by), g.stroke();
    plane.handle(state.z);
  };
  const tell = () => {
    const [i, away] = nearest(state.z),
      gaps = away / map.gap;
    paint(find(".here"), decode(state.z), decode.size, 0, 255);
    paint(find(".near"), decode([points[2 * i], points[2 * i + 1]]), decode.size, 0, 255);
    find(".here").setAttribute("aria-label", `What the decoder draws at ${pair(state.z)}`);
    find(".near").setAttribute("aria-label", `The nearest real code, decoded: ${data.names[labels[i]]}`);
    const hole = away > map.far,
      edge = !hole && away > map.wide;
    find(".verdict").textContent = hole ? "◯ In a hole" : edge ? "◐ Between pictures" : "● Among pictures";
    find(".numbers").textContent =
      `z = ${pair(state.z, 1)}. The nearest code of a real picture is ${say(away)} away: ${say(gaps, gaps < 10 ? 1 : 0)} times the usual gap.`;
    section.dataset.z = state.z.join();
    section.dataset.away = String(away);
    find(".plane").setAttribute(
      "aria-label",
      `Map of ${labels.length} codes. The code stands at ${pair(state.z, 1)}. Drag it, or use the arrow keys.`,
    );
  };
  const move = (z) => {
    state.z = plane.z = z;
    plane.redraw();
    tell();
    remember(letter, z);
  };
  const plane = new Plane(find(".plane"), draw, { move, still });
  plane.show(map.range).z = state.z;
  tell();
  return {
    plane,
    move,
    count,
    get z() {
      return state.z;
    },
  };
}
