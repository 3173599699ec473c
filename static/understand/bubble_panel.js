// The bubbles of one run: its map in the view that is chosen, what the decoder draws at z, and facts.
import { bytes, floats } from "../lib/codec.js";
import { describe } from "../lib/dom.js";
import { squareOf } from "../lib/geometry.js";
import { pair } from "../lib/numbers.js";
import { VIEWS } from "./bubble_views.js";
import { Bubbles } from "./bubbles_at_epoch.js";
import { Panel } from "./panel.js";
import { paintDecoded, showFacts } from "./shared.js";

const HTML = `
  <h4></h4>
  <canvas class="plane"></canvas>
  <div class="readout one">
    <figure><canvas class="image here" role="img"></canvas></figure>
    <div class="words"><b class="where"></b><div class="quiet who"></div></div>
  </div>
  <ul class="facts"></ul>`;

export class BubblePanel extends Panel {
  /** @param {import("../lib/payloads").BubblePanel} source */
  constructor(box, source, data, state, letter) {
    super(box, HTML, source, letter, [0, 0], 200);
    this.find("h4").innerHTML = `${source.title} <small>beta ${source.beta}</small>`;
    this.source = source;
    this.data = data;
    this.state = state; // the choices on the page
    const before = (i) => this.labels.subarray(0, i);
    this.rank = [...this.labels].map((c, i) => before(i).filter((d) => d === c).length); // of a picture in its class
    this.measured = [source.means, source.logvars, source.on_mean, source.on_logvar].map(floats);
    this.densities = bytes(source.cells);
    this.takeEpoch();
  }

  takeEpoch() {
    const k = this.data.epochs.indexOf(this.state.epoch),
      cells = this.data.size ** 2;
    this.bubbles = new Bubbles(this.measured, this.labels, k, this.state.classes);
    this.shape = this.source.shapes[k];
    this.density = this.densities.subarray(k * cells, (k + 1) * cells);
  }

  /** Draw it anew, so far to each side. */
  show(reach = this.source.reach) {
    this.plane.show(squareOf(reach));
    this.takeEpoch();
    this.plane.redraw();
    this.showWords();
  }

  draw(plane) {
    VIEWS[this.state.view].draw(plane, this);
  }

  moveToStrongestOverlap() {
    const { pair, share } = this.bubbles.strongest,
      percent = share < 0.01 ? "less than 1" : Math.round(100 * share);
    if (pair) this.move(this.bubbles.between(pair));
    const [one, other] = pair?.map((i) => this.data.names[this.labels[i]]) ?? [];
    this.find(".who").textContent += pair
      ? ` A bubble of ${one} and one of ${other} overlap by ${percent}%.`
      : " Only one digit is shown: there is nothing to overlap with.";
  }

  showWords() {
    const { find, source, bubbles } = this,
      { view, epoch } = this.state,
      facts = VIEWS[view].facts(this),
      said = facts.map((fact) => fact.join("")).join(". ");
    showFacts(find(".facts"), facts);
    this.showDecoded();
    find(".who").textContent = this.aroundInWords();
    const shown = bubbles.shown.length,
      what = `${source.title}: ${view}, ${shown} bubbles, epoch ${epoch}. ${said}.`;
    describe(find(".plane"), `${what} Arrow keys move the code.`);
    Object.assign(this.section.dataset, { touching: bubbles.overlapping.size, shown, z: this.z.join(), epoch });
  }

  showDecoded() {
    const canvas = this.find(".here"),
      known = this.state.epoch === this.data.epochs.at(-1);
    canvas.style.opacity = known ? 1 : 0.25;
    paintDecoded(canvas, this.decode, this.z);
    describe(canvas, known ? `What the decoder draws at ${pair(this.z, 1)}` : "No decoder was kept for this epoch");
    this.find(".where").textContent = known ? `z = ${pair(this.z)}, decoded` : "Decoded at the last epoch only";
  }

  aroundInWords() {
    const around = this.bubbles.around(this.z),
      names = [...new Set(around.map((i) => this.data.names[this.labels[i]]))].sort();
    if (!around.length) return "In no bubble. Drag the ring.";
    return `In ${around.length} bubble${around.length > 1 ? "s" : ""}, of ${names.join(", ")}.`;
  }
}
