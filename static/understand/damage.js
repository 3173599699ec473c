// A rebuilt picture that one damages: what both losses say of the whole, and where on the picture.
import { axes } from "../lib/axes.js";
import { colour, fit, paint, pixelsOf, suit } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { chips, slider } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { bce, grains, square } from "../lib/formulas.js";
import { clamp, say } from "../lib/numbers.js";
import { publish } from "../lib/bus.js";
import { recall, recallOne, remember } from "../lib/url.js";
import { GREY, inkSwitch, least, pureOf, SPLIT_KEY, splitBar, splitWords } from "./ink.js";
import { BOTH_LOSSES, keepDrawn, ofDecoder, showFacts } from "./shared.js";

/** @typedef {import("../lib/payloads").DamageData} Data */

const HTML = `
  <div class="bar wrap"><span class="name which"></span><span class="bar wrap digits"></span></div>
  <div class="bar wrap"><span class="name">The picture</span><span class="bar wrap inks"></span></div>
  <div class="bar wrap"><span class="name">Damage</span><span class="bar wrap kinds"></span></div>
  <div class="ll-pair">
    <section>
      <div class="knobs"></div>
      <div class="shown">
        <figure><canvas class="image truth" role="img"></canvas><figcaption class="source"></figcaption></figure>
        <figure><canvas class="image guess" role="img"></canvas><figcaption>the guess</figcaption></figure>
        <figure><canvas class="image where" role="img"></canvas><figcaption>where BCE comes from</figcaption></figure>
      </div>
      <ul class="facts"></ul>
      <div class="whole" aria-hidden="true"></div>${SPLIT_KEY}
    </section>
    <section><canvas class="chart" role="img"></canvas>${BOTH_LOSSES}
      <div class="key floor-key"><span><i class="dots"></i>${GREY}</span></div></section>
  </div>`;
const KINDS = ["noise", "shift", "fade", "wrong"];
const NAMES = ["Noise", "Shift", "Fade to grey"];
const TINY = 1e-6; // a guess of exactly 0 or 1 could cost infinitely many nats
const STEPS = [...Array(21).keys()].map((k) => k / 20); // of the damage, on the chart

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  return ofDecoder(component, HTML, show);
}

/** @param {any} root @param {Data} data @param {import("../lib/decoder.js").Decode} decode */
function show(root, data, decode) {
  remember("run", data.run); // the page has no epoch slider, which elsewhere names the run
  const find = (selector) => root.querySelector(selector),
    count = data.names.length,
    pictures = new Pictures(data, decode);
  suit(root, pictures.size);
  const state = {
    example: recall("picture", Math.min(2, count - 1), 0, count - 1) | 0,
    kind: recallOne("damage", KINDS),
    pure: false, // whether the picture is black and white
    much: recall("much", 0, 0, 1),
  };
  const draw = () => {
    classes.show((k) => k === state.example);
    kinds.show((k) => KINDS[k] === state.kind);
    const now = pictures.losses(state, state.much);
    showPictures(root, data, pictures, state, now);
    showNumbers(root, state, now, pictures.losses(state, 0));
    if (find(".chart").clientWidth) drawChart(find(".chart"), pictures, state, now);
  };
  const change = (name, value) => (remember(name, value), draw());
  const classes = chips(find(".digits"), data.names, (k) => {
    change("picture", (state.example = k));
    publish("loss example", k);
  });
  publish("loss example", state.example);
  find(".which").textContent = data.classes > 1 ? "Class" : "Picture";
  const names = [...NAMES, data.classes > 1 ? "Another class" : "Another picture"];
  const kinds = chips(find(".kinds"), names, (k) => change("damage", (state.kind = KINDS[k])));
  find(".knobs").replaceChildren();
  slider(find(".knobs"), {
    name: "how much",
    range: [0, 1, 0.01],
    value: state.much,
    text: (v) => `${Math.round(100 * v)}%`,
    change: (v) => change("much", (state.much = v)),
  });
  const stop = inkSwitch(find(".inks"), pictures.size, (pure) => ((state.pure = pure), draw()));
  return keepDrawn(root, find(".chart"), draw, stop);
}

/** A few pictures, the model's guess of it, and both losses between them. */
class Pictures {
  /** @param {Data} data @param {import("../lib/decoder.js").Decode} decode */
  constructor(data, decode) {
    const guesses = (means) => data.names.map((_, k) => Float64Array.from(decode(means.subarray(k * d, (k + 1) * d)))),
      means = floats(data.mean),
      d = means.length / data.names.length,
      grey = bytes(data.pictures);
    this.size = decode.size;
    this.pixels = pixelsOf(this.size);
    this.noise = grains(this.pixels);
    this.inks = [
      { originals: grey, guesses: guesses(means) },
      { originals: pureOf(grey), guesses: guesses(floats(data.pure_mean)) },
    ];
  }

