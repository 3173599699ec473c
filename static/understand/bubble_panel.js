// The bubbles of one run at an epoch: its map in the view that is chosen, and facts.
import { bytes, halvesOf } from "../lib/codec.js";
import { describe, element } from "../lib/dom.js";
import { squareOf } from "../lib/geometry.js";
import { Plane } from "../lib/plane.js";
import { VIEWS } from "./bubble_views.js";
import { Bubbles } from "./bubbles_at_epoch.js";
import { showFacts } from "./shared.js";

const HTML = `<h4></h4><canvas class="plane"></canvas><ul class="facts"></ul>`;

export class BubblePanel {
  find = (selector) => this.section.querySelector(selector);

  /**
   * @param {HTMLElement} box
   * @param {import("../lib/payloads").BubblePanel} source
   * @param {Uint8Array<ArrayBuffer>} numbers as ``_bubbles_of`` of ui/understand/bubbles.py writes them
   * @param {import("../lib/payloads").BubblesData} data
   */
  constructor(box, source, numbers, data, state) {
    this.section = element("section", { innerHTML: HTML });
    this.section.dataset.run = source.run;
    box.append(this.section);
    this.find("h4").innerHTML = `${source.title} <small>beta ${source.beta}</small>`;
    this.source = source;
    this.data = data;
    this.state = state; // the choices on the page
    this.labels = bytes(source.labels);
    const before = (i) => this.labels.subarray(0, i);
    this.rank = [...this.labels].map((c, i) => before(i).filter((d) => d === c).length); // of a picture in its class
    const count = 2 * source.epochs.length * this.labels.length; // means, logvars and the forces on both have so many
    this.measured = [0, 1, 2, 3].map((k) => halvesOf(new Uint16Array(numbers.buffer, 2 * count * k, count)));
    this.densities = numbers.subarray(8 * count);
    this.takeEpoch();
    this.plane = new Plane(this.find(".plane"), (plane) => VIEWS[this.state.view].draw(plane, this));
  }

  takeEpoch() {
    const k = this.data.epochs.indexOf(this.state.epoch),
      cells = this.data.size ** 2;
    this.bubbles = new Bubbles(this.measured, this.labels, k, this.state.classes);
    this.shape = this.source.shapes[k];
    this.density = this.densities.subarray(k * cells, (k + 1) * cells);
  }

  show() {
    this.plane.show(squareOf(this.source.reach));
    this.takeEpoch();
    this.plane.redraw();
    this.showWords();
  }

  showWords() {
    const { find, source, bubbles } = this,
      { view, epoch } = this.state,
      facts = VIEWS[view].facts(this),
      said = facts.map((fact) => fact.join("")).join(". ");
    showFacts(find(".facts"), facts);
    const shown = bubbles.shown.length;
    describe(find(".plane"), `${source.title}: ${view}, ${shown} bubbles, epoch ${epoch}. ${said}.`);
    Object.assign(this.section.dataset, { touching: bubbles.overlapping.size, shown, epoch });
  }
}
