// A map of the codes of real pictures, with a code to drag: what is decoded there, and how far the next picture is.
import { floats } from "../lib/codec.js";
import { describe } from "../lib/dom.js";
import { pointOf } from "../lib/geometry.js";
import { pair, say } from "../lib/numbers.js";
import { line } from "../lib/shapes.js";
import { Panel } from "./panel.js";
import { paintDecoded, showFacts } from "./shared.js";

const HTML = `
  <h4></h4>
  <canvas class="plane"></canvas>
  <div class="readout">
    <figure><canvas class="image here" role="img"></canvas><figcaption>decoded here</figcaption></figure>
    <figure><canvas class="image near" role="img"></canvas><figcaption>nearest real code</figcaption></figure>
    <div class="words" aria-live="polite"><b class="verdict"></b><div class="quiet numbers"></div></div>
  </div>
  <ul class="facts fallen"></ul>`;

export class CodeMap extends Panel {
  rollsShown = false;

  /** @param {import("../lib/payloads").CodesMap} source */
  constructor(box, source, names, dice, letter) {
    super(box, HTML, source, letter, source.start, 100);
    this.find("h4").textContent = source.title;
    this.source = source;
    this.names = names;
    this.points = floats(source.points);
    this.rolls = [...Array(dice.length / 2).keys()].map((k) => pointOf(dice, k));
    this.section.dataset.holes = String(this.rolls.filter((z) => this.nearest(z).distance > source.far).length);
    this.plane.show(source.range);
    this.showWords();
  }

  /** The real picture whose code is nearest to z, and how far that is. */
  nearest(z) {
    let place = 0,
      least = Infinity;
    for (let i = 0; i < this.labels.length; i++) {
      const square = (this.points[2 * i] - z[0]) ** 2 + (this.points[2 * i + 1] - z[1]) ** 2;
      if (square < least) [place, least] = [i, square];
    }
    return { code: pointOf(this.points, place), label: this.labels[place], distance: Math.sqrt(least) };
  }

  showRolls(shown) {
    this.rollsShown = shown;
    showFacts(this.find(".fallen"), shown ? this.rollFacts() : []);
    this.plane.redraw();
  }

  /** Where the dice fell: how often into holes, and which classes are nearest to them. */
  rollFacts() {
    const { rolls, names } = this,
      labels = rolls.map((z) => this.nearest(z).label),
      counts = names.map((_, c) => labels.filter((label) => label === c).length),
      likely = counts.filter((n) => n >= rolls.length / 50);
    return [
      ["rolls that fell into a hole", `${this.section.dataset.holes} of ${rolls.length}`],
      ["digits that come up twice or more", `${likely.length} of ${names.length}`],
      ["the most common digit comes up", `${Math.max(...counts)} times`],
    ];
  }

  drawStill(plane) {
    this.labels.forEach((c, i) => plane.dot(pointOf(this.points, i), plane.paints.c(c), 1.8, 0.7));
    for (const [x, y, name] of this.source.centres) plane.name(name, [x, y]);
  }

  draw(plane) {
    const { g, paints } = plane;
    if (this.rollsShown) for (const z of this.rolls) plane.dot(z, paints.ink, 2.6, 1);
    Object.assign(g, { strokeStyle: paints.ink, lineWidth: 1.5 });
    line(g, plane.at(this.z), plane.at(this.nearest(this.z).code));
  }

  showWords() {
    const { z, find, source } = this,
      { code, label, distance } = this.nearest(z),
      gaps = distance / source.gap;
    if (this.decode) {
      paintDecoded(find(".here"), this.decode, z);
      paintDecoded(find(".near"), this.decode, code);
    }
    describe(find(".here"), `What the decoder draws at ${pair(z)}`);
    describe(find(".near"), `The nearest real code, decoded: ${this.names[label]}`);
    find(".verdict").textContent =
      distance > source.far ? "◯ In a hole" : distance > source.wide ? "◐ Between pictures" : "● Among pictures";
    find(".numbers").textContent =
      `z = ${pair(z, 1)}. The nearest code of a real picture is ${say(distance)} away: ` +
      `${say(gaps, gaps < 10 ? 1 : 0)} times the usual gap.`;
    Object.assign(this.section.dataset, { z: z.join(), away: String(distance) });
    const where = `The code stands at ${pair(z, 1)}. Drag it, or use the arrow keys.`;
    describe(find(".plane"), `Map of ${this.labels.length} codes. ${where}`);
  }
}
