// The penalty's two curves, and a run's dimensions on them.
import { axes } from "../lib/axes.js";
import { slider, whenever } from "../lib/controls.js";
import { say } from "../lib/numbers.js";
import { recall, remember } from "../lib/url.js";
import { renewed } from "./shared.js";

const HTML = `
  <div class="ll-pair">
    <section><h4>v − log v − 1 <small>for the size: v is the variance, std²</small></h4><canvas class="chart size" role="img"></canvas><div class="knobs one"></div></section>
    <section><h4>mean² <small>for the place</small></h4><canvas class="chart place" role="img"></canvas><div class="knobs two"></div></section>
  </div>
  <div class="knobs which"></div>
  <ul class="facts" aria-live="polite"></ul>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").PenaltyData>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const find = (name) => root.querySelector(name),
    d = data.variance.length;
  const state = { v: recall("v", 0.3, 0.01, 4), mean: recall("m", 1, -3, 3), picked: null };
  const size = (v) => v - Math.log(v) - 1;
  const kl = (k) => (data.spread[k] + data.square[k]) / 2,
    total = data.variance.reduce((sum, _, k) => sum + kl(k), 0);
  const widest = Math.max(4, ...data.variance),
    tall = Math.max(4, ...data.spread) * 1.08,
    far = Math.max(3, ...data.square.map(Math.sqrt)) * 1.05;
  const high = Math.max(9.5, ...data.square) * 1.02,
    charts = {};
  const show = () => {
    if (!find(".size").clientWidth) return;
    const one = (charts.size = axes(
      find(".size"),
      { low: 0, high: widest, label: "v: the variance of a bubble" },
      { low: 0, high: tall, label: "cost, in half nats" },
    ));
    const two = (charts.place = axes(
      find(".place"),
      { low: -far, high: far, label: "mean" },
      { low: 0, high, label: "cost, in half nats" },
    ));
    const grid = (low, top) => [...Array(400).keys()].map((k) => low + ((k + 1) / 400) * (top - low));
    one.line(
      grid(0, widest).map((v) => [v, size(v)]),
      one.paints.mean,
    );
    two.line(
      grid(-far, far).map((v) => [v, v * v]),
      two.paints.mean,
    );
    for (let k = 0; k < d; k++) {
      const big = k === state.picked ? 8 : 5;
      one.dot(data.variance[k], data.spread[k], one.paints.mean, { radius: big, hollow: k !== state.picked });
      two.dot(Math.sqrt(data.square[k]), data.square[k], two.paints.mean, { radius: big, hollow: k !== state.picked });
    }
    one.dot(state.v, size(state.v), one.paints.ink, { radius: 7, square: true });
    two.dot(state.mean, state.mean ** 2, two.paints.ink, { radius: 7, square: true });
    const k = state.picked;
    const first = `your bubble (■): v = ${say(state.v)} costs ${say(size(state.v))}, mean = ${say(state.mean)} costs ${say(state.mean ** 2)}`;
    const row = (text, value) => `<li>${text}<b>${value}</b></li>`;
    find(".facts").innerHTML =
      row(
        first,
        `KL = ½ (${say(size(state.v))} + ${say(state.mean ** 2)}) = ${say((size(state.v) + state.mean ** 2) / 2)} nats`,
      ) +
      (k === null
        ? row(
            `${d} circle${d > 1 ? "s" : ""}: the run’s numbers, averaged over ${data.pictures.toLocaleString("en")} test pictures. Point at one, or pick one.`,
            `together ${say(total, 1)} nats`,
          )
        : row(
            `number ${k + 1}: v = ${say(data.variance[k])} costs ${say(data.spread[k])}, mean² costs ${say(data.square[k])}`,
            `${say(kl(k))} of ${say(total, 1)} nats`,
          ));
    Object.assign(root.dataset, { kl: (size(state.v) + state.mean ** 2) / 2, total, picked: k ?? "" });
    find(".size").setAttribute(
      "aria-label",
      `The curve v − log v − 1 with the run’s ${d} dimensions; your bubble at v = ${say(state.v)} costs ${say(size(state.v))}`,
    );
    find(".place").setAttribute(
      "aria-label",
      `The curve mean² with the run’s ${d} dimensions; your bubble at ${say(state.mean)} costs ${say(state.mean ** 2)}`,
    );
  };
  /** The dimension whose dot is nearest to the pointer, within a finger's width; where there is none, one's own moves. */
  const point = (name, dots, own) => {
    const canvas = find(name);
    canvas.onpointermove = canvas.onpointerdown = (e) => {
      const box = canvas.getBoundingClientRect(),
        chart = charts[name.slice(1)],
        x = e.clientX - box.left,
        y = e.clientY - box.top;
      if (!chart) return;
      if (e.buttons || e.type === "pointerdown") own(chart.back(x));
      const away = [...Array(d).keys()].map((k) => Math.hypot(chart.px(dots(k)[0]) - x, chart.py(dots(k)[1]) - y)),
        least = Math.min(...away);
      pick(least < 18 ? away.indexOf(least) : null);
    };
  };
  const pick = (k) => {
    state.picked = k;
    which.set(k === null ? 0 : k + 1);
    show();
  };
  const clamp = (v, low, top) => Math.min(top, Math.max(low, v));
  root.querySelectorAll(".knobs").forEach((box) => box.replaceChildren());
  const setV = (v) => remember("v", (state.v = clamp(v, 0.01, 4))),
    setM = (v) => remember("m", (state.mean = clamp(v, -3, 3)));
  const one = slider(find(".one"), {
    name: "your v (std²)",
    low: 0.01,
    high: 4,
    step: 0.01,
    value: state.v,
    change: (v) => (setV(v), show()),
  });
  const two = slider(find(".two"), {
    name: "your mean",
    low: -3,
    high: 3,
    step: 0.01,
    value: state.mean,
    change: (v) => (setM(v), show()),
  });
  const which = slider(find(".which"), {
    name: "number of the code",
    low: 0,
    high: d,
    step: 1,
    value: 0,
    text: (k) => (k ? `${k} of ${d}` : "all"),
    change: (k) => pick(k ? k - 1 : null),
  });
  point(
    ".size",
    (k) => [data.variance[k], data.spread[k]],
    (v) => (setV(v), one.set(state.v)),
  );
  point(
    ".place",
    (k) => [Math.sqrt(data.square[k]), data.square[k]],
    (v) => (setM(v), two.set(state.mean)),
  );
  root.redraw = show;
  const unwatch = whenever(find(".size"), show);
  show();
  root.end = () => ((root.version = null), unwatch());
  return root.end;
}
