// One pixel: what it is, what the model says, and what either loss makes of the difference.
import { axes } from "../lib/axes.js";
import { slider, whenever } from "../lib/controls.js";
import { bce, square } from "../lib/formulas.js";
import { say } from "../lib/numbers.js";
import { recall, remember } from "../lib/url.js";
import { renewed } from "./shared.js";

const HTML = `
  <div class="ll-pair">
    <section>
      <div class="knobs"></div>
      <div class="swatches"><div><div class="swatch truth" style="--edge: var(--ll-x)"></div><figcaption>the pixel</figcaption></div>
        <div><div class="swatch guess" style="--edge: var(--ll-decoder)"></div><figcaption>the guess</figcaption></div></div>
      <ul class="facts"></ul>
    </section>
    <section>
      <canvas class="chart" role="img" tabindex="-1"></canvas>
      <div class="key"><span class="decoder"><i></i>BCE</span><span><i class="dash" style="border-color: var(--ll-ink)"></i>half the squared error</span></div>
    </section>
  </div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").PixelData>} component */
export default function (component) {
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const find = (name) => root.querySelector(name),
    canvas = find(".chart");
  const state = { x: recall("pixel", 1, 0, 1), guess: recall("guess", 0.3, 0.001, 0.999) };
  let chart = null;
  const draw = () => {
    const { x, guess } = state,
      high = 4;
    if (!canvas.clientWidth) return;
    chart = axes(
      canvas,
      { low: 0, high: 1, label: "the model’s guess, from black to white" },
      { low: 0, high, label: "nats" },
    );
    const { paints } = chart,
      at = (f) => [...Array(397).keys()].map((k) => [0.001 + (k * 0.998) / 396, f(x, 0.001 + (k * 0.998) / 396)]);
    chart.line(
      [
        [x, 0],
        [x, high],
      ],
      paints.x,
      { dash: [2, 4], wide: 2 },
    );
    chart.line(at(bce), paints.decoder);
    chart.line(at(square), paints.ink, { dash: [6, 4] });
    chart.name("the pixel", x, high * 0.93, paints.x, { align: x > 0.5 ? "right" : "left", dx: x > 0.5 ? -8 : 8 });
    chart.dot(guess, Math.min(bce(x, guess), high), paints.decoder);
    chart.dot(guess, square(x, guess), paints.ink, { square: true });
  };
  const show = () => {
    const { x, guess } = state,
      [b, s] = [bce(x, guess), square(x, guess)];
    draw();
    for (const [name, v] of [
      ["truth", x],
      ["guess", guess],
    ])
      find(`.${name}`).style.background = `rgb(${[0, 0, 0].map(() => Math.round(255 * v))})`;
    const least = bce(x, Math.min(Math.max(x, 1e-9), 1 - 1e-9));
    find(".facts").innerHTML =
      `<li>BCE<b class="decoder">${say(b)} nats</b></li><li>half the squared error<b>${say(s, 3)} nats</b></li>` +
      `<li>the least that BCE can be for this pixel<b>${say(least)} nats</b></li>`;
    Object.assign(root.dataset, { bce: b, square: s });
    canvas.setAttribute(
      "aria-label",
      `Both losses over the guess, for a pixel of ${say(x)}. At a guess of ${say(guess)}: BCE ${say(b)}, half the squared error ${say(s, 3)} nats`,
    );
  };
  const one = slider(find(".knobs"), {
    name: `the <b class="x">pixel</b>`,
    low: 0,
    high: 1,
    step: 0.01,
    value: state.x,
    change: (v) => (remember("pixel", (state.x = v)), show()),
  });
  const two = slider(find(".knobs"), {
    name: `the <b class="decoder">guess</b>`,
    low: 0.001,
    high: 0.999,
    step: 0.001,
    value: state.guess,
    text: (v) => say(v, 3),
    change: (v) => (remember("guess", (state.guess = v)), show()),
  });
  const point = (e) => {
    if (!chart || !(e.buttons || e.type === "pointerdown")) return;
    state.guess = Math.min(0.999, Math.max(0.001, chart.back(e.clientX - canvas.getBoundingClientRect().left)));
    two.set(state.guess);
    remember("guess", state.guess);
    show();
  };
  canvas.onpointerdown = canvas.onpointermove = point;
  root.redraw = show;
  const unwatch = whenever(canvas, show);
  show();
  one.input.dataset.for = "pixel";
  root.end = unwatch;
  return root.end;
}
