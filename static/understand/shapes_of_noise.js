// Other distributions are possible: bubbles of three shapes with the same mean and std, and what each costs.
import { svg } from "../lib/charts.js";
import { chips, slider } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { klOfShape, SHAPES } from "../lib/formulas.js";
import { ticks } from "../lib/geometry.js";
import { say } from "../lib/numbers.js";
import { recall, remember } from "../lib/url.js";
import { keepDrawn, renewed } from "./shared.js";

/** @typedef {import("../lib/payloads").ShapesData} Data */

const HTML = `
  <div class="ll-shapes">
    <section><div class="bar wrap shapes"></div><div class="knobs"></div>
      <div class="formula" aria-live="polite"></div></section>
    <section><svg class="chart" role="img"></svg>
      <div class="key"><span class="mean"><i></i>one number of the bubble</span>
        <span class="z"><i class="dash"></i>N(0, 1)</span></div></section>
  </div>`;
const REACH = 3.6; // to each side
const POINTS = 361;

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const names = Object.keys(SHAPES),
    state = {
      shape: recall("shape", 0, 0, names.length - 1) | 0,
      m: recall("m", 0.6, -2, 2),
      s: recall("s", 0.5, 0.1, 1.5),
    };
  const find = (selector) => root.querySelector(selector),
    change = (name) => (value) => {
      remember(name, (state[name] = value));
      draw();
    };
  const pick = chips(
    find(".shapes"),
    names.map((name) => SHAPES[name].title),
    change("shape"),
  );
  find(".knobs").replaceChildren();
  slider(find(".knobs"), { name: "mean", range: [-2, 2, 0.05], value: state.m, change: change("m") });
  slider(find(".knobs"), { name: "std", range: [0.1, 1.5, 0.05], value: state.s, change: change("s") });
  const draw = () => {
    const name = names[state.shape],
      [own, gaussian] = [name, "gaussian"].map((each) => klOfShape(each, state.m, state.s)),
      more = `${say(own - gaussian)} more than the Gaussian’s`,
      beside = name === "gaussian" ? "the least that this mean and std can cost" : more;
    pick.show((k) => k === state.shape);
    find(".formula").innerHTML =
      `<span class="z">z</span> = <span class="mean">mean</span> + <span class="z">noise</span> × ` +
      `<span class="mean">std</span><small>the noise: ${SHAPES[name].noise}</small>` +
      `KL = <b>${say(own)}</b> nats<small>${beside}</small>`;
    drawDensities(find("svg"), name, state);
    Object.assign(root.dataset, { shape: name, kl: own });
  };
  return keepDrawn(root, find("svg").parentElement, draw);
}

function drawDensities(chart, name, { m, s }) {
  const { width, height } = chart.getBoundingClientRect();
  if (!width) return;
  const [left, right, top, bottom] = [12, 12, 10, 22],
    places = Array.from({ length: POINTS }, (_, k) => -REACH + (2 * REACH * k) / (POINTS - 1)),
    own = places.map((x) => SHAPES[name].density((x - m) / s) / s),
    dice = places.map((x) => SHAPES.gaussian.density(x)),
    most = Math.max(...own, 0.4) * 1.06,
    X = (x) => left + ((x + REACH) / (2 * REACH)) * (width - left - right),
    Y = (y) => top + (1 - y / most) * (height - top - bottom),
    points = (ys) => places.map((x, k) => `${X(x)},${Y(ys[k])}`).join(" ");
  chart.replaceChildren(svg("line", { x1: left, x2: width - right, y1: Y(0), y2: Y(0), class: "grid" }));
  for (const tick of ticks(-REACH, REACH, 6))
    chart.append(svg("text", { x: X(tick), y: height - 5, "text-anchor": "middle" }, String(tick).replace("-", "−")));
  chart.append(
    svg("polyline", { points: `${X(-REACH)},${Y(0)} ${points(own)} ${X(REACH)},${Y(0)}`, class: "own" }),
    svg("polyline", { points: points(dice), class: "dice" }),
  );
  describe(chart, `A ${SHAPES[name].title} bubble with mean ${say(m)} and std ${say(s)}, and N(0, 1)`);
}
