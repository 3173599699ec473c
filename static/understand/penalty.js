// The penalty's two curves, and a run's dimensions on them.
import { axes } from "../lib/axes.js";
import { slider } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { clamp, say } from "../lib/numbers.js";
import { followPointer } from "../lib/drag.js";
import { recall, remember } from "../lib/url.js";
import { closest, keepDrawn, renewed, showFacts } from "./shared.js";

/** @typedef {import("../lib/payloads").PenaltyData} Data */

const HTML = `
  <div class="ll-pair">
    <section><h4>v − log v − 1 <small>for the size: v is the variance, std²</small></h4>
      <canvas class="chart size" role="img"></canvas><div class="knobs one"></div></section>
    <section><h4>mean² <small>for the place</small></h4>
      <canvas class="chart place" role="img"></canvas><div class="knobs two"></div></section>
  </div>
  <div class="knobs which"></div>
  <ul class="facts" aria-live="polite"></ul>`;
const REACH = 18; // pixels from a dot within which it is picked: a finger's width
const STEPS = [...Array(400).keys()].map((k) => (k + 1) / 400);

/** The two halves of the penalty: what each costs, where the run's dimensions stand, and how far its chart reaches. */
const VARIANCE = {
  key: "v", // in the address
  limits: [0.01, 4],
  cost: (v) => v - Math.log(v) - 1,
  dots: ({ variance, spread }) => variance.map((v, k) => [v, spread[k]]),
  across: ({ variance }) => ({ low: 0, high: Math.max(4, ...variance), label: "v: the variance of a bubble" }),
  top: ({ spread }) => Math.max(4, ...spread) * 1.08,
};
const MEAN = {
  key: "m",
  limits: [-3, 3],
  cost: (mean) => mean ** 2,
  dots: ({ square }) => square.map((v) => [Math.sqrt(v), v]),
  across: ({ square }) => {
    const far = Math.max(3, ...square.map(Math.sqrt)) * 1.05;
    return { low: -far, high: far, label: "mean" };
  },
  top: ({ square }) => Math.max(9.5, ...square) * 1.02,
};

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const find = (selector) => root.querySelector(selector),
    own = { v: recall("v", 0.3, ...VARIANCE.limits), m: recall("m", 1, ...MEAN.limits) },
    dimensions = data.variance.length;
  let charts = null,
    picked = null; // number of a dimension
  const draw = () => {
    if (!find(".size").clientWidth) return;
    charts = {
      v: drawChart(find(".size"), VARIANCE, data, own, picked),
      m: drawChart(find(".place"), MEAN, data, own, picked),
    };
    showNumbers(root, data, own, picked);
  };
  const pick = (k) => {
    picked = k;
    which.set(k === null ? 0 : k + 1);
    draw();
  };
  for (const box of root.querySelectorAll(".knobs")) box.replaceChildren();
  const addHalf = ({ key, limits, dots }, name, knobs, canvas) => {
    const set = (v) => remember(key, (own[key] = clamp(v, limits[0], limits[1]))),
      change = (v) => (set(v), draw()),
      knob = slider(knobs, { name, range: [limits[0], limits[1], 0.01], value: own[key], change });
    followPointer(canvas, (x, y, pressed) => {
      const chart = charts?.[key];
      if (!chart) return;
      if (pressed) set(chart.back(x)), knob.set(own[key]);
      const { place, least } = closest(dots(data).map(([a, b]) => Math.hypot(chart.px(a) - x, chart.py(b) - y)));
      pick(least < REACH ? place : null);
    });
  };
  addHalf(VARIANCE, "your v (std²)", find(".one"), find(".size"));
  addHalf(MEAN, "your mean", find(".two"), find(".place"));
  const which = slider(find(".which"), {
    name: "number of the code",
    range: [0, dimensions, 1],
    value: 0,
    text: (k) => (k ? `${k} of ${dimensions}` : "all"),
    change: (k) => pick(k ? k - 1 : null),
  });
  return keepDrawn(root, find(".size"), draw);
}

/** A curve with the run's dimensions as circles and the visitor's own bubble as a square on it. */
function drawChart(canvas, { key, cost, dots, across, top }, data, own, picked) {
  const { low, high, label } = across(data),
    chart = axes(canvas, { low, high, label }, { low: 0, high: top(data), label: "cost, in half nats" }),
    { mean, ink } = chart.paints;
  const values = STEPS.map((share) => low + share * (high - low)),
    curve = values.map((v) => [v, cost(v)]);
  chart.line(curve, mean);
  dots(data).forEach(([x, y], k) => chart.dot(x, y, mean, { radius: k === picked ? 8 : 5, hollow: k !== picked }));
  chart.dot(own[key], cost(own[key]), ink, { radius: 7, square: true });
  return chart;
}

function showNumbers(root, { variance, spread, square, pictures }, { v, m }, picked) {
  const kls = spread.map((cost, k) => (cost + square[k]) / 2),
    total = kls.reduce((sum, each) => sum + each, 0),
    [size, place] = [VARIANCE.cost(v), MEAN.cost(m)],
    kl = (size + place) / 2,
    many = `${kls.length} circle${kls.length > 1 ? "s" : ""}`;
  const own = [
    `your bubble (■): v = ${say(v)} costs ${say(size)}, mean = ${say(m)} costs ${say(place)}`,
    `KL = ½ (${say(size)} + ${say(place)}) = ${say(kl)} nats`,
  ];
  const all = [
    `${many}: the run’s numbers, averaged over ${pictures.toLocaleString("en")} test pictures. ` +
      `Point at one, or pick one.`,
    `together ${say(total, 1)} nats`,
  ];
  const one = (k) => [
    `number ${k + 1}: v = ${say(variance[k])} costs ${say(spread[k])}, mean² costs ${say(square[k])}`,
    `${say(kls[k])} of ${say(total, 1)} nats`,
  ];
  showFacts(root.querySelector(".facts"), [own, picked === null ? all : one(picked)]);
  Object.assign(root.dataset, { kl, total, picked: picked ?? "" });
  const what = (curve) => `The curve ${curve} with the run’s ${kls.length} numbers; your bubble at`;
  describe(root.querySelector(".size"), `${what("v − log v − 1")} v = ${say(v)} costs ${say(size)}`);
  describe(root.querySelector(".place"), `${what("mean²")} ${say(m)} costs ${say(place)}`);
}
