// The bubbles of some pictures under several betas, over the epochs: bubbles, the forces on them, all of them together.
import { paint } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { chips, slider, whenever } from "../lib/controls.js";
import { decoder } from "../lib/decoder.js";
import { overlap } from "../lib/formulas.js";
import { every, playButton } from "../lib/play_button.js";
import { pair, quantile, say } from "../lib/numbers.js";
import { Plane } from "../lib/plane.js";
import { recall, recallOne, remember } from "../lib/url.js";
import { renewed } from "./shared.js";

const HTML = `
  <div class="bar wrap choices">
    <span class="bar wrap views"></span>
    <span class="bar wrap which"><span class="name">Digits</span><span class="bar wrap digits ten"></span></span>
  </div>
  <div class="bar wrap">
    <button type="button" class="play" aria-label="Play the epochs">▶</button>
    <div class="time" style="flex: 1; min-width: 14rem"></div>
    <button type="button" class="strong">Go to the strongest overlap</button>
    <button type="button" class="scale">One scale for all</button>
  </div>
  <div class="key"></div>
  <div class="ll-four"></div>`;
const FIGURE = `
  <h4></h4>
  <canvas class="plane"></canvas>
  <div class="told one">
    <figure><canvas class="image here" role="img"></canvas></figure>
    <div class="words"><b class="where"></b><div class="quiet who"></div></div>
  </div>
  <ul class="facts"></ul>`;
const VIEWS = ["bubbles", "forces", "together"];
const NAMES = ["Bubbles", "Forces", "All together"];
const KEYS = {
  bubbles: `<span><i style="border-color: var(--ll-ink)"></i>bubble: two standard deviations about its mean</span>
    <span><i class="dash" style="border-color: var(--ll-ink)"></i>it overlaps with another digit’s</span>`,
  forces: `<span class="decoder"><i></i>reconstruction: where the picture wants its mean</span>
    <span class="mean"><i class="dash"></i>penalty: towards the centre</span><span>four times the force, twice the length</span>`,
  together: `<span><i style="border-color: var(--ll-ink)"></i>all bubbles as one: one and two standard deviations</span>
    <span class="z"><i class="dash"></i>N(0, 1), where the rolls land: one and two</span>`,
};
const ARROWS = 3; // pictures of each digit that get arrows: more cannot be read
const HALF = 0.5; // overlap from which two bubbles count as overlapping

