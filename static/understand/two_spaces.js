// Both machines with one picture, and the space of pictures beside the space of codes: the same picture lit everywhere.
import { fit, picture, tile } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { chips } from "../lib/controls.js";
import { describe } from "../lib/dom.js";
import { pointOf } from "../lib/geometry.js";
import { pair } from "../lib/numbers.js";
import { Plane } from "../lib/plane.js";
import { line } from "../lib/shapes.js";
import { recall, remember } from "../lib/url.js";
import { closest, keepDrawn, renewed } from "./shared.js";
import { diagram } from "./two_networks.js";

/** @typedef {import("../lib/payloads").TwoSpacesData} Data */

const HTML = `
  <div class="bar wrap which"><span class="name">Digit</span><span class="bar wrap digits ten"></span></div>
  <div class="ll-pair networks">
    <section><h4>Classic autoencoder</h4><div class="diagram"></div><p class="say classic"></p></section>
    <section><h4>VAE <small>two numbers, too</small></h4><div class="diagram"></div><p class="say vae"></p></section>
  </div>
  <div class="ll-pair spaces">
    <section><h4>The space of pictures <small>two directions of many</small></h4><canvas class="plane inputs"></canvas>
      <div class="key"><span class="x"><i></i>the picture</span>
        <span class="decoder"><i></i>its copy, on the sheet</span>
      </div></section>
    <section><h4>The space of codes <small>the VAE’s two numbers</small></h4><canvas class="plane codes"></canvas>
      <div class="key"><span class="mean"><i></i>its mean and bubble</span><span class="z"><i></i>z</span>
        <span class="decoder"><i></i>the net</span></div></section>
  </div>`;
const ROOM = 0.04; // beside the dots, of what they need

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const scene = new Spaces(root, data);
  return keepDrawn(root, root.querySelector(".spaces"), () => scene.show(), scene.end);
}

class Spaces {
  /** @type {any} */ root;
  /** @type {Data} */ data;
  /** @type {Record<string, HTMLImageElement>} */ sheets = {};

  /** @param {any} root @param {Data} data */
  constructor(root, data) {
    Object.assign(this, { root, data });
    this.labels = bytes(data.labels);
    const points = (text) => {
      const all = floats(text);
      return Array.from({ length: all.length / 2 }, (_, i) => pointOf(all, i));
    };
    this.inputs = points(data.inputs);
    this.outputs = points(data.outputs);
    this.sheet = points(data.sheet);
    this.codes = points(data.codes);
    this.means = points(data.means);
    this.stds = points(data.stds);
    this.noise = points(data.noise);
    this.net = netOf(data);
    this.lit = recall("lit", data.start, 0, this.labels.length - 1) | 0;
    this.addDiagrams();
    const choose = (c) => this.light(this.labels.indexOf(c, this.labels[this.lit] === c ? this.lit + 1 : 0), c);
    this.classes = chips(root.querySelector(".digits"), data.names, choose, { classes: true });
    this.left = this.plane(".inputs", this.inputs, (plane) => this.drawInputs(plane));
    this.right = this.plane(".codes", this.means, (plane) => this.drawCodes(plane));
  }

  end = () => {
    this.left.end();
    this.right.end();
  };

  addDiagrams() {
    this.diagrams = [...this.root.querySelectorAll(".diagram")].map((box, k) => {
      const made = diagram(k === 1);
      box.replaceChildren(made.chart);
      return made;
    });
    for (const [name, text] of [
      ["pictures", this.data.pictures],
      ["copies", this.data.copies],
      ["classics", this.data.classics],
    ])
      picture(text, this.data.size).then((image) => {
        this.sheets[name] = image;
        this.showPictures();
      });
  }

  /** A map of dots, of which the nearest to the pointer is lit. */
  plane(selector, dots, draw) {
    const pick = (place) =>
      this.light(closest(dots.map((dot) => Math.hypot(dot[0] - place[0], dot[1] - place[1]))).place);
    const still = (plane) => {
      this.drawNet(plane, dots === this.inputs ? this.sheet : this.net, (place) => plane.at(place));
      dots.forEach((dot, i) => plane.dot(dot, plane.paints.c(this.labels[i]), 3.2, 0.75));
    };
    const made = new Plane(this.root.querySelector(selector), draw, { move: pick, step: 0.06, still }),
      all = dots === this.inputs ? [...dots, ...this.outputs] : dots;
    return made.show(
      [0, 1].map((d) => {
        const [low, high] = [Math.min(...all.map((dot) => dot[d])), Math.max(...all.map((dot) => dot[d]))];
        return [low - ROOM * (high - low), high + ROOM * (high - low)];
      }),
    );
  }

