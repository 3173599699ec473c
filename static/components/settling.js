// Let the bubble choose: the decoder stays, and one picture's mean and std go down the slope of the loss, in sight.
import { askUntil } from "../bridge/ask.js";
import { subscribe } from "../lib/bus.js";
import { busy } from "../lib/busy.js";
import { bytes, rowsOf } from "../lib/codec.js";
import { chips, whenever } from "../lib/controls.js";
import { decoder, unpacked } from "../lib/decoder.js";
import { mount } from "../lib/dom.js";
import { grains } from "../lib/formulas.js";
import { codeOf, gapOf, klOf, rollsOf, Settling, STEPS } from "../lib/settle.js";
import { sliced } from "../lib/slices.js";
import { slopeOf } from "../lib/slope.js";
import { style } from "../lib/style.js";
import { HTML, SettlingView } from "./settling_view.js";

/** @typedef {import("../lib/payloads").SettlingData} Data */
/** @typedef {import("../lib/payloads").SettlingAnswer} Answer */
/** @typedef {import("../lib/settle.js").Bubble} Bubble */
/** @typedef {{step: number, gap: number, error: number, bubble: Bubble}} Point */

const EVERY = 6; // steps from one point of the curve to the next
const ROLLS = 60; // over which a cost is averaged while it settles, the same for both bubbles
const LAST = 400; // the same at the end
const BUDGET = 9; // milliseconds of work between two frames

/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data } = component;
  style(new URL("./settling.css", import.meta.url).href);
  const [root, isNew] = mount(component, HTML);
  root.classList.add("ll-settling");
  if (!isNew && root.version === data.version) return root.end;
  root.end?.();
  root.version = data.version;
  const scene = new Scene(root, data, (k) => component.setStateValue("wanted", k)),
    unwatch = whenever(root.querySelector(".stage"), () => scene.show());
  root.end = () => {
    root.version = null;
    unwatch();
    scene.end();
  };
  return root.end;
}

export class Scene {
  /** @type {any} */ root;
  /** @type {Data} */ data;
  /** @type {(k: number) => void} */ ask;
  ended = false;
  k = 0; // the model
  example = 0; // the picture
  /** @type {Map<string, {decode: any, term: any}>} */ here = new Map(); // decoders, by their names on the bus
  /** @type {any} */ own = null; // the descent
  /** @type {Point[]} */ points = [];
  /** @type {number[]} */ before = []; // the encoder's errors under the first rolls
  stops = /** @type {(() => void)[]} */ ([]);
  stopWork = () => {};
  stopAsking = () => {};
  stopHearing = () => {};

  /** @param {any} root @param {Data} data @param {(k: number) => void} ask */
  constructor(root, data, ask) {
    Object.assign(this, { root, data, ask });
    this.models = data.models.map((model) => ({
      ...model,
      means: rowsOf(model.means, model.latent_dim),
      logvars: rowsOf(model.logvars, model.latent_dim),
    }));
    const all = bytes(data.pictures),
      pixels = all.length / data.names.length;
    this.pictures = data.names.map((_, i) =>
      Float32Array.from(all.subarray(i * pixels, (i + 1) * pixels), (v) => v / 255),
    );
    this.view = new SettlingView(root, this);
    this.pickModel = chips(
      root.querySelector(".models"),
      data.models.map(({ title }) => title),
      (k) => this.take(k, this.example),
    );
    this.pickPicture = chips(root.querySelector(".pictures"), data.names, (i) => this.take(this.k, i), {
      classes: true,
    });
    root.querySelector(".go").onclick = () => (this.running ? this.halt() : this.settle());
    root.querySelector(".back").onclick = () => this.reset();
    this.take(0, data.start);
  }

  end() {
    this.ended = true;
    this.stopWork();
    this.stopAsking();
    this.stopHearing();
    this.view.end();
  }

  get model() {
    return this.models[this.k];
  }

  get picture() {
    return this.pictures[this.example];
  }

  /** The encoder's answer. @returns {Bubble} */
  get answer() {
    const { means, logvars } = this.model;
    return { mean: Float64Array.from(means[this.example]), logvar: Float64Array.from(logvars[this.example]) };
  }

  /** Where the bubble is now. @returns {Bubble} */
  get bubble() {
    return this.own?.at ?? this.answer;
  }

  get decoder() {
    return this.here.get(this.model.decoder);
  }