/** @param {import("../lib/payloads").Component<import("../lib/payloads").BubblesData>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const asked = recall("digits", data.names.map((_, k) => k).join("")),
    wanted = recall("epoch", data.epochs.at(-1));
  const state = {
    view: recallOne("view", VIEWS),
    epoch: data.epochs.includes(wanted) ? wanted : data.epochs.at(-1),
    digits: new Set([...asked].map(Number).filter((d) => d < data.names.length)),
    one: recall("scale", 0) === 1,
  };
  if (!state.digits.size) state.digits = new Set(data.names.keys());
  const box = root.querySelector(".ll-four");
  box.replaceChildren();
  const panels = data.panels.map((source, k) => panel(box, source, data, state, "abcd"[k]));
  const most = Math.max(...data.panels.map((p) => p.reach));
  const views = chips(root.querySelector(".views"), NAMES, (k) =>
    change(() => remember("view", (state.view = VIEWS[k]))),
  );
  const digits = chips(
    root.querySelector(".digits"),
    data.names,
    (k) =>
      change(() => {
        if (!state.digits.delete(k)) state.digits.add(k);
        if (!state.digits.size) state.digits.add(k); // none at all would be an empty page
        remember("digits", [...state.digits].sort().join(""));
      }),
    { classes: true },
  );
  const scale = root.querySelector(".scale"),
    strong = root.querySelector(".strong");
  scale.onclick = () => change(() => remember("scale", +(state.one = !state.one)));
  strong.onclick = () => panels.forEach((p) => p.strongest());
  root.querySelector(".time").replaceChildren();
  const time = slider(root.querySelector(".time"), {
    name: "Epoch",
    low: 0,
    high: data.epochs.length - 1,
    step: 1,
    value: data.epochs.indexOf(state.epoch),
    text: (k) => (data.epochs[k] ? `${data.epochs[k]} of ${data.epochs.at(-1)}` : "untrained"),
    change: (k) => (player.pause(), go(k)),
  });
  const go = (k) => change(() => remember("epoch", (state.epoch = data.epochs[k])));
  const film = (end) => {
    if (+time.input.value === data.epochs.length - 1) time.set(0), go(0);
    return every(600, () => {
      const k = +time.input.value + 1;
      if (k >= data.epochs.length) return end();
      time.set(k), go(k);
    });
  };
  const player = playButton(root.querySelector(".play"), film, "Play the epochs");
  const change = (f) => (f?.(), root.redraw());
  root.redraw = () => {
    views.show((k) => state.view === VIEWS[k]);
    digits.show((k) => state.digits.has(k));
    scale.setAttribute("aria-pressed", String(state.one));
    root.querySelector(".which").classList.toggle("away", state.view === "together");
    root.querySelector(".key").innerHTML = KEYS[state.view];
    panels.forEach((p) => p.show(state.one ? most : null));
  };
  const unwatch = whenever(box, () => root.redraw());
  root.redraw();
  root.end = () => {
    root.version = null;
    player.pause();
    unwatch();
    panels.forEach((p) => p.plane.end());
  };
  return root.end;
}

function panel(box, source, data, state, letter) {
  const section = document.createElement("section");
  section.innerHTML = FIGURE;
  section.dataset.run = source.run;
  box.append(section);
  const find = (name) => section.querySelector(name);
  find("h4").innerHTML = `${source.title} <small>beta ${source.beta}</small>`;
  const labels = bytes(source.labels),
    n = labels.length,
    [means, logvars, pulls, swells] = ["means", "logvars", "on_mean", "on_logvar"].map((k) => floats(source[k]));
  const cells = bytes(source.cells),
    decode = decoder(source.decoder),
    image = document.createElement("canvas");
  const last = data.epochs.at(-1),
    rank = [...labels].map((c, i) => labels.subarray(0, i).filter((d) => d === c).length);
  let z = recall(letter, [0, 0], -200, 200),
    now = {};

  const collect = () => {
    const k = data.epochs.indexOf(state.epoch),
      part = (all) => all.subarray(k * 2 * n, (k + 1) * 2 * n);
    const [mean, logvar, pull, swell] = [means, logvars, pulls, swells].map(part);
    const shown = [...labels.keys()].filter((i) => state.digits.has(labels[i]));
    const touching = new Set();
    let best = { share: 0, pair: null };
    shown.forEach((i, a) => {
      for (const j of shown.slice(a + 1)) {
        if (labels[i] === labels[j]) continue;
        const share = overlap(mean, logvar, i, j);
        if (share > best.share) best = { share, pair: [i, j] };
        if (share > HALF) touching.add(i), touching.add(j);
      }
    });
    now = {
      k,
      mean,
      logvar,
      pull,
      swell,
      shown,
      touching,
      best,
      std: (i) => [0, 1].map((d) => Math.exp(logvar[2 * i + d] / 2)),
      at: (i) => [mean[2 * i], mean[2 * i + 1]],
    };
  };

  const draw = (plane) => {
    if (state.view === "together") together(plane);
    else {
      const faint = state.view === "forces";
      for (const i of now.shown) {
        const paint = plane.paints.c[labels[i]],
          over = now.touching.has(i) && !faint;
        plane.ring(now.at(i), now.std(i), paint, {
          k: 2,
          least: 2.5,
          fill: faint ? 0.1 : 0.2,
          wide: faint ? 0.75 : 1.5,
          dash: over ? [4, 3] : [],
        });
      }
      if (faint) forces(plane);
      if (state.epoch === 0)
        plane.name("untrained: all in one pile", [0, plane.window[1][1] * 0.86], plane.paints.quiet, 13);
    }
    plane.handle(z);
  };

  const together = (plane) => {
    const { g, paints } = plane,
      size = data.size,
      ink = paints.mean.match(/[\d.]+/g).map(Number);
    image.width = image.height = size;
    const pixels = image.getContext("2d"),
      map = pixels.createImageData(size, size);
    for (let c = 0; c < size * size; c++) map.data.set([ink[0], ink[1], ink[2], cells[now.k * size * size + c]], 4 * c);
    pixels.putImageData(map, 0, 0);
    const [x0, y0] = plane.at([-source.reach, source.reach]),
      wide = 2 * source.reach * plane.unit;
    g.drawImage(image, x0, y0, wide, wide);
    const [cx, cy, s, t, angle] = source.shapes[now.k];
    for (const k of [1, 2]) {
      plane.ring([cx, cy], [s, t], paints.ink, { k, angle, wide: 2 });
      plane.ring([0, 0], [1, 1], paints.z, { k, dash: [5, 4], wide: 2.5 });
    }
  };

  const forces = (plane) => {
    const { paints } = plane,
      length = (f) => Math.sqrt(Math.hypot(...f)) * plane.width * 0.022;
    for (const i of now.shown.filter((i) => rank[i] < ARROWS)) {
      for (const [f, paint, dash] of [
        [[-now.pull[2 * i], -now.pull[2 * i + 1]], paints.decoder, []],
        [now.at(i).map((v) => -source.beta * v), paints.mean, [4, 3]],
      ]) {
        const size = Math.hypot(...f),
          long = length(f);
        if (size > 1e-9)
          plane.arrow(
            now.at(i),
            f.map((v) => (v / size) * long),
            paint,
            { dash, wide: 1.75 },
          );
      }
    }
  };

  const facts = () => {
    const { shown, mean, logvar, pull, swell, touching } = now,
      average = (f) => shown.reduce((sum, i) => sum + f(i), 0) / shown.length;
    const outward = (i) => -(pull[2 * i] * mean[2 * i] + pull[2 * i + 1] * mean[2 * i + 1]) / Math.hypot(...now.at(i));
    const grow = (i) => (source.beta * (2 - Math.exp(logvar[2 * i]) - Math.exp(logvar[2 * i + 1]))) / 2,
      squeeze = (i) => swell[2 * i] + swell[2 * i + 1];
    const shape = source.shapes[now.k],
      radius = quantile(
        shown.map((i) => Math.sqrt((Math.exp(logvar[2 * i]) + Math.exp(logvar[2 * i + 1])) / 2)),
        0.5,
      );
    const spread = Math.sqrt(average((i) => Math.hypot(...now.at(i)) ** 2));
    section.dataset.touching = touching.size;
    section.dataset.shown = shown.length;
    return {
      bubbles: [
        ["median bubble size (std)", say(radius, radius < 0.1 ? 3 : 2)],
        ["distance from the centre", say(spread)],
        ["overlap with another digit’s", `${touching.size} of ${shown.length}`],
      ],
      forces: [
        ["reconstruction pulls outwards by", say(average(outward), 1)],
        ["penalty pulls inwards by", say(source.beta * average((i) => Math.hypot(...now.at(i))), 1)],
        ["reconstruction shrinks bubbles by", say(average(squeeze))],
        ["penalty swells them by", say(average(grow))],
      ],
      together: [
        ["std of all together", `${say(shape[2])} × ${say(shape[3])}`],
        ["std of N(0, 1)", "1.00 × 1.00"],
        ["centre", pair(shape.slice(0, 2))],
      ],
    }[state.view];
  };

  const tell = () => {
    const rows = facts().map(([name, value]) => {
      const row = document.createElement("li"),
        bold = document.createElement("b");
      bold.textContent = value;
      row.append(name, bold);
      return row;
    });
    find(".facts").replaceChildren(...rows);
    const canvas = find(".here"),
      known = state.epoch === last;
    canvas.style.opacity = known ? 1 : 0.25;
    paint(canvas, decode(z), decode.size, 0, 255);
    canvas.setAttribute(
      "aria-label",
      known ? `What the decoder draws at ${pair(z, 1)}` : "No decoder was kept for this epoch",
    );
    find(".where").textContent = known ? `z = ${pair(z)}, decoded` : "Decoded at the last epoch only";
    const inside = now.shown.filter(
      (i) => [0, 1].reduce((sum, d) => sum + ((z[d] - now.mean[2 * i + d]) / now.std(i)[d]) ** 2, 0) < 4,
    );
    const who = [...new Set(inside.map((i) => data.names[labels[i]]))].sort();
    find(".who").textContent = inside.length
      ? `In ${inside.length} bubble${inside.length > 1 ? "s" : ""}, of ${who.join(", ")}.`
      : "In no bubble. Drag the ring.";
    section.dataset.z = z.join();
    section.dataset.epoch = state.epoch;
    find(".plane").setAttribute(
      "aria-label",
      `${source.title}: ${state.view}, ${now.shown.length} bubbles, epoch ${state.epoch}. ${rows.map((r) => r.textContent).join(". ")}. Arrow keys move the code.`,
    );
  };

  const move = (to) => {
    z = plane.z = to;
    plane.redraw();
    tell();
    remember(letter, z);
  };
  const plane = new Plane(find(".plane"), draw, { move });
  plane.z = z;
  collect();
  return {
    plane,
    show(reach) {
      const r = reach ?? source.reach;
      plane.show([
        [-r, r],
        [-r, r],
      ]);
      collect();
      plane.redraw();
      tell();
    },
    /** Where the root of the product of two bubbles is largest: their means, weighted by how sure each is. */
    strongest() {
      const found = now.best.pair;
      if (!found)
        return void (find(".who").textContent += " Only one digit is shown: there is nothing to overlap with.");
      const [[a, s], [b, t]] = found.map((i) => [now.at(i), now.std(i).map((v) => v * v)]);
      move([0, 1].map((d) => (a[d] / s[d] + b[d] / t[d]) / (1 / s[d] + 1 / t[d])));
      find(".who").textContent +=
        ` A bubble of ${data.names[labels[found[0]]]} and one of ${data.names[labels[found[1]]]} overlap by ${now.best.share < 0.01 ? "less than 1" : Math.round(100 * now.best.share)}%.`;
    },
  };
}
