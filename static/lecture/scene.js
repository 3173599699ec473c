// One scene of the lecture: its words and formula as elements, how far it has been read, and when its picture is drawn.
import { send } from "../bridge/ask.js";
import { sharp } from "../lib/canvas.js";
import { describe, element } from "../lib/dom.js";
import { eased } from "../lib/numbers.js";
import { bubble } from "./bubble.js";
import { codeButton } from "./code.js";
import { copying } from "./copying.js";
import { forces } from "./forces.js";
import { hole } from "./hole.js";
import { morph } from "./morph.js";
import { noise } from "./noise.js";
import { penalty } from "./penalty.js";
import { samples } from "./samples.js";
import { together } from "./together.js";
import { training } from "./training.js";
import { beatOf, Reached, shareOf } from "./walker.js";
import { formula, litAt, sentence } from "./words.js";

/** @typedef {import("../lib/payloads").LectureScene} SceneData */
/** @typedef {import("./world.js").World} World */

/**
 * What a scene's module gives: how its picture is drawn, and what one can do in it.
 *
 * @typedef {object} Picture
 * @property {(stage: Stage) => boolean | number | void} draw returns whether it moves by itself: at once, or in so many
 *   milliseconds
 * @property {number[]} [lengths] milliseconds that each sentence's part takes
 * @property {(box: HTMLElement, redraw: () => void) => void} [hand]
 */
/**
 * What a picture is drawn with.
 *
 * @typedef {object} Stage
 * @property {any} g
 * @property {number} width
 * @property {number} height
 * @property {number[]} at of each sentence: 0 not yet, 1 done
 * @property {number} now
 * @property {boolean} calm
 * @property {any} paints
 */

/** @type {Record<string, (world: World) => Picture>} */
const PICTURES = { bubble, copying, forces, hole, morph, noise, penalty, samples, together, training };
const TITLE = "What is a VAE? Ten scenes, one digit";
const HINT = "Scroll, or press an arrow key.";
/** Pixels of the menu, below which a scene comes to rest; presenter mode has none. */
export const menu = () => (document.documentElement.hasAttribute("data-present") ? 0 : 60);

export class Scene {
  seen = false;
  scrolled = -1; // the sentence that the page has been scrolled to
  played = 0; // the one that was reached in time
  lit = -2; // the one that is lit
  moves = true;

  /** @param {any} lecture @param {SceneData} data @param {number} k */
  constructor(lecture, data, k) {
    this.lecture = lecture;
    this.data = data;
    this.count = data.beats.length;
    this.picture = PICTURES[data.name](lecture.world);
    this.reached = new Reached(this.count, this.picture.lengths);
    this.section = this.build(k, lecture.world.data.scenes.length);
    lecture.box.append(this.section);
    this.picture.hand?.(this.section.querySelector(".hand"), () => {
      this.moves = true;
      lecture.frames.wake();
    });
  }

  build(k, all) {
    const { name, title, beats, shows, measured, address, door, label } = this.data,
      section = element("section", { className: "scene", id: `scene-${name}`, tabIndex: 0 }),
      heading = element("h2", { id: `title-${name}`, textContent: title }),
      stage = element("div", { className: "stage" }),
      text = element("div", { className: "text" }),
      link = element("a", { className: "door", href: address, textContent: `${label} →` });
    section.dataset.scene = name;
    section.style.setProperty("--beats", String(beats.length));
    section.setAttribute("aria-labelledby", heading.id);
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a tab of its own
      event.preventDefault();
      send(() => this.lecture.root.component.setTriggerValue("go", door));
    };
    this.sentences = beats.map(({ words }) => sentence(words));
    this.formula = formula(this.data);
    const count = element("p", { className: "count", textContent: `${k + 1} of ${all}` }),
      last = element("p", { className: "measured", textContent: measured }),
      beatsBox = element("div", { className: "beats" });
    beatsBox.append(...this.sentences);
    if (k === 0)
      text.append(element("h1", { textContent: TITLE }), element("p", { className: "hint", textContent: HINT }));
    const ways = element("div", { className: "ways" });
    ways.append(link, ...(this.data.code ? [codeButton(this.data.code)] : []));
    text.append(count, heading, beatsBox, this.formula, element("div", { className: "hand" }), last, ways);
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    describe(this.canvas, shows);
    const picture = element("div", { className: "picture" });
    picture.append(this.canvas);
    stage.append(text, picture);
    section.append(stage);
    return section;
  }

  see(seen) {
    this.seen = seen;
    if (seen) return (this.moves = true);
    this.played = 0;
    this.canvas.width = this.canvas.height = 0; // its memory
  }

  /** How far the page is scrolled through it. Returns where it begins below the menu. */
  measure(window) {
    const { top, height } = this.section.getBoundingClientRect(),
      from = top - menu();
    this.scrolled = from > window * 0.6 ? -1 : beatOf(shareOf(from, height, window), this.count);
    return from;
  }

  /** Draw it if anything has changed. Returns whether something in it still moves. */
  tick(now, moved) {
    const { calm, world } = this.lecture,
      beat = calm ? this.count - 1 : this.scrolled < 0 ? -1 : Math.max(this.scrolled, this.played);
    if (beat !== this.lit) this.light(beat);
    const before = this.reached.shares.join(),
      moving = this.reached.tick(beat, now, calm);
    if (!moving && !moved && !this.moves && before === this.reached.shares.join()) return false;
    const { g, width, height } = sharp(this.canvas);
    if (!width || !height) return false;
    const at = this.reached.shares.map(eased),
      stage = { g, width, height, at, now, calm, paints: world.paints };
    const drawn = this.picture.draw(stage);
    this.moves = !!drawn && !calm;
    if (!this.moves) return moving;
    if (typeof drawn === "number") this.lecture.wakeIn(drawn);
    return moving || drawn === true;
  }

  light(beat) {
    this.lit = beat;
    const { beats, names } = litAt(this.data.beats, beat, this.lecture.calm);
    this.sentences.forEach((p, k) => p.classList.toggle("lit", beats[k]));
    for (const term of this.formula.querySelectorAll(".term"))
      if (term instanceof HTMLElement) term.classList.toggle("lit", names.has(term.dataset.name));
    this.section.dataset.beat = String(beat);
  }
}
