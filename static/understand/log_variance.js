// Why the log variance: a variance that steps push below zero, beside its logarithm, which no step can make negative.
import { svg } from "../lib/charts.js";
import { slider } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { ticks } from "../lib/geometry.js";
import { clamp, say } from "../lib/numbers.js";
import { recall, remember } from "../lib/url.js";
import { keepDrawn, renewed, showFacts } from "./shared.js";
import { lossAt, stepOnLogarithm, stepOnVariance } from "./slopes_of_variance.js";

/** @typedef {import("../lib/payloads").LogVarianceData} Data */

const HTML = `
  <div class="bar wrap"><button type="button" class="down">One step down the slope, on both</button>
    <button type="button" class="anew">Start again</button><div class="rate"></div></div>
  <div class="ll-pair">
    <section data-says="variance"><h4>The network gives the variance</h4><div class="knob"></div>
      <svg class="chart slide-chart" role="img"></svg><ul class="facts"></ul></section>
    <section data-says="logarithm"><h4>It gives the logarithm</h4><div class="knob"></div>
      <svg class="chart slide-chart" role="img"></svg><ul class="facts"></ul></section>
  </div>
  <p class="say" aria-live="polite"></p>`;
const RANGES = { variance: [-0.6, 1.2], logarithm: [-10, 0.5] };
const RATES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05];
const POINTS = 240; // of a curve

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const scene = new Steps(root, data);
  return keepDrawn(root, root.querySelector(".ll-pair"), () => scene.show());
}

class Steps {
  /** @type {any} */ root;
  /** @type {Data} */ data;
  steps = 0;
  /** @type {number | null} */ broke = null; // the step after which there was no variance any more

  /** @param {any} root @param {Data} data */
  constructor(root, data) {
    Object.assign(this, { root, data });
    this.find = (selector) => root.querySelector(selector);
    this.rate = recall("step", 1, 0, RATES.length - 1) | 0;
    this.find(".down").onclick = () => this.step();
    this.find(".anew").onclick = () => this.start();
    this.find(".rate").replaceChildren();
    slider(this.find(".rate"), {
      name: "Step size",
      range: [0, RATES.length - 1, 1],
      value: this.rate,
      text: (k) => String(RATES[k]),
      change: (k) => (remember("step", (this.rate = k)), this.start()),
    });
    this.sliders = Object.fromEntries(
      Object.entries(RANGES).map(([way, [low, high]]) => {
        const box = this.find(`[data-says="${way}"] .knob`);
        box.replaceChildren();
        const change = (v) => ((this[way] = v), (this.steps = 0), (this.broke = null), this.show());
        const name = way === "variance" ? "variance" : "log variance";
        return [way, slider(box, { name, range: [low, high, 0.01], value: 0, change })];
      }),
    );
    this.start();
  }

  /** Both at a variance of one, as an untrained network has it. */
  start() {
    Object.assign(this, { variance: 1, logarithm: 0, steps: 0, broke: null });
    this.show();
  }

  step() {
    const rate = RATES[this.rate];
    this.steps++;
    if (this.variance > 0) this.variance = stepOnVariance(this.data, this.variance, rate);
    else this.variance = NaN; // from no number, no step leads anywhere
    if (this.broke === null && !(this.variance > 0)) this.broke = this.steps;
    this.logarithm = stepOnLogarithm(this.data, this.logarithm, rate);
    this.show();
  }

