// Reconstruction against KL on measured runs: a curve to walk along, with pictures at each stop.
import { axes } from "../lib/axes.js";
import { picture } from "../lib/canvas.js";
import { slider } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { say } from "../lib/numbers.js";
import { followPointer } from "../lib/drag.js";
import { recall, remember } from "../lib/url.js";
import { GREY } from "./ink.js";
import { closest, keepDrawn, renewed, showFacts } from "./shared.js";

const HTML = `
  <div class="ll-pair">
    <section>
      <canvas class="chart tall" role="img"></canvas>
      <div class="key">
        <span><i class="dash" style="border-color: var(--ll-ink)"></i>all points on it
          have the same loss under this beta</span>
      </div>
    </section>
    <section>
      <div class="knobs"></div>
      <ul class="facts" aria-live="polite"></ul>
      <figure><canvas class="strip rebuilt" role="img"></canvas>
        <figcaption>test pictures, rebuilt from their means</figcaption></figure>
      <figure><canvas class="strip invented" role="img"></canvas>
        <figcaption>samples, always from the same rolls of the dice</figcaption></figure>
    </section>
  </div>`;
const RIGHT = { dx: 12, dy: -12 };
const LEFT = { align: "right", dx: -10, dy: -16 };
const BELOW = { align: "center", dx: 0, dy: 18 };
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** @param {import("../lib/payloads").Component<import("../lib/payloads").TradeoffData>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const { stops } = data,
    knobs = root.querySelector(".knobs"),
    canvas = root.querySelector(".chart"),
    beta = recall("beta", 1, 0, 1000);
  let at = closest(stops.map((stop) => Math.abs(stop.beta - beta))).place,
    chart = null,
    pictures = null;
  const draw = () => {
    if (canvas.clientWidth) chart = drawChart(canvas, data, at);
  };
  const show = () => {
    draw();
    showNumbers(root, data, at);
    if (pictures) showPictures(root, pictures[at], stops[at].beta);
    Object.assign(root.dataset, { beta: stops[at].beta, ready: pictures ? 1 : 0 });
  };
  const go = (k) => {
    at = k;
    walk.set(k);
    remember("beta", stops[k].beta);
    show();
  };
  followPointer(canvas, (x, y, pressed) => {
    if (!chart || !pressed) return;
    go(closest(stops.map((stop) => Math.hypot(chart.px(stop.kl) - x, chart.py(stop.reconstruction) - y))).place);
  });
  knobs.replaceChildren();
  const walk = slider(knobs, {
    name: "beta",
    range: [0, stops.length - 1, 1],
    value: at,
    text: (k) => `${stops[k].beta}`,
    change: go,
  });
  Promise.all(stops.map((stop) => Promise.all([picture(stop.rebuilt), picture(stop.invented)]))).then((found) => {
    if (root.version !== data.version) return;
    pictures = found;
    show();
  });
  const end = keepDrawn(root, canvas, draw);
  root.redraw = show;
  show();
  return end;
}

/** All stops, the curve through them, and the line of all points that cost as much as the one one stands at. */
function drawChart(canvas, { stops, floor: perfect }, at) {
  const kls = stops.map((stop) => stop.kl),
    reconstructions = stops.map((stop) => stop.reconstruction),
    [low, high] = [Math.min(...kls) / 1.5, Math.max(...kls) * 1.5],
    [floor, roof] = [Math.min(...reconstructions, perfect || Infinity) - 12, Math.max(...reconstructions) + 12],
    ticks = TICKS.filter((v) => v > low && v < high),
    across = { low, high, log: true, label: "KL, nats (each step to the right is a multiple)", ticks },
    chart = axes(canvas, across, { low: floor, high: roof, label: "reconstruction, nats" });
  const { paints } = chart,
    { beta, kl, reconstruction } = stops[at],
    between = [...Array(120).keys()].map((k) => low * (high / low) ** (k / 119)),
    sameLoss = between.map((v) => [v, reconstruction + beta * kl - beta * v]),
    curve = stops.map((stop) => [stop.kl, stop.reconstruction]).sort((a, b) => a[0] - b[0]);
  if (perfect) {
    const edge = [low, high].map((v) => [v, perfect]);
    chart.line(edge, paints.ink, { dash: [2, 4], wide: 1.5 });
    chart.name(`${GREY}: ${say(perfect, 1)}`, low, perfect, paints.ink, { dx: 6, dy: 10 });
  }
  chart.line(sameLoss, paints.ink, { dash: [5, 4], wide: 2 });
  chart.line(curve, paints.quiet, { wide: 1.5 });
  stops.forEach((stop, k) => {
    chart.dot(stop.kl, stop.reconstruction, paints.ink, { radius: k === at ? 9 : 6, hollow: k !== at });
    const where = k === 1 ? BELOW : stop.kl > high / 3 ? LEFT : RIGHT;
    chart.name(`beta ${stop.beta}`, stop.kl, stop.reconstruction, paints.ink, where);
  });
  return chart;
}

function showNumbers(root, { stops, floor }, at) {
  const { beta, kl, reconstruction } = stops[at],
    runs = stops.map((s) => `beta ${s.beta}: ${say(s.reconstruction, 0)} and ${say(s.kl, 0)} nats`);
  showFacts(root.querySelector(".facts"), [
    [`<span class="decoder">reconstruction</span>`, `${say(reconstruction, 1)} nats`],
    ...(floor ? [[`of it error, above the unavoidable cost of grey`, `${say(reconstruction - floor, 1)} nats`]] : []),
    [`<span class="mean">KL</span>`, `${say(kl, 1)} nats`],
    [`loss = reconstruction + ${beta} × KL`, `${say(reconstruction + beta * kl, 1)} nats`],
  ]);
  const what = `Reconstruction against KL of ${stops.length} runs. ${runs.join(". ")}.`;
  describe(root.querySelector(".chart"), `${what} Shown: beta ${beta}`);
}

function showPictures(root, [rebuilt, samples], beta) {
  const show = (canvas, image, what) => {
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    describe(canvas, `${what} with beta ${beta}`);
  };
  show(root.querySelector(".rebuilt"), rebuilt, "Test pictures rebuilt");
  show(root.querySelector(".invented"), samples, "Samples");
}
