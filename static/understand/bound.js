// How good the bound is: draws averaged before the logarithm, for the picture chosen above, and measured on many.
import { send } from "../bridge/ask.js";
import { axes } from "../lib/axes.js";
import { subscribe } from "../lib/bus.js";
import { slider } from "../lib/controls.js";
import { paint, suit } from "../lib/canvas.js";
import { bytes } from "../lib/codec.js";
import { describe } from "../lib/dom.js";
import { say } from "../lib/numbers.js";
import { followInk } from "./ink.js";
import { keepDrawn, renewed, showFacts } from "./shared.js";

/** @typedef {import("../lib/payloads").BoundData} Data */
/** @typedef {import("../lib/payloads").BoundAnswer} Answer */

const HTML = `
  <div class="ll-pair">
    <section><canvas class="chart" role="img"></canvas>
      <div class="key"><span class="mean"><i></i>the average of the estimates</span>
        <span class="z">● <span class="quiet">one estimate each</span></span></div>
    </section>
    <section><div class="knobs"></div>
      <div class="one-picture"><figure><canvas class="image truth" role="img"></canvas></figure>
        <ul class="facts" aria-live="polite"></ul></div>
      <div class="bar wrap"><button type="button" class="roll">Roll again</button></div></section>
  </div>`;

/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setStateValue } = component;
  const [root, same] = renewed(component, HTML);
  root.ask = (wanted) => send(() => setStateValue("wanted", wanted));
  if (same) return root.end;
  const find = (selector) => root.querySelector(selector),
    canvas = find(".chart"),
    rolls = Math.floor((data.wanted ?? 0) / (2 * data.count)),
    last = data.draws.length - 1;
  root.step = Math.min(root.step ?? last, last);
  suit(root, data.size);
  let [example, pure, visible, asked] = [0, false, false, data.wanted];
  const draw = () => {
    const fresh = data.wanted === code(rolls);
    root.classList.toggle("stale", !fresh);
    if (canvas.clientWidth) drawChart(canvas, data, root.step);
    if (data.picture) show(root, data, root.step);
    Object.assign(root.dataset, { wanted: data.wanted ?? "", ready: +fresh });
  };
  const code = (seed) => (seed * 2 + +pure) * data.count + example;
  const look = () => {
    draw();
    if (visible && asked !== code(rolls)) root.ask((asked = code(rolls)));
  };
  find(".knobs").replaceChildren();
  slider(find(".knobs"), {
    name: "draws",
    range: [0, last, 1],
    value: root.step,
    text: (k) => `${data.draws[k]}`,
    change: (k) => ((root.step = k), draw()),
  });
  find(".roll").onclick = () => root.ask((asked = code((rolls + 1) % data.rolls)));
  const watch = new IntersectionObserver(([{ isIntersecting }]) => ((visible = isIntersecting), look()), {
    rootMargin: "200px",
  });
  watch.observe(root);
  const stops = [
    subscribe("loss example", (k) => ((example = Math.min(k ?? 0, data.count - 1)), look())),
    followInk((now) => ((pure = now), look())),
    () => watch.disconnect(),
  ];
  return keepDrawn(root, canvas, draw, ...stops);
}

/** All estimates over how many draws were averaged for each, and their average. */
function drawChart(canvas, { draws, average, single }, step) {
  const all = single.flat(),
    high = all.length ? Math.max(...all) : 0,
    low = all.length ? Math.min(...all) : -1,
    room = Math.max((high - low) * 0.12, 1),
    across = { low: 0.8, high: draws.at(-1) * 1.3, log: true, label: "draws averaged", ticks: draws },
    chart = axes(canvas, across, { low: low - room, high: high + 1.6 * room, label: "log p(x), nats" });
  if (!all.length) return;
  const { g, paints } = chart;
  single.forEach((values, k) => {
    g.globalAlpha = k === step ? 0.95 : 0.4;
    values.forEach((v) => chart.dot(draws[k], v, paints.z, { radius: 2.5 }));
  });
  g.globalAlpha = 1;
  chart.line(
    draws.map((k, i) => [k, average[i]]),
    paints.mean,
  );
  chart.dot(draws[step], average[step], paints.mean, { radius: 7 });
  chart.name("the truth lies above ↑", draws.at(-1), high + 1.1 * room, paints.ink, { align: "right", dx: 6 });
  const words = draws.map((k, i) => `${k}: ${say(average[i], 1)}`).join(", ");
  describe(canvas, `Lower limits of log p(x) in nats, by draws averaged: ${words}. The truth lies above.`);
}

/** The picture and its numbers. */
function show(root, { draws, average, floor, picture, size }, step) {
  const canvas = root.querySelector("canvas.truth");
  paint(canvas, bytes(picture), size);
  describe(canvas, "The picture chosen above");
  const many = draws[step] === 1 ? "1 draw (the ELBO)" : `${draws[step]} draws`;
  showFacts(root.querySelector(".facts"), [
    [`<span>the limit with <b>${many}</b></span>`, `${say(average[step], 1)} nats`, "mean"],
    [`higher than with 1 draw by`, `${say(average[step] - average[0], 1)} nats`],
    ["of it, the unavoidable cost of grey", `${say(floor, 1)} nats`],
  ]);
  Object.assign(root.dataset, { limit: average[step], draws: draws[step] });
}
