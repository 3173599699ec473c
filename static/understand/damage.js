// A rebuilt picture that one damages: what both losses say of the whole, and where on the picture.
import { axes } from "../lib/axes.js";
import { colour, paint, fit, pixelsOf } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { chips, slider, whenever } from "../lib/controls.js";
import { decoder } from "../lib/decoder.js";
import { bce, grains, square } from "../lib/formulas.js";
import { say } from "../lib/numbers.js";
import { recall, recallOne, remember } from "../lib/url.js";
import { renewed } from "./shared.js";

const HTML = `
  <div class="bar wrap"><span class="name">Class</span><span class="bar wrap digits"></span></div>
  <div class="bar wrap"><span class="name">Damage</span><span class="bar wrap kinds"></span></div>
  <div class="ll-pair">
    <section>
      <div class="knobs"></div>
      <div class="shown">
        <figure><canvas class="image truth" role="img"></canvas><figcaption class="source">the picture</figcaption></figure>
        <figure><canvas class="image guess" role="img"></canvas><figcaption>the guess</figcaption></figure>
        <figure><canvas class="image where" role="img"></canvas><figcaption>where BCE comes from</figcaption></figure>
      </div>
      <ul class="facts"></ul>
    </section>
    <section><canvas class="chart" role="img"></canvas>
      <div class="key"><span class="decoder"><i></i>BCE</span><span><i class="dash" style="border-color: var(--ll-ink)"></i>half the squared error</span></div></section>
  </div>`;
const KINDS = ["noise", "shift", "fade", "wrong"];
const NAMES = ["Noise", "Shift", "Fade to grey", "Another class"];
const TINY = 1e-6; // a guess of exactly 0 or 1 could cost infinitely many nats

