// The lecture as a walk: one scroll of scenes. Each has a few sentences, a formula whose terms light up with them, and
// a picture that moves with them; only what is in sight is drawn, and nothing is asked of the server.
import { send } from "../bridge/ask.js";
import { subscribe } from "../lib/bus.js";
import { animate, sharp } from "../lib/canvas.js";
import { describe, element, mount } from "../lib/dom.js";
import { eased } from "../lib/numbers.js";
import { fromAddress, remember } from "../lib/url.js";
import { bubble } from "./bubble.js";
import { copying } from "./copying.js";
import { forces } from "./forces.js";
import { hole } from "./hole.js";
import { morph } from "./morph.js";
import { noise } from "./noise.js";
import { penalty } from "./penalty.js";
import { samples } from "./samples.js";
import { together } from "./together.js";
import { training } from "./training.js";
import { beatOf, currentOf, isOurs, Reached, shareOf, stepOf } from "./walker.js";
import { formula, litAt, sentence } from "./words.js";
import { World } from "./world.js";

/** @typedef {import("../lib/payloads").LectureData} Data */
/** @typedef {import("../lib/payloads").LectureAnswer} Answer */
/** @typedef {import("../lib/payloads").LectureScene} SceneData */

/**
 * What a scene's module gives: how its picture is drawn, and what one can do in it.
 *
 * @typedef {object} Picture
 * @property {(stage: Stage) => boolean | void} draw returns whether it moves by itself
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
const HTML = `<div class="ll-lecture">
  <nav class="rail" aria-label="Scenes"></nav></div>`;
const TITLE = "What is a VAE? Ten scenes, one digit";
const HINT = "Scroll, or press an arrow key.";
const BAR = 60; // pixels of the menu, below which a scene comes to rest
const SPOKEN = 3200; // milliseconds from one sentence to the next, where a scene plays by itself
const LOOK = 500; // milliseconds from one look whether light has become dark to the next

/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const [root, isNew] = mount(component, HTML);
  root.component = component;
  if (isNew) {
    const lecture = new Lecture(root, component.data);
    root.end = () => lecture.end();
  }
  return root.end;
}

class Lecture {
  current = 0;
  /** @type {number | null} where a key has led, while the page is still scrolling there */ target = null;
  moved = true; // the page was scrolled, or something has changed
  looked = 0;
  /** @type {Scene[]} */ scenes;
  /** @type {{scene: number, since: number} | null} the scene that plays by itself */ playing = null;

  constructor(root, data) {
    this.root = root;
    this.box = root.firstElementChild;
    this.main = document.querySelector("[data-testid=stMain]") ?? document.documentElement;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.box.classList.toggle("calm", this.calm);
    this.world = new World(data, () => (this.moved = true));
    this.world.look(this.box);
    this.scenes = data.scenes.map((each, k) => new Scene(this, each, k));
    this.rail = this.addRail(data.scenes);
    const sight = new IntersectionObserver((found) => {
      for (const { target, isIntersecting } of found) this.scenes.find((s) => s.section === target).see(isIntersecting);
      this.moved = true;
    });
    for (const { section } of this.scenes) sight.observe(section);
    const resized = new ResizeObserver(() => (this.moved = true));
    resized.observe(this.box);
    const on = (where, what, f, options) => {
      where.addEventListener(what, f, options);
      return () => where.removeEventListener(what, f, options);
    };
    this.stops = [
      () => sight.disconnect(),
      () => resized.disconnect(),
      on(this.main, "scroll", () => (this.moved = true), { passive: true }),
      on(this.main, "scrollend", () => (this.target = null)),
      on(this.main, "wheel", () => this.byHand(), { passive: true }),
      on(this.main, "touchmove", () => this.byHand(), { passive: true }),
      on(window, "keydown", (event) => this.press(event)),
      subscribe("lecture decoder", (message) => message && this.world.learn(message)),
      subscribe("lecture film", (message) => message && this.world.load(message)),
      animate((now) => this.tick(now)),
    ];
    const asked = data.scenes.findIndex(({ name }) => name === fromAddress("scene"));
    if (asked > 0) this.goTo(asked, false);
    else this.play(0);
  }

  addRail(scenes) {
    const nav = this.box.querySelector(".rail"),
      buttons = scenes.map(({ title }, k) => {
        const button = element("button", { type: "button", onclick: () => this.goTo(k) });
        button.append(element("span", { textContent: title }));
        describe(button, `${k + 1}. ${title}`);
        return button;
      });
    nav.append(...buttons);
    return buttons;
  }

  /** Let a scene's sentences follow each other in time. */
  play(k) {
    this.playing = this.calm ? null : { scene: k, since: performance.now() };
  }

  /** Somebody scrolls: nothing plays on, and no key is being followed. */
  byHand() {
    this.target = null;
    if (!this.playing) return;
    this.playing = null;
  }

  press(event) {
    if (!isOurs(event) || !this.box.isConnected) return;
    const to = stepOf(event.key, this.target ?? this.current, this.scenes.length);
    if (to === null) return;
    event.preventDefault();
    this.goTo(to);
  }

  goTo(k, smooth = !this.calm) {
    const { section } = this.scenes[k],
      top = this.main.scrollTop + section.getBoundingClientRect().top - BAR;
    this.target = k;
    this.scenes[k].played = 0;
    this.main.scrollTo({ top: Math.round(top), behavior: smooth ? "smooth" : "instant" });
    section.focus({ preventScroll: true });
    this.play(k);
  }

  tick(now) {
    if (!this.box.isConnected) return false;
    if (now > this.looked + LOOK) {
      this.looked = now;
      if (this.world.look(this.box)) this.moved = true;
    }
    const { moved } = this;
    this.moved = false;
    if (moved) this.measure();
    if (this.playing?.scene === this.current) {
      const scene = this.scenes[this.current];
      scene.played = Math.max(scene.played, beatOf((now - this.playing.since) / SPOKEN / scene.count, scene.count));
    }
    for (const scene of this.scenes) if (scene.seen) scene.tick(now, moved);
  }

  measure() {
    const window = this.main.clientHeight - BAR,
      tops = this.scenes.map((scene) => scene.measure(window));
    const current = currentOf(tops, window);
    if (current !== this.current && this.target === null) this.playing = null;
    if (current !== this.current) remember("scene", this.scenes[current].data.name);
    this.current = current;
    this.box.dataset.current = String(current);
    this.rail.forEach((button, k) => {
      if (k === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
  }

  end() {
    for (const stop of this.stops) stop();
    this.world.mosaic?.end();
  }
}

class Scene {
  seen = false;
  scrolled = -1; // the sentence that the page has been scrolled to
  played = 0; // the one that was reached in time
  lit = -2; // the one that is lit
  moves = true;

  /** @param {Lecture} lecture @param {SceneData} data @param {number} k */
  constructor(lecture, data, k) {
    this.lecture = lecture;
    this.data = data;
    this.count = data.beats.length;
    this.picture = PICTURES[data.name](lecture.world);
    this.reached = new Reached(this.count, this.picture.lengths);
    this.section = this.build(k, lecture.world.data.scenes.length);
    lecture.box.append(this.section);
    this.picture.hand?.(this.section.querySelector(".hand"), () => (this.moves = true));
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
    text.append(count, heading, beatsBox, this.formula, element("div", { className: "hand" }), last, link);
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
      from = top - BAR;
    this.scrolled = from > window * 0.6 ? -1 : beatOf(shareOf(from, height, window), this.count);
    return from;
  }

  tick(now, moved) {
    const { calm, world } = this.lecture,
      beat = calm ? this.count - 1 : this.scrolled < 0 ? -1 : Math.max(this.scrolled, this.played);
    if (beat !== this.lit) this.light(beat);
    const before = this.reached.shares.join(),
      moving = this.reached.tick(beat, now, calm);
    if (!moving && !moved && !this.moves && before === this.reached.shares.join()) return;
    const { g, width, height } = sharp(this.canvas);
    if (!width || !height) return;
    const at = this.reached.shares.map(eased),
      stage = { g, width, height, at, now, calm, paints: world.paints };
    this.moves = !!this.picture.draw(stage) && !calm;
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