  /** The guess with so much damage, its numbers strictly between 0 and 1. */
  damaged({ example, kind, pure }, much) {
    const { guesses } = this.inks[+pure],
      guess = guesses[example],
      other = guesses[(example + 1) % guesses.length];
    const mixed = (from, to, share) => (1 - share) * from + share * to;
    const whole = Math.floor(much * 10), // pixels that it is shifted by
      shifted = (i, by) => guess[i - Math.min(by, i % this.size.width)];
    const pixel = {
      noise: (i) => mixed(guess[i], this.noise[i], much),
      fade: (i) => mixed(guess[i], 0.5, much),
      wrong: (i) => mixed(guess[i], other[i], much),
      shift: (i) => mixed(shifted(i, whole), shifted(i, whole + 1), much * 10 - whole),
    }[kind];
    return Float64Array.from(guess, (_, i) => clamp(pixel(i), TINY, 1 - TINY));
  }

  /** The guess with so much damage, its losses, the BCE of each pixel, and what a perfect guess would cost. */
  losses(state, much) {
    const guess = this.damaged(state, much),
      { originals } = this.inks[+state.pure],
      each = new Float64Array(this.pixels);
    let [cost, squared, floor] = [0, 0, 0];
    for (let i = 0; i < this.pixels; i++) {
      const x = originals[this.pixels * state.example + i] / 255;
      floor += least(x);
      cost += each[i] = bce(x, guess[i]);
      squared += square(x, guess[i]);
    }
    return { guess, bce: cost, square: squared, each, floor };
  }
}

function showPictures(root, data, { inks, pixels, size }, state, { guess, each }) {
  const [left, middle, right] = ["truth", "guess", "where"].map((name) => root.querySelector(`.${name}`));
  paint(left, inks[+state.pure].originals, size, pixels * state.example);
  paint(middle, guess, size, 0, 255);
  paintHeat(right, each, size);
  root.querySelector(".source").textContent = data.redrawn ? "the picture, as redrawn" : "the picture";
  describe(left, `The picture ${data.classes > 1 ? "of " : ""}${data.names[state.example]}`);
  describe(middle, `The guess, ${Math.round(100 * state.much)}% damaged by ${state.kind}`);
  describe(right, "Where the BCE comes from: bright pixels cost most");
}

/** What each pixel costs, in the colour of the decoder: 3 nats at its full strength, 6 and more in white. */
function paintHeat(canvas, costs, { channels, height, width }) {
  fit(canvas, width, height);
  const g = canvas.getContext("2d"),
    image = g.createImageData(width, height),
    area = width * height,
    full = (colour(canvas.parentElement, "--ll-decoder").match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);
  for (let i = 0; i < area; i++) {
    let cost = 0;
    for (let c = 0; c < channels; c++) cost += costs[c * area + i] / channels;
    const rgb = full.map((v) => v * Math.min(1, cost / 3) + 255 * clamp(cost / 3 - 1, 0, 1));
    image.data.set([...rgb, 255], 4 * i);
  }
  g.putImageData(image, 0, 0);
}

function showNumbers(root, state, now, undamaged) {
  const above = (loss, of) => (loss === "bce" ? of.bce - of.floor : of.square);
  const what = (name, loss) => {
    const times = say(above(loss, now) / above(loss, undamaged), 1),
      more = ` <small class="quiet">${times} times the error of the undamaged</small>`;
    return `<span>${name}${state.much && above(loss, undamaged) > 0.05 ? more : ""}</span>`;
  };
  showFacts(root.querySelector(".facts"), [
    [what("BCE", "bce"), `${say(now.bce, 1)} nats`, "decoder"],
    [what("half the squared error", "square"), `${say(now.square, 1)} nats`],
  ]);
  const error = now.bce - now.floor,
    most = Math.max(now.bce, 2 * undamaged.bce);
  root.querySelector(".whole").innerHTML = splitBar(now.floor, error, most) + splitWords(now.floor, error);
  Object.assign(root.dataset, { bce: now.bce, square: now.square, digit: state.example, floor: now.floor });
}

/** Both losses over the damage. */
function drawChart(canvas, pictures, state, now) {
  const losses = STEPS.map((much) => pictures.losses(state, much)),
    high = Math.max(...losses.map((each) => each.bce)) * 1.1,
    curve = (name) => STEPS.map((much, k) => [100 * much, losses[k][name]]);
  const across = { low: 0, high: 100, label: "damage, %", ticks: [0, 20, 40, 60, 80, 100] },
    chart = axes(canvas, across, { low: 0, high, label: "nats" });
  const floored = now.floor > 0.05;
  if (floored)
    chart.line(
      [
        [0, now.floor],
        [100, now.floor],
      ],
      chart.paints.ink,
      { dash: [2, 4], wide: 1.5 },
    );
  canvas.parentElement.querySelector(".floor-key").hidden = !floored;
  chart.line(curve("bce"), chart.paints.decoder);
  chart.line(curve("square"), chart.paints.ink, { dash: [6, 4] });
  chart.dot(100 * state.much, now.bce, chart.paints.decoder);
  chart.dot(100 * state.much, now.square, chart.paints.ink, { square: true });
  const range = (name) => `from ${say(losses[0][name], 0)} to ${say(losses.at(-1)[name], 0)}`;
  describe(canvas, `Both losses over the damage: BCE ${range("bce")} nats, squared error ${range("square")}`);
}