  take(k, example) {
    Object.assign(this, { k, example });
    this.pickModel.show((j) => j === k);
    this.pickPicture.show((j) => j === example);
    this.reset();
    this.stopHearing();
    this.stopAsking();
    this.stopHearing = subscribe(this.model.decoder, (found) => found && this.learn(this.model.decoder, found));
  }

  /** Ask for the decoder of this model, if it is not here. */
  want() {
    const { k } = this,
      missing = () => !this.here.has(this.models[k].decoder);
    this.stopAsking();
    if (missing()) this.stopAsking = askUntil({ missing, times: 5, ask: () => this.ask(k) });
  }

  async learn(name, { head, parts }) {
    if (this.here.has(name)) return;
    const model = this.models.find((each) => each.decoder === name),
      source = await unpacked(head, parts[0]);
    if (this.ended || this.here.has(name)) return;
    this.here.set(name, { decode: decoder(source), term: slopeOf(source, model.reconstruction) });
    if (name === this.model.decoder) this.reset(this.wanted);
  }

  /** Back to the encoder's answer; what that costs is worked out first. */
  reset(go = false) {
    this.stopWork();
    Object.assign(this, { own: null, points: [], running: false, wanted: false, before: [], cost: null });
    this.show();
    if (!this.decoder) return;
    const { term } = this.decoder,
      start = this.answer,
      roll = grainsOf(90_000);
    this.rolls = rollsOf(ROLLS, start.mean.length, roll);
    this.work(
      this.rolls,
      (each) => this.before.push(term.error(codeOf(start, each), this.picture)),
      () => {
        this.cost = { before: averageOf(this.before), kl: klOf(start) };
        this.points = [{ step: 0, gap: 0, error: 0, bubble: start }];
        this.show();
        if (go) this.settle();
      },
    );
  }

  /** Do so many jobs in short pieces, so that the page draws between them. */
  work(jobs, job, after) {
    const done = busy("a bubble that settles");
    let end = () => {};
    this.stopWork = () => (end(), done()); // before the work begins: little of it is over at once, and may lead to more
    end = sliced(jobs, job, { budget: BUDGET, done: () => (done(), after()) });
  }

  settle() {
    if (!this.decoder) {
      this.wanted = true; // as soon as it has come
      this.want();
      return this.show();
    }
    if (!this.cost) return;
    if (!this.own || this.own.done) {
      this.own = new Settling(this.decoder.term, this.picture, this.answer, this.model.beta, grainsOf(400_000));
      this.points.length = 1;
    }
    this.running = true;
    this.show();
    this.work(
      this.jobs(),
      (f) => f(),
      () => this.finish(),
    );
  }

  /** The steps, and after some of them what the bubble costs by now. */
  *jobs() {
    const { own } = this;
    while (!own.done) {
      yield () => own.step();
      if (own.steps % EVERY) continue;
      const bubble = own.at,
        after = [];
      for (const roll of this.rolls)
        yield () => after.push(this.decoder.term.error(codeOf(bubble, roll), this.picture));
      yield () => this.note(own.steps, bubble, after, this.before);
    }
    const many = rollsOf(LAST, own.d, grainsOf(90_000)),
      [start, end] = [this.answer, own.at],
      [before, after] = [[], []];
    for (const roll of many)
      yield () => {
        before.push(this.decoder.term.error(codeOf(start, roll), this.picture));
        after.push(this.decoder.term.error(codeOf(end, roll), this.picture));
      };
    yield () => {
      this.points.pop(); // the same place, known better now
      this.note(STEPS, end, after, before);
    };
  }

  note(step, bubble, after, before) {
    const start = this.answer,
      { gap, error } = gapOf(before, after, this.model.beta * (klOf(start) - klOf(bubble)));
    this.cost = { before: averageOf(before), kl: klOf(start), after: averageOf(after), ownKl: klOf(bubble) };
    this.points.push({ step, gap, error, bubble: { mean: bubble.mean.slice(), logvar: bubble.logvar.slice() } });
    this.show();
  }

  halt() {
    this.stopWork();
    this.running = false;
    this.show();
  }

  finish() {
    this.running = false;
    this.show();
  }

  show() {
    this.view.show();
  }
}

const averageOf = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Uniform numbers, the same at every visit. */
function grainsOf(count) {
  const all = grains(count);
  let at = 0;
  return () => all[at++ % count];
}