/** @param {import("../lib/payloads").Component<import("../lib/payloads").DamageData>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  remember("run", data.run); // the page has no epoch slider, which elsewhere names the run
  const find = (name) => root.querySelector(name),
    count = data.names.length;
  const pictures = bytes(data.pictures),
    means = floats(data.mean),
    d = means.length / count,
    decode = decoder(data.decoder),
    { size } = decode,
    pixels = pixelsOf(size),
    noise = grains(pixels);
  const guesses = data.names.map((_, k) => Float64Array.from(decode(means.subarray(k * d, (k + 1) * d))));
  const state = {
    digit: recall("picture", Math.min(2, count - 1), 0, count - 1) | 0,
    kind: recallOne("damage", KINDS),
    much: recall("much", 0, 0, 1),
  };

  /** The guess with so much damage, its numbers strictly between 0 and 1. */
  const damaged = (much) => {
    const g = guesses[state.digit],
      other = guesses[(state.digit + 1) % count],
      by = much * 10,
      whole = Math.floor(by),
      part = by - whole;
    const at = (i, left) => g[i - Math.min(left, i % size.width)];
    const f = {
      noise: (i) => (1 - much) * g[i] + much * noise[i],
      fade: (i) => (1 - much) * g[i] + much * 0.5,
      wrong: (i) => (1 - much) * g[i] + much * other[i],
      shift: (i) => (1 - part) * at(i, whole) + part * at(i, whole + 1),
    }[state.kind];
    return Float64Array.from(g, (_, i) => Math.min(1 - TINY, Math.max(TINY, f(i))));
  };
  /** @param {ArrayLike<number>} guess @returns {{b: number, s: number, each: Float64Array}} */
  const losses = (guess) => {
    let b = 0,
      s = 0;
    const each = new Float64Array(pixels);
    for (let i = 0; i < pixels; i++) {
      const x = pictures[pixels * state.digit + i] / 255;
      b += each[i] = bce(x, guess[i]);
      s += square(x, guess[i]);
    }
    return { b, s, each };
  };
  const show = () => {
    const guess = damaged(state.much),
      { b, s, each } = losses(guess),
      none = losses(damaged(0));
    paint(find(".truth"), pictures, size, pixels * state.digit);
    paint(find(".guess"), guess, size, 0, 255);
    heat(find(".where"), each);
    find(".source").textContent = data.redrawn ? "the picture, as redrawn" : "the picture";
    const times = (now, then) =>
      state.much && then > 1e-9 ? ` <small class="quiet">${say(now / then, 1)} times as much as undamaged</small>` : "";
    find(".facts").innerHTML =
      `<li><span>BCE${times(b, none.b)}</span><b class="decoder">${say(b, 1)} nats</b></li>` +
      `<li><span>half the squared error${times(s, none.s)}</span><b>${say(s, 1)} nats</b></li>`;
    for (const [name, text] of [
      ["truth", `The picture of ${data.names[state.digit]}`],
      ["guess", `The guess, ${Math.round(100 * state.much)}% damaged by ${state.kind}`],
      ["where", "Where the BCE comes from: bright pixels cost most"],
    ])
      find(`.${name}`).setAttribute("aria-label", text);
    Object.assign(root.dataset, { bce: b, square: s, digit: state.digit });
    digits.show((k) => k === state.digit);
    kinds.show((k) => KINDS[k] === state.kind);
    const canvas = find(".chart");
    if (!canvas.clientWidth) return;
    const steps = [...Array(21).keys()].map((k) => /** @type {const} */ ([k / 20, losses(damaged(k / 20))])),
      high = Math.max(...steps.map(([, l]) => l.b)) * 1.1;
    const chart = axes(
      canvas,
      { low: 0, high: 100, label: "damage, %", ticks: [0, 20, 40, 60, 80, 100] },
      { low: 0, high, label: "nats" },
    );
    chart.line(
      steps.map(([m, l]) => [100 * m, l.b]),
      chart.paints.decoder,
    );
    chart.line(
      steps.map(([m, l]) => [100 * m, l.s]),
      chart.paints.ink,
      { dash: [6, 4] },
    );
    chart.dot(100 * state.much, b, chart.paints.decoder);
    chart.dot(100 * state.much, s, chart.paints.ink, { square: true });
    canvas.setAttribute(
      "aria-label",
      `Both losses over the damage: BCE from ${say(steps[0][1].b, 0)} to ${say(steps[20][1].b, 0)} nats, squared error from ${say(steps[0][1].s, 0)} to ${say(steps[20][1].s, 0)}`,
    );
  };
  const heat = (canvas, each) => {
    const { channels, height, width } = size,
      area = width * height;
    fit(canvas, width, height);
    const ink = (colour(root, "--ll-decoder").match(/[\d.]+/g) ?? [0, 0, 0]).map(Number),
      g = canvas.getContext("2d"),
      image = g.createImageData(width, height);
    for (let i = 0; i < area; i++) {
      let v = 0;
      for (let c = 0; c < channels; c++) v += each[c * area + i] / channels;
      image.data.set(
        [...ink.slice(0, 3).map((c) => c * Math.min(1, v / 3) + 255 * Math.max(0, Math.min(1, v / 3 - 1))), 255],
        4 * i,
      );
    }
    g.putImageData(image, 0, 0);
  };
  const digits = chips(find(".digits"), data.names, (k) => (remember("picture", (state.digit = k)), show()));
  const kinds = chips(find(".kinds"), NAMES, (k) => (remember("damage", (state.kind = KINDS[k])), show()));
  find(".knobs").replaceChildren();
  slider(find(".knobs"), {
    name: "how much",
    low: 0,
    high: 1,
    step: 0.01,
    value: state.much,
    text: (v) => `${Math.round(100 * v)}%`,
    change: (v) => (remember("much", (state.much = v)), show()),
  });
  root.redraw = show;
  const unwatch = whenever(find(".chart"), show);
  show();
  root.end = () => ((root.version = null), unwatch());
  return root.end;
}
