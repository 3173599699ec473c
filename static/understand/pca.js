// PCA beside the models that bend: one slider for its numbers, its copies and what it adds up, all in the browser.
import { axes } from "../lib/axes.js";
import { colour, fit, paint, picture, suit, tile } from "../lib/canvas.js";
import { floats, halves } from "../lib/codec.js";
import { slider } from "../lib/controls.js";
import { describe, strip } from "../lib/dom.js";
import { summed } from "../lib/flat.js";
import { cellAt } from "../lib/geometry.js";
import { say } from "../lib/numbers.js";
import { recall, remember } from "../lib/url.js";
import { keepDrawn, renewed } from "./shared.js";

/** @typedef {import("../lib/payloads").PcaData} Data */

const HTML = `
  <div class="ll-pair ll-pca">
    <section>
      <div class="knobs"></div>
      <div class="ll-rows"></div>
      <figure><canvas class="parts" role="img"></canvas><figcaption></figcaption></figure>
    </section>
    <section>
      <h4>Half the squared error of a copy <small>mean over 5,000 test pictures</small></h4>
      <canvas class="chart" role="img"></canvas>
      <p class="words" aria-live="polite"></p>
    </section>
  </div>`;
const WIDE = 11; // cells in a line of what is added up

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const scene = new Ladder(root, data);
  return keepDrawn(root, root.querySelector(".chart"), () => scene.show());
}

class Ladder {
  /** @param {any} root @param {Data} data */
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.basis = halves(data.basis);
    this.codes = floats(data.codes);
    this.pixels = data.size.width * data.size.height;
    this.most = this.codes.length / data.count;
    this.k = Math.trunc(recall("pca", data.start, 0, this.most));
    this.chosen = data.chosen;
    this.scratch = document.createElement("canvas");
    suit(root, data.size);
    this.addRows();
    this.find(".knobs").replaceChildren();
    slider(this.find(".knobs"), {
      name: "Numbers of PCA",
      range: [0, this.most, 1],
      value: this.k,
      text: (v) => `${v} of ${this.most}`,
      change: (v) => {
        this.k = v;
        remember("pca", v);
        this.show();
      },
    });
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  addRows() {
    const { rows, size, count } = this.data,
      shown = rows.map(({ label, note, edge }) => strip(label, note, edge));
    this.find(".ll-rows").replaceChildren(...shown.flatMap(({ name, box }) => [name, box]));
    rows.forEach(({ png, alt }, k) => {
      const { canvas } = shown[k];
      describe(canvas, alt);
      if (!png) this.copies = canvas;
      else
        picture(png, size).then((image) => {
          fit(canvas, count * size.width, size.height);
          const g = canvas.getContext("2d");
          for (let i = 0; i < count; i++) tile(g, image, 0, i, i);
        });
      canvas.onclick = (event) => {
        const { left, width } = canvas.getBoundingClientRect();
        this.chosen = cellAt((event.clientX - left) / width, 0.5, count, count) ?? this.chosen;
        this.show();
      };
    });
  }

  show() {
    this.drawCopies();
    this.drawParts();
    this.drawChart();
    this.root.dataset.numbers = this.k;
    this.root.dataset.chosen = this.chosen;
  }

  codeOf(place) {
    return this.codes.subarray(place * this.most, (place + 1) * this.most);
  }

  drawCopies() {
    const { size, count } = this.data,
      out = new Float32Array(this.pixels);
    fit(this.copies, count * size.width, size.height);
    const g = this.copies.getContext("2d");
    for (let i = 0; i < count; i++) {
      paint(this.scratch, summed(this.basis, this.codeOf(i), this.k, out), size, 0, 255);
      g.drawImage(this.scratch, i * size.width, 0);
    }
    describe(this.copies, `The same test pictures copied by PCA with ${this.k} numbers`);
  }

  /** The mean, and each fixed picture as much as it is added (light) or taken away (dark) for the chosen one. */
  drawParts() {
    const { size, names } = this.data,
      canvas = this.find(".parts"),
      code = this.codeOf(this.chosen),
      out = new Float32Array(this.pixels);
    fit(canvas, WIDE * (size.width + 1) - 1, Math.ceil((this.most + 1) / WIDE) * (size.height + 1) - 1);
    const g = canvas.getContext("2d");
    g.clearRect(0, 0, canvas.width, canvas.height);
    for (let j = 0; j <= this.most; j++) {
      for (let i = 0; i < this.pixels; i++) {
        const value = this.basis[j * this.pixels + i];
        out[i] = j ? 0.5 + 0.5 * Math.min(1, Math.max(-1, code[j - 1] * value)) : value;
      }
      paint(this.scratch, out, size, 0, 255);
      g.globalAlpha = j <= this.k ? 1 : 0.18;
      g.drawImage(this.scratch, (j % WIDE) * (size.width + 1), Math.floor(j / WIDE) * (size.height + 1));
    }
    g.globalAlpha = 1;
    const whose = `What is added up for the ${names[this.chosen]}`,
      words = `${whose}: the mean picture, then so much of each fixed picture.`;
    this.find("figcaption").textContent = `${words} Light adds, dark takes away. Click on another picture above.`;
    describe(canvas, `${words} ${this.k} of ${this.most} are used.`);
  }

  drawChart() {
    const { errors, models } = this.data,
      canvas = this.find(".chart");
    if (!canvas.clientWidth) return;
    const last = errors.length - 1,
      across = { low: 0, high: last, label: "numbers of a code", ticks: [0, 20, 40, 60, 80, 100, 120] },
      chart = axes(canvas, across, { low: 0, high: Math.ceil(errors[0] / 5) * 5, label: "half squared error" }),
      { paints } = chart;
    for (const { error, needs, colour: name } of models)
      if (needs > 0)
        chart.line(
          [
            [0, error],
            [needs, error],
            [needs, 0],
          ],
          colour(this.root, `--ll-${name}`),
          { dash: [5, 4], wide: 1.5 },
        );
    chart.line(
      errors.map((error, k) => [k, error]),
      paints.ink,
    );
    models.forEach(({ title, numbers, error, colour: name, below }) => {
      const paint = colour(this.root, `--ll-${name}`);
      chart.dot(numbers, error, paint, { radius: 6, square: name !== "decoder" });
      chart.name(title, numbers, error, paint, { dx: 11, dy: below ? 14 : -12 });
    });
    chart.dot(this.k, errors[this.k], paints.ink, { radius: 7 });
    chart.name(`PCA, ${this.k}`, this.k, errors[this.k], paints.ink, { dx: 12, dy: -10 });
    const words = this.inWords();
    describe(canvas, `Half the squared error of a copy, over the numbers of a code. ${words}`);
    this.find(".words").textContent = words;
  }

  /** Between which models PCA stands now. */
  inWords() {
    const { errors, models } = this.data,
      mine = errors[this.k],
      counted = (k) => `${k} ${k === 1 ? "number" : "numbers"}`,
      named = ({ title, numbers, error }) => `the ${title.split(",")[0]} with ${counted(numbers)} (${say(error, 1)})`,
      beaten = models.filter(({ error }) => error >= mine),
      said = `PCA with ${counted(this.k)} misses by ${say(mine, 1)}.`;
    if (!beaten.length) return `${said} All four networks copy better.`;
    return `${said} That is as good as ${beaten.map(named).join(", or ")}.`;
  }
}