  show() {
    const { variance, logarithm } = this;
    for (const way of ["variance", "logarithm"]) {
      const section = this.find(`[data-says="${way}"]`),
        at = this[way],
        v = way === "variance" ? at : Math.exp(at);
      if (Number.isFinite(at)) this.sliders[way].set(clamp(at, ...RANGES[way]));
      section.querySelector("output").textContent = number(at);
      drawCurve(section.querySelector("svg"), way, at, this.data);
      showFacts(section.querySelector(".facts"), [
        ["variance", number(v), "mean"],
        ["std, its root", number(Math.sqrt(v)), "mean"],
        ["logarithm", number(Math.log(v)), "mean"],
        ["loss", Number.isFinite(lossAt(this.data, v)) ? `${say(lossAt(this.data, v), 1)} nats` : NO],
      ]);
      section.classList.toggle("broken", !(v > 0));
    }
    this.find(".down").disabled = Number.isNaN(variance) && this.steps > 60;
    this.find(".say").textContent = this.saying();
    Object.assign(this.root.dataset, { steps: this.steps, variance, logarithm, broke: this.broke ?? "" });
  }

  saying() {
    const { steps, broke, variance, logarithm } = this;
    const many = `${steps} step${steps === 1 ? "" : "s"}`,
      right = `On the right the variance is ${number(Math.exp(logarithm))} after ${many}.`;
    if (broke !== null)
      return (
        `Step ${broke} went below zero. There is no root of that and no logarithm, so there is no std to roll with, ` +
        `and the loss is no number. Its slope is none either, so the next step spoils every weight. ${right}`
      );
    if (!(variance > 0)) return "No root, no logarithm, no loss: here the training would be over.";
    if (!steps) return "Step down, or push the left slider below zero. The right one has no such place.";
    return `Step ${steps}. The loss is steep near zero, and on the left nothing stands between a step and zero.`;
  }
}

const NO = "no number";
const number = (v) => (Number.isFinite(v) ? say(v, v && Math.abs(v) < 0.1 ? 4 : 2) : NO);

/** The loss over what the network says, where it stands on it, and where there is none. */
function drawCurve(chart, way, at, data) {
  const { width, height } = chart.getBoundingClientRect();
  if (!width) return;
  const [left, right, top, bottom] = [44, 10, 10, 22],
    [low, high] = RANGES[way],
    varianceOf = (x) => (way === "variance" ? x : Math.exp(x)),
    places = Array.from({ length: POINTS + 1 }, (_, k) => low + ((high - low) * k) / POINTS).filter(
      (x) => varianceOf(x) > 0,
    ),
    losses = places.map((x) => lossAt(data, varianceOf(x))),
    [least, most] = [Math.min(...losses) - 4, lossAt(data, 1.2) + 4],
    X = (x) => left + ((x - low) / (high - low)) * (width - left - right),
    Y = (y) => top + (1 - (clamp(y, least, most) - least) / (most - least)) * (height - top - bottom);
  chart.replaceChildren();
  for (const tick of ticks(least, most, 4)) {
    chart.append(svg("line", { x1: left, x2: width - right, y1: Y(tick), y2: Y(tick), class: "grid" }));
    chart.append(svg("text", { x: left - 6, y: Y(tick) + 4, "text-anchor": "end" }, tick));
  }
  for (const tick of ticks(low, high, 5))
    chart.append(svg("text", { x: X(tick), y: height - 5, "text-anchor": "middle" }, String(tick).replace("-", "−")));
  if (way === "variance") {
    chart.append(svg("rect", { x: left, width: X(0) - left, y: top, height: height - top - bottom, class: "none" }));
    chart.append(svg("text", { x: (left + X(0)) / 2, y: top + 18, "text-anchor": "middle" }, "no loss here"));
  }
  const shown = places.flatMap((x, k) => (losses[k] <= most ? [`${X(x)},${Y(losses[k])}`] : [])),
    points = shown.join(" ");
  chart.append(svg("polyline", { points, class: "curve" }));
  const v = varianceOf(at),
    y = v > 0 ? Y(lossAt(data, v)) : (top + height - bottom) / 2;
  if (Number.isFinite(at))
    chart.append(svg("circle", { cx: X(clamp(at, low, high)), cy: y, r: 7, class: v > 0 ? "ball" : "ball lost" }));
  describe(
    chart,
    `The loss of one picture by ${way === "variance" ? "the variance" : "its logarithm"}: it stands at ${number(at)}`,
  );
}
