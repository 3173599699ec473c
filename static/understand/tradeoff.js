// Reconstruction against KL on measured runs: a curve to walk along, with pictures at each stop.
import { axes } from "../lib/axes.js";
import { picture } from "../lib/canvas.js";
import { slider, whenever } from "../lib/controls.js";
import { say } from "../lib/numbers.js";
import { recall, remember } from "../lib/url.js";
import { renewed } from "./shared.js";

const HTML = `
  <div class="ll-pair">
    <section><canvas class="chart tall" role="img"></canvas>
      <div class="key"><span><i class="dash" style="border-color: var(--ll-ink)"></i>all points on it have the same loss under this beta</span></div></section>
    <section>
      <div class="knobs"></div>
      <ul class="facts" aria-live="polite"></ul>
      <figure><canvas class="strip rebuilt" role="img"></canvas><figcaption>test pictures, rebuilt from their means</figcaption></figure>
      <figure><canvas class="strip invented" role="img"></canvas><figcaption>samples, always from the same rolls of the dice</figcaption></figure>
    </section>
  </div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").TradeoffData>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const { stops } = data,
    find = (name) => root.querySelector(name),
    canvas = find(".chart");
  const near = (beta) =>
    stops.reduce((best, s, k) => (Math.abs(s.beta - beta) < Math.abs(stops[best].beta - beta) ? k : best), 0);
  let at = near(recall("beta", 1, 0, 1000)),
    chart = null,
    images = null;
  const kls = stops.map((s) => s.kl),
    recs = stops.map((s) => s.reconstruction);
  const low = Math.min(...kls) / 1.5,
    top = Math.max(...kls) * 1.5,
    floor = Math.min(...recs) - 12,
    roof = Math.max(...recs) + 12;
  const draw = () => {
    if (!canvas.clientWidth) return;
    const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((v) => v > low && v < top);
    chart = axes(
      canvas,
      { low, high: top, log: true, label: "KL, nats (each step to the right is a multiple)", ticks },
      { low: floor, high: roof, label: "reconstruction, nats" },
    );
    const { paints } = chart,
      here = stops[at],
      level = here.reconstruction + here.beta * here.kl;
    const even = [...Array(120).keys()]
      .map((k) => low * (top / low) ** (k / 119))
      .map((v) => [v, level - here.beta * v]);
    chart.line(even, paints.ink, { dash: [5, 4], wide: 2 });
    const order = [...stops].sort((a, b) => a.kl - b.kl);
    chart.line(
      order.map((s) => [s.kl, s.reconstruction]),
      paints.quiet,
      { wide: 1.5 },
    );
    stops.forEach((s, k) => {
      chart.dot(s.kl, s.reconstruction, paints.ink, { radius: k === at ? 9 : 6, hollow: k !== at });
      const where =
        k === 1
          ? { align: "center", dx: 0, dy: 18 }
          : s.kl > top / 3
            ? { align: "right", dx: -10, dy: -16 }
            : { dx: 12, dy: -12 };
      chart.name(`beta ${s.beta}`, s.kl, s.reconstruction, paints.ink, where);
    });
  };
  const show = () => {
    const here = stops[at];
    draw();
    find(".facts").innerHTML =
      `<li><span class="decoder">reconstruction</span><b>${say(here.reconstruction, 1)} nats</b></li><li><span class="mean">KL</span><b>${say(here.kl, 1)} nats</b></li>` +
      `<li>loss = reconstruction + ${here.beta} × KL<b>${say(here.reconstruction + here.beta * here.kl, 1)} nats</b></li>`;
    if (images)
      for (const [k, name] of ["rebuilt", "invented"].entries()) {
        const strip = find(`.${name}`),
          image = images[at][k];
        [strip.width, strip.height] = [image.width, image.height];
        strip.getContext("2d").drawImage(image, 0, 0);
        strip.setAttribute(
          "aria-label",
          `${name === "rebuilt" ? "Test pictures rebuilt" : "Samples"} with beta ${here.beta}`,
        );
      }
    Object.assign(root.dataset, { beta: here.beta, ready: images ? 1 : 0 });
    canvas.setAttribute(
      "aria-label",
      `Reconstruction against KL of ${stops.length} runs. ${stops.map((s) => `beta ${s.beta}: ${say(s.reconstruction, 0)} and ${say(s.kl, 0)} nats`).join(". ")}. Shown: beta ${here.beta}`,
    );
  };
  const go = (k) => {
    at = k;
    walk.set(k);
    remember("beta", stops[k].beta);
    show();
  };
  canvas.onpointerdown = canvas.onpointermove = (e) => {
    if (!chart || !(e.buttons || e.type === "pointerdown")) return;
    const box = canvas.getBoundingClientRect(),
      x = e.clientX - box.left,
      y = e.clientY - box.top;
    const away = stops.map((s) => Math.hypot(chart.px(s.kl) - x, chart.py(s.reconstruction) - y));
    go(away.indexOf(Math.min(...away)));
  };
  find(".knobs").replaceChildren();
  const walk = slider(find(".knobs"), {
    name: "beta",
    low: 0,
    high: stops.length - 1,
    step: 1,
    value: at,
    text: (k) => `${stops[k].beta}`,
    change: go,
  });
  Promise.all(stops.map((s) => Promise.all([picture(s.rebuilt), picture(s.invented)]))).then((found) => {
    if (root.version !== data.version) return;
    images = found;
    show();
  });
  root.redraw = show;
  const unwatch = whenever(canvas, draw);
  show();
  root.end = () => ((root.version = null), unwatch());
  return root.end;
}
