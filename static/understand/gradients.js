// What each roll says about moving the mean, with the reparameterisation trick and without: three maps of estimates.
import { floats } from "../lib/codec.js";
import { slider } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { averageOf, pointOf, squareOf } from "../lib/geometry.js";
import { pair, say } from "../lib/numbers.js";
import { Plane } from "../lib/plane.js";
import { recall, remember } from "../lib/url.js";
import { showFacts } from "./shared.js";

const STACKED = "(max-width: 760px)"; // one below another, maps of one scale look empty

export class Gradients {
  end = () => this.maps.forEach((map) => map.plane.end());

  /** @param {any} root @param {import("../lib/payloads").NoiseData} data @param {import("./draws.js").Draws} draws */
  constructor(root, data, draws) {
    this.root = root;
    this.draws = draws;
    this.losses = floats(data.loss);
    this.slopes = floats(data.slope);
    this.count = recall("throws", 200, 1, draws.rolls) | 0; // rolls that are averaged
    this.ownScales = recall("own", +matchMedia(STACKED).matches) === 1;
    this.maps = [...root.querySelectorAll(".gradients section")].map((section) => new EstimatesMap(section));
    this.addControls();
  }

  addControls() {
    const near = this.root.querySelector(".near"),
      box = this.root.querySelector(".throws");
    near.onclick = () => (remember("own", +(this.ownScales = !this.ownScales)), this.show());
    box.replaceChildren();
    slider(box, {
      name: "Rolls averaged",
      range: [1, this.draws.rolls, 1],
      value: this.count,
      text: (v) => `${v}`,
      change: (v) => (remember("throws", (this.count = v)), this.show()),
    });
  }

  show() {
    for (const map of this.maps) map.take(this.estimates(map.way), this.count);
    const first = this.maps[0].reach,
      widest = Math.max(...this.maps.map((map) => map.reach));
    for (const map of this.maps) map.show(this.ownScales ? map.reach : widest, this.ownScales ? first : null);
    this.root.querySelector(".near").setAttribute("aria-pressed", String(this.ownScales));
  }

  /** Each roll's estimate, at the model's own mean: with the trick the slope at z, without it loss × noise / std. */
  estimates(way) {
    const { rolls, example, noise } = this.draws,
      std = this.draws.ownStd(),
      from = example * rolls,
      losses = this.losses.subarray(from, from + rolls);
    if (way === "trick") return Array.from(losses, (_, k) => pointOf(this.slopes, from + k));
    const sum = losses.reduce((all, loss) => all + loss, 0);
    return Array.from(losses, (loss, k) => {
      const others = way === "helped" ? (sum - loss) / (rolls - 1) : 0;
      return pointOf(noise, k).map((v, d) => ((loss - others) * v) / std[d]);
    });
  }
}

/** One way to estimate the gradient: a map of its estimates, with their average as an arrow. */
class EstimatesMap {
  constructor(section) {
    this.section = section;
    this.way = section.dataset.way;
    this.plane = new Plane(section.querySelector("canvas"), (plane) => this.draw(plane));
  }

  take(estimates, count) {
    this.estimates = estimates;
    this.averaged = estimates.slice(0, count);
    this.average = averageOf(this.averaged);
    this.reach = Math.max(1e-6, ...estimates.flat().map(Math.abs)) * 1.08;
  }

  draw(plane) {
    const { paints } = plane,
      paint = this.way === "trick" ? paints.decoder : paints.quiet;
    for (const estimate of this.averaged) plane.dot(estimate, paint, 2.5, 0.5);
    const arrow = this.average.map((v) => v * plane.unit);
    plane.arrow([0, 0], arrow, paints.ink, { wide: 2.5 });
    plane.dot(this.average, paints.ink, 4, 1);
  }

  /** Show so far to each side; beside a map of another width (null: all are the same), say how wide this one is. */
  show(reach, first) {
    this.plane.show(squareOf(reach)).redraw();
    const off = scatterOf(this.estimates),
      average = pair(this.average, 0),
      times = reach / first;
    const width = this.way === "trick" ? "1, to compare with" : `${say(times, times < 10 ? 1 : 0)} times the first`;
    showFacts(this.section.querySelector(".facts"), [
      ["average of the rolls", average],
      ["one roll is off by about", say(off, 0)],
      ...(first === null ? [] : [["width of this map", width]]),
    ]);
    const title = this.section.querySelector("h4").textContent,
      what = `${title}: ${this.averaged.length} single estimates of the gradient for the mean`;
    describe(this.plane.canvas, `${what}, average ${average}, one is off by about ${say(off, 0)}`);
    Object.assign(this.section.dataset, { wide: reach, average: this.average.join(), scatter: off });
  }
}

/** How far one of the points is from their average, as a rule: the root of the mean square. */
function scatterOf(points) {
  const [x, y] = averageOf(points),
    squares = points.reduce((sum, point) => sum + (point[0] - x) ** 2 + (point[1] - y) ** 2, 0);
  return Math.sqrt(squares / (points.length - 1));
}
