// One model of several side by side: a map with a code to drag, what the decoder draws there, and words about it.
import { bytes } from "../lib/codec.js";
import { element } from "../lib/dom.js";
import { Plane } from "../lib/plane.js";
import { recall, remember } from "../lib/url.js";
import { whenDecoder } from "./shared.js";

export class Panel {
  /** @type {import("../lib/decoder.js").Decode | null} */ decode = null; // until it has come
  find = (selector) => this.section.querySelector(selector);

  /** `z` is where the code begins, unless the address names another place under the panel's letter. */
  constructor(box, html, source, letter, z, reach) {
    this.section = element("section", { innerHTML: html });
    this.section.dataset.run = source.run;
    box.append(this.section);
    this.letter = letter;
    this.labels = bytes(source.labels);
    this.forget = whenDecoder(source.decoder, (decode) => {
      this.decode = decode;
      this.showWords();
    });
    this.z = recall(letter, z, -reach, reach);
    const draw = (plane) => (this.draw(plane), plane.handle(this.z)),
      still = (plane) => this.drawStill(plane);
    this.plane = new Plane(this.find(".plane"), draw, { move: (to) => this.move(to), still });
    this.plane.z = this.z;
  }

  /** What each kind of panel draws under the code, what of that stays where it is, and what it says. */
  draw(_plane) {}
  drawStill(_plane) {}
  showWords() {}

  end() {
    this.forget();
    this.plane.end();
  }

  move(z) {
    this.z = this.plane.z = z;
    this.plane.redraw();
    this.showWords();
    remember(this.letter, z);
  }
}
