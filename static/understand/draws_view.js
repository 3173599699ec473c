// The bubble of a picture with draws about it: on the map, in numbers, and as the pictures that they decode to.
import { eachFrame, paint, pixelsOf } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { slider } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { averageOf, pointOf } from "../lib/geometry.js";
import { pair } from "../lib/numbers.js";
import { Plane } from "../lib/plane.js";
import { recall, remember } from "../lib/url.js";
import { paintDecoded, showFacts } from "./shared.js";

const STRIDE = 37; // rolls further on at every move, if the visitor wants new ones
const WORDS = {
  new: "With new rolls at every move, the draws jump, and nobody can tell what the move did.",
  same:
    "The rolls stay the same. Every draw moves along with the mean, and stretches with the std. " +
    "So an error at z can be traced back to both.",
  first: "Drag the green ring. The rolls stay the same.",
};

export class DrawsView {
  find = (selector) => this.root.querySelector(selector);
  end = () => this.plane.end();

  /**
   * @param {any} root
   * @param {import("../lib/payloads").NoiseData} data
   * @param {import("./draws.js").Draws} draws
   * @param {import("../lib/decoder.js").Decode} decode
   */
  constructor(root, data, draws, decode) {
    this.root = root;
    this.data = data;
    this.draws = draws;
    this.decode = decode;
    this.whole = recall("whole", 0) === 1; // the map of all pictures, not only the bubble's surroundings
    this.pictures = bytes(data.pictures);
    const points = floats(data.points),
      labels = bytes(data.labels);
    this.plane = new Plane(this.find(".bubble"), (plane) => this.drawBubble(plane), {
      move: (z) => this.move(z),
      step: 0.03,
      still: (plane) => {
        const [radius, opacity] = this.whole ? [1.8, 0.5] : [3, 0.3];
        labels.forEach((c, i) => plane.dot(pointOf(points, i), plane.paints.c(c), radius, opacity));
      },
    });
    this.drawPicturesSoon = eachFrame(() => this.drawPictures()); // a hundred of them: once a frame is enough
    this.addControls();
  }

  addControls() {
    const { draws } = this;
    for (const button of this.root.querySelectorAll("[data-add]"))
      button.onclick = () => {
        const count = +button.dataset.add;
        if (count) draws.skip(draws.count); // other rolls than those of the draws that lay there
        remember("draws", (draws.count = count));
        this.show();
      };
    this.find(".zoom").onclick = () => (remember("whole", +(this.whole = !this.whole)), this.show());
    this.find(".again").onchange = () => this.showWords();
    this.find(".knobs").replaceChildren();
    slider(this.find(".knobs"), {
      name: "std",
      range: [0, 12, 0.5],
      value: draws.width,
      text: (v) => (v === 1 ? "× 1, its own" : `× ${v}`),
      change: (v) => (remember("width", (draws.width = v)), this.show()),
    });
  }

  move(mean) {
    remember("mean", (this.draws.mean = mean));
    if (this.find(".again").checked) this.draws.skip(STRIDE);
    this.show();
  }

  show() {
    this.plane.show(this.window()).z = this.draws.mean;
    this.plane.redraw();
    this.showWords();
    this.drawPicturesSoon();
  }

  /** Ten standard deviations of the model's own bubble, wherever the mean is dragged from there. */
  window() {
    if (this.whole) return this.data.range;
    const { draws } = this,
      reach = 5 * Math.max(...draws.ownStd()) * Math.max(1, draws.width / 1.8);
    return draws.ownMean().map((v) => [v - reach, v + reach]);
  }

  drawBubble(plane) {
    const { mean } = this.draws,
      [std, all] = [this.draws.std(), this.draws.all()],
      { paints } = plane;
    plane.ring(mean, std, paints.mean, { k: 1, wide: 2.5, fill: 0.1, least: 1 });
    plane.ring(mean, std, paints.mean, { k: 2, wide: 1.5, dash: [4, 3], least: 1 });
    const radius = this.whole ? 2 : all.length > 30 ? 3 : 4;
    for (const z of all) plane.dot(z, paints.z, radius, 0.95);
    if (all.length && !this.whole) {
      const arrow = all.at(-1).map((v, d) => (v - mean[d]) * plane.unit);
      plane.arrow(mean, arrow, paints.ink, { wide: 1.5 });
    }
    plane.handle(mean, paints.mean);
  }

  /** What the draws decode to, side by side. */
  drawPictures() {
    const canvas = this.find(".crowd"),
      all = this.draws.all(),
      { width, height } = this.decode.size,
      side = Math.ceil(Math.sqrt(Math.max(all.length, 1))),
      one = document.createElement("canvas");
    [canvas.width, canvas.height] = [side * width, side * height];
    const g = canvas.getContext("2d");
    g.fillStyle = "#000";
    g.fillRect(0, 0, canvas.width, canvas.height);
    all.forEach((z, k) => {
      paintDecoded(one, this.decode, z);
      g.drawImage(one, (k % side) * width, Math.floor(k / side) * height);
    });
    canvas.dataset.z = this.root.dataset.z;
    describe(canvas, `What the decoder makes of ${all.length} draws`);
  }

  showWords() {
    const { draws, data, find } = this,
      { mean, example } = draws,
      all = draws.all(),
      name = data.names[example],
      { size } = this.decode;
    paint(find(".truth"), this.pictures, size, pixelsOf(size) * example);
    describe(find(".truth"), `${data.redrawn ? "A redrawn" : "A test"} picture of ${name}`);
    find(".m").textContent = pair(mean);
    find(".s").textContent = pair(draws.std());
    find(".say").textContent = WORDS[find(".again").checked ? "new" : draws.changed() ? "same" : "first"];
    find(".many").textContent = all.length === 1 ? "1 draw" : `${all.length} draws`;
    find(".formula").innerHTML = formula(draws, all);
    showFacts(find(".draws"), all.length < 2 ? [] : momentsOf(all));
    const what = `The bubble of ${name} with ${all.length} draws about the mean ${pair(mean)}.`;
    describe(find(".bubble"), `${what} Arrow keys move the mean.`);
    find(".zoom").setAttribute("aria-pressed", String(this.whole));
    const z = all.length ? all.at(-1).join() : "";
    Object.assign(this.root.dataset, { draws: all.length, mean: mean.join(), z, digit: example });
  }
}

/** z = mean + noise × std, in words, and in the numbers of the last draw. */
function formula(draws, all) {
  const coloured = (z, mean, noise, std, tag) =>
    `<${tag} class="z">${z}</${tag}> = <${tag} class="mean">${mean}</${tag}> + ` +
    `<${tag} class="z">${noise}</${tag}> × <${tag} class="mean">${std}</${tag}>`;
  const words = coloured("z", "mean", "noise", "std", "b");
  if (!all.length) return words;
  const numbers = [all.at(-1), draws.mean, draws.noiseOf(all.length - 1), draws.std()].map((v) => pair(v));
  return `${words}<small>the last draw:</small>` + coloured(...numbers, "span");
}

/** Mean and standard deviation of the draws, as facts. */
function momentsOf(draws) {
  const mean = averageOf(draws),
    std = averageOf(draws.map((z) => z.map((v, d) => (v - mean[d]) ** 2))).map(Math.sqrt);
  return [
    ["mean of the draws", pair(mean)],
    ["std of the draws", pair(std)],
  ];
}
