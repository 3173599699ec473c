// The lecture as a walk: one scroll of scenes. Each has a few sentences, a formula whose terms light up with them, and
// a picture that moves with them; only what is in sight is drawn, and nothing is asked of the server.
import { publish, subscribe } from "../lib/bus.js";
import { sleeper } from "../lib/canvas.js";
import { whenColours } from "../lib/controls.js";
import { describe, element, mount } from "../lib/dom.js";
import { fromAddress, remember } from "../lib/url.js";
import { Scene, menu } from "./scene.js";
import { beatOf, currentOf, isOurs, stepOf } from "./walker.js";
import { World } from "./world.js";

/** @typedef {import("../lib/payloads").LectureData} Data */
/** @typedef {import("../lib/payloads").LectureAnswer} Answer */

const HTML = `<div class="ll-lecture">
  <nav class="rail" aria-label="Scenes"></nav></div>`;
const SPOKEN = 3200; // milliseconds from one sentence to the next, where a scene plays by itself
const HAND = 1000; // milliseconds for which somebody's scrolling is not disturbed
const STILL = 250; // milliseconds without a scroll, after which the page stands where a key has led

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
  due = Infinity; // milliseconds until the next sentence, or until a scene changes
  wait = 0; // the timer that wakes it then
  still = 0; // the timer that ends when nothing scrolls any more
  /** @type {Scene[]} */ scenes;
  /** @type {{scene: number, since: number} | null} the scene that plays by itself */ playing = null;
  place = 0; // how much of the current scene has been scrolled past, of its height
  hand = 0; // when somebody scrolled last

  constructor(root, data) {
    this.root = root;
    this.box = root.firstElementChild;
    this.main = document.querySelector("[data-testid=stMain]") ?? document.documentElement;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.box.classList.toggle("calm", this.calm);
    this.frames = sleeper((now) => this.tick(now));
    this.world = new World(data, () => this.stir());
    this.world.look(this.box);
    this.scenes = data.scenes.map((each, k) => new Scene(this, each, k));
    this.rail = this.addRail(data.scenes);
    const sight = new IntersectionObserver((found) => {
      for (const { target, isIntersecting } of found) this.scenes.find((s) => s.section === target).see(isIntersecting);
      this.stir();
    });
    for (const { section } of this.scenes) sight.observe(section);
    const resized = new ResizeObserver(() => this.stay());
    resized.observe(this.box);
    const on = (where, what, f, options) => {
      where.addEventListener(what, f, options);
      return () => where.removeEventListener(what, f, options);
    };
    this.stops = [
      () => sight.disconnect(),
      () => resized.disconnect(),
      on(this.main, "scroll", () => (this.stir(), this.awaitStill()), { passive: true }),
      () => (clearTimeout(this.still), clearTimeout(this.wait)),
      whenColours(() => this.world.look(this.box) && this.stir()),
      subscribe("scene asked", (name) => this.go(name)), // where a class follows its teacher
      on(this.main, "scrollend", () => this.arrive()),
      on(this.main, "wheel", () => this.byHand(), { passive: true }),
      on(this.main, "touchmove", () => this.byHand(), { passive: true }),
      on(window, "keydown", (event) => this.press(event)),
      subscribe("lecture decoder", (message) => message && this.world.learn(message)),
      subscribe("lecture film", (message) => message && this.world.load(message)),
      this.frames.end,
    ];
    this.stir();
    const asked = data.scenes.findIndex(({ name }) => name === fromAddress("scene"));
    if (asked > 0) this.goTo(asked, false);
    else this.play(0);
  }

  /** Something has changed: it is measured and drawn in the next frame. */
  stir() {
    this.moved = true;
    this.frames.wake();
  }

  /** The page stands where a key or a link has led: the scene there is the current one, and goes on playing. */
  arrive() {
    this.measure();
    this.target = null;
  }

  /** Where a key has led is reached: not every browser says when it has scrolled, and none when it need not. */
  awaitStill() {
    clearTimeout(this.still);
    this.still = setTimeout(() => this.target === this.current && (this.target = null), STILL);
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
    this.frames.wake();
  }

  /** Somebody scrolls: nothing plays on, and no key is being followed. */
  byHand() {
    this.target = null;
    this.hand = performance.now();
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

  /** To a scene by its name, once. */
  go(name) {
    if (name === undefined) return;
    publish("scene asked", undefined);
    const k = this.scenes.findIndex((scene) => scene.data.name === name);
    if (k >= 0 && k !== this.current) this.goTo(k);
  }

  goTo(k, smooth = !this.calm) {
    const { section } = this.scenes[k],
      top = this.main.scrollTop + section.getBoundingClientRect().top - menu();
    this.target = k;
    this.scenes[k].played = 0;
    this.main.scrollTo({ top: Math.round(top), behavior: smooth ? "smooth" : "instant" });
    section.focus({ preventScroll: true });
    this.play(k);
    this.awaitStill();
  }

  /** The window or the text has another size: the scene is the one that it was. */
  stay() {
    this.stir();
    if (this.box.dataset.current === undefined) return; // not measured yet
    if (this.hand && performance.now() < this.hand + HAND) return; // a phone's bar goes as one scrolls
    const { top, height } = this.scenes[this.target ?? this.current].section.getBoundingClientRect(),
      off = top - menu() + (this.target === null ? this.place * height : 0);
    if (Math.abs(off) > 1) this.main.scrollTo({ top: Math.round(this.main.scrollTop + off), behavior: "instant" });
  }

  tick(now) {
    if (!this.box.isConnected) return false;
    const { moved } = this;
    this.moved = false;
    if (moved) this.measure();
    let moves = false;
    this.due = Infinity;
    if (this.playing?.scene === this.current) {
      const scene = this.scenes[this.current];
      scene.played = Math.max(scene.played, beatOf((now - this.playing.since) / SPOKEN / scene.count, scene.count));
      if (scene.played < scene.count - 1) this.due = this.playing.since + (scene.played + 1) * SPOKEN - now;
    }
    for (const scene of this.scenes) if (scene.seen && scene.tick(now, moved)) moves = true;
    clearTimeout(this.wait);
    if (!moves && this.due < Infinity) this.wait = setTimeout(() => this.frames.wake(), this.due);
    return moves || this.moved;
  }

  /** Something changes in so many milliseconds, and nothing until then. */
  wakeIn(left) {
    this.due = Math.min(this.due, left);
  }

  measure() {
    const window = this.main.clientHeight - menu(),
      tops = this.scenes.map((scene) => scene.measure(window));
    const current = currentOf(tops, window);
    if (current !== this.current && this.target === null) this.playing = null;
    if (current !== this.current) remember("scene", this.scenes[current].data.name);
    const { top, height } = this.scenes[current].section.getBoundingClientRect();
    this.place = (menu() - top) / height;
    this.current = current;
    this.box.dataset.current = String(current);
    this.rail.forEach((button, k) => {
      if (k === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
  }

  end() {
    for (const stop of this.stops) stop();
    this.world.end();
  }
}