  /** Light a picture everywhere; of none (-1) the first of a class. */
  light(i, c = 0) {
    this.lit = i < 0 ? this.labels.indexOf(c) : i;
    remember("lit", this.lit);
    this.show();
  }

  show() {
    const { lit, labels, left, right } = this;
    this.classes.show((c) => c === labels[lit]);
    left.z = this.inputs[lit];
    right.z = this.means[lit];
    left.redraw();
    right.redraw();
    this.showPictures();
    this.showWords();
  }

  /** The pictures in both diagrams, cut from the sheets that have come. */
  showPictures() {
    const cut = (name) => {
      const sheet = this.sheets[name],
        { width, height } = this.data.size,
        canvas = document.createElement("canvas");
      if (!sheet) return "";
      fit(canvas, width, height);
      tile(canvas.getContext("2d"), sheet, 0, this.lit);
      return canvas.toDataURL();
    };
    const given = cut("pictures");
    this.diagrams.forEach(({ given: image, copy }, k) => {
      if (given) image.setAttribute("href", given);
      const own = cut(k ? "copies" : "classics");
      if (own) copy.setAttribute("href", own);
    });
  }

  get z() {
    const { means, stds, noise, lit } = this;
    return means[lit].map((m, d) => m + noise[lit][d] * stds[lit][d]);
  }

  showWords() {
    const { root, lit, codes, means, stds, noise, data, labels } = this,
      of = (colour, name, values) => `<span class="${colour}">${name} = <b>${pair(values)}</b></span>`;
    root.querySelector(".say.classic").innerHTML = of("mean", "h", codes[lit]);
    root.querySelector(".say.vae").innerHTML = [
      of("mean", "mean", means[lit]),
      of("mean", "std", stds[lit]),
      of("z", "noise", noise[lit]),
      of("z", "z", this.z),
    ].join(" ");
    const name = data.names[labels[lit]],
      where = "Arrow keys, or a click, light another picture.";
    describe(root.querySelector(".inputs"), `The space of pictures: a ${name} and its copy are lit. ${where}`);
    describe(root.querySelector(".codes"), `The space of codes: the bubble of this ${name} is lit. ${where}`);
    Object.assign(root.dataset, { lit, z: this.z.join() });
  }

  /** The lines of the decoder's net: straight among the codes, bent among the pictures. */
  drawNet({ g, paints }, net, at) {
    const { fine } = this.data;
    Object.assign(g, { strokeStyle: paints.decoder, lineWidth: 1, globalAlpha: 0.5 });
    for (let first = 0; first < net.length; first += fine) {
      g.beginPath();
      for (const place of net.slice(first, first + fine)) {
        const [x, y] = at(place);
        g.lineTo(x, y);
      }
      g.stroke();
    }
    g.globalAlpha = 1;
  }

  drawInputs(plane) {
    const { inputs, outputs, lit } = this,
      { g, paints } = plane;
    Object.assign(g, { strokeStyle: paints.ink, lineWidth: 2 });
    line(g, plane.at(inputs[lit]), plane.at(outputs[lit]));
    plane.handle(inputs[lit], paints.x);
    plane.handle(outputs[lit], paints.decoder);
  }

  drawCodes(plane) {
    const { means, stds, lit } = this,
      { paints } = plane;
    for (const k of [1, 2]) plane.ring(means[lit], stds[lit], paints.mean, { k, wide: 2, fill: 0.2, least: 3 });
    plane.handle(means[lit], paints.mean);
    plane.dot(this.z, paints.z, 5, 1);
  }
}

/** The codes along the net, as ``_net`` of ui/understand/two_spaces.py has them. */
function netOf({ reach, lines, fine }) {
  const side = (count) => Array.from({ length: count }, (_, k) => -reach + (2 * reach * k) / (count - 1)),
    upright = side(lines).flatMap((x) => side(fine).map((y) => [x, y]));
  return [...upright, ...upright.map(([x, y]) => [y, x])];
}
