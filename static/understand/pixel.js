// One pixel: what it is, what the model says, and what either loss makes of the difference.
import { axes } from "../lib/axes.js";
import { slider } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { bce, square } from "../lib/formulas.js";
import { clamp, say } from "../lib/numbers.js";
import { followPointer } from "../lib/drag.js";
import { recall, remember } from "../lib/url.js";
import { BOTH_LOSSES, keepDrawn, renewed, showFacts } from "./shared.js";

const HTML = `
  <div class="ll-pair">
    <section>
      <div class="knobs"></div>
      <div class="swatches">
        <div><div class="swatch truth" style="--edge: var(--ll-x)"></div><figcaption>the pixel</figcaption></div>
        <div><div class="swatch guess" style="--edge: var(--ll-decoder)"></div><figcaption>the guess</figcaption></div>
      </div>
      <ul class="facts"></ul>
    </section>
    <section><canvas class="chart" role="img" tabindex="-1"></canvas>${BOTH_LOSSES}</section>
  </div>`;
const HIGH = 4; // nats at the top of the chart
const [BLACK, WHITE] = [0.001, 0.999]; // a guess is never quite sure
const GUESSES = [...Array(397).keys()].map((k) => BLACK + (k * (WHITE - BLACK)) / 396);

/** @param {import("../lib/payloads").Component<import("../lib/payloads").PixelData>} component */
export default function (component) {
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const knobs = root.querySelector(".knobs"),
    canvas = root.querySelector(".chart"),
    state = { x: recall("pixel", 1, 0, 1), guess: recall("guess", 0.3, BLACK, WHITE) };
  let chart = null;
  const draw = () => {
    if (canvas.clientWidth) chart = drawChart(canvas, state);
    showNumbers(root, state);
  };
  const setGuess = (v) => (remember("guess", (state.guess = v)), draw());
  knobs.replaceChildren();
  slider(knobs, {
    name: `the <b class="x">pixel</b>`,
    range: [0, 1, 0.01],
    value: state.x,
    change: (v) => (remember("pixel", (state.x = v)), draw()),
  });
  const guess = slider(knobs, {
    name: `the <b class="decoder">guess</b>`,
    range: [BLACK, WHITE, 0.001],
    value: state.guess,
    text: (v) => say(v, 3),
    change: setGuess,
  });
  followPointer(canvas, (x, _y, pressed) => {
    if (!chart || !pressed) return;
    guess.set(clamp(chart.back(x), BLACK, WHITE));
    setGuess(clamp(chart.back(x), BLACK, WHITE));
  });
  return keepDrawn(root, canvas, draw);
}

/** Both losses over the guess, with the pixel's own value and the guess that is made. */
function drawChart(canvas, { x, guess }) {
  const across = { low: 0, high: 1, label: "the model’s guess, from black to white" },
    chart = axes(canvas, across, { low: 0, high: HIGH, label: "nats" }),
    { paints } = chart,
    curve = (loss) => GUESSES.map((each) => [each, loss(x, each)]),
    pixel = [0, HIGH].map((y) => [x, y]);
  chart.line(pixel, paints.x, { dash: [2, 4], wide: 2 });
  chart.line(curve(bce), paints.decoder);
  chart.line(curve(square), paints.ink, { dash: [6, 4] });
  chart.name("the pixel", x, HIGH * 0.93, paints.x, x > 0.5 ? { align: "right", dx: -8 } : {});
  chart.dot(guess, Math.min(bce(x, guess), HIGH), paints.decoder);
  chart.dot(guess, square(x, guess), paints.ink, { square: true });
  return chart;
}

function showNumbers(root, { x, guess }) {
  const cost = bce(x, guess),
    squared = square(x, guess),
    least = bce(x, clamp(x, 1e-9, 1 - 1e-9)),
    grey = (v) => `rgb(${[0, 0, 0].map(() => Math.round(255 * v))})`;
  root.querySelector(".truth").style.background = grey(x);
  root.querySelector(".guess").style.background = grey(guess);
  showFacts(root.querySelector(".facts"), [
    ["BCE", `${say(cost)} nats`, "decoder"],
    ["half the squared error", `${say(squared, 3)} nats`],
    ["the least that BCE can be for this pixel", `${say(least)} nats`],
  ]);
  Object.assign(root.dataset, { bce: cost, square: squared });
  const losses = `BCE ${say(cost)}, half the squared error ${say(squared, 3)} nats`,
    what = `Both losses over the guess, for a pixel of ${say(x)}. At a guess of ${say(guess)}: ${losses}`;
  describe(root.querySelector(".chart"), what);
}
