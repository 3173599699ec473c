// The start page: the plane of a model of two numbers fills the window, drawn by the decoder at every place. A picture
// travels in through the encoder and comes out again; the pointer carries what is decoded under it.
import { subscribe } from "../lib/bus.js";
import { paint, suit } from "../lib/canvas.js";
import { bytes, halves } from "../lib/codec.js";
import { whenever } from "../lib/controls.js";
import { decoder, unpacked } from "../lib/decoder.js";
import { mount } from "../lib/dom.js";
import { palette } from "../lib/plane.js";
import { inSight } from "../lib/sight.js";
import { fromAddress, inAddress, recall, remember } from "../lib/url.js";
import { drawDots } from "./dots.js";
import { drawFlight } from "./flight.js";
import { Journey } from "./journey.js";
import { LOUPE, loupe } from "./loupe.js";
import { mosaic } from "./mosaic.js";
import { PANEL, addChooser, addEquation, explaining, light, showNumbers, showPicture } from "./panel.js";
import { followHand } from "./hand.js";
import { PROJECTOR, Projector } from "./projector.js";
import { Sample } from "./sample.js";
import { endsOf, freeOf, whenSurrounded } from "./surroundings.js";
import { viewOf } from "./view.js";

/** @typedef {import("../lib/payloads").SceneData} Data */

const HTML = `
  <div class="ll-scene">
    <div class="plane" aria-hidden="true"><canvas class="mosaic"></canvas></div>
    <canvas class="dots" aria-hidden="true"></canvas><div class="scrim"></div>
    <canvas class="map" tabindex="0" role="application"></canvas>
    ${PANEL}${PROJECTOR}${LOUPE}
  </div>`;
const FIRST = "3"; // the class of the first picture, if there is such a one
const PAUSE = 2600; // milliseconds from one roll by itself to the next
const ROLLS = 4; // rolls by itself for one picture
const PATIENCE = 12_000; // milliseconds after a touch until it rolls by itself
const OPACITY = 0.46; // of the mosaic, which the dots and names stand on
const FARTHEST = 12; // of a number of z: beyond, the decoder that was sent is not the model's (packed_decoder)

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  const [root, isNew] = mount(component, HTML);
  if (isNew) {
    const scene = new Scene(root.firstElementChild, component.data);
    root.end = () => scene.end();
  }
  return root.end;
}

class Scene {
  /** @type {HTMLElement} */ root;
  /** @type {Data} */ data;
  /** @type {HTMLCanvasElement} the uppermost, which shows what moves and takes the pointer */ map;
  /** @type {import("./view.js").View | null} */ view = null;
  /** @type {any} colours and the font */ paints = null;
  /** @type {number[] | null} where the keyboard points */ cross = null;
  /** @type {ReturnType<typeof mosaic> | null} */ mosaic = null;
  padIsOpen = false;
  ended = false;
  wide = false; // the film plays, or is about to: its early dots reach farther
  moving = true; // something is to be drawn anew
  touched = -Infinity; // when the visitor last did something
  alone = 0; // rolls by itself for this picture
  wait = 0; // the timer of the next roll by itself
  arrived = 0; // when the last journey was over
  /** @type {ReturnType<typeof decoder> | null} */ decode = null;
  /** @type {any} */ told = null; // the last drawing that Python has sent
  /** @type {number[][]} */ names = [];

  constructor(root, data) {
    Object.assign(this, { root, data, map: root.querySelector(".map") });
    this.examples = data.pictures.map((each) => ({ ...each, pixels: bytes(each.image) }));
    this.points = halves(data.points);
    this.labels = bytes(data.labels);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.journey = new Journey();
    this.loupe = loupe(root, data.size);
    suit(root.querySelector(".image"), data.size);
    suit(root.querySelector("canvas.x"), data.size);
    const asked = fromAddress("digit"),
      of = (name) => this.examples.find((each) => each.name === name);
    this.sample = new Sample(of(asked) ?? of(FIRST) ?? this.examples[0]);
    addChooser(root.querySelector(".chooser"), data.names, this.examples, data.size, {
      choose: (name) => this.choose(name),
      draw: () => this.openPad(),
    });
    addEquation(root.querySelector(".sum"), () => this.rollByHand());
    this.say = explaining(root, data.parts);
    this.frames = inSight(this.map, (now) => this.tick(now));
    this.projector = new Projector(root, {
      wake: () => this.frames.wake(),
      view: () => this.view,
      ink: () => this.ink,
      opacity: OPACITY,
      begin: () => this.loupe.hide(),
      widen: () => this.widen(true),
      end: () => this.widen(false),
      dots: (points, centres, named) => this.drawDots(points, centres, named),
    });
    const z = recall("z", [99, 99], -FARTHEST, FARTHEST);
    if (z[0] !== 99) this.sample.hold(z);
    showPicture(root, this.sample.example, data.size);
    this.show();
    this.stops = [
      whenever(root, () => this.layout()),
      whenSurrounded(root, () => this.layout()),
      followHand(this),
      subscribe("scene decoder", (message) => message && this.learn(message)),
      subscribe("scene drawing", (drawing) => this.take(drawing ?? null)),
      this.frames.end,
      () => clearTimeout(this.wait),
    ];
  }

  /** Red, green and blue of what is written on the page. */
  get ink() {
    return this.paints.ink.match(/\d+/g).slice(0, 3).map(Number);
  }

  /** The decoder has come. */
  async learn({ head, parts }) {
    const source = await unpacked(head, parts[0]);
    if (this.ended) return;
    this.decode = decoder(source);
    this.mosaic?.end();
    this.mosaic = mosaic(this.root.querySelector(".mosaic"), this.decode, this.data.size);
    this.layout();
    this.set(this.sample.chosen ? "decoder" : "x");
  }

  layout() {
    const { root, data } = this,
      { width, height } = root.getBoundingClientRect();
    if (!width || !height) return; // not laid out yet
    const font = getComputedStyle(root).fontFamily;
    this.paints = { ...palette(root), font };
    const reach = this.wide ? data.film_reach : data.reach,
      farthest = this.wide ? data.farthest : [0, 0];
    this.view = viewOf({ width, height }, freeOf(root), reach, farthest);
    this.ends = endsOf(root);
    const { origin, unit, free } = this.view,
      places = { x: origin[0], y: origin[1], unit, "free-bottom": free.top + free.height };
    for (const [name, v] of Object.entries(places)) root.style.setProperty(`--${name}`, `${v}px`);
    if (this.projector.on) this.projector.close();
    this.projector.hear();
    this.drawDots(this.points, data.centres, 1);
    this.mosaic?.fill(this.view, this.ink, OPACITY);
    this.stir();
  }

  /** Something is to be drawn anew. */
  stir() {
    this.moving = true;
    this.frames.wake();
  }

  widen(wide) {
    this.wide = wide;
    this.layout();
  }

  drawDots(points, centres, named) {
    const { labels, data, view, paints } = this,
      dots = { points, labels, centres, names: data.names, named };
    this.names = drawDots(this.root.querySelector(".dots"), view, paints, dots);
    this.map.dataset.names = this.names.map((place) => place.map(Math.round)).join();
  }

  tick(now) {
    if (!this.map.isConnected || !this.view) return false;
    if (this.projector.tick(now)) return true;
    if (this.projector.on) return false;
    const { progress, lit } = this.journey.at(now);
    if (lit === null && !this.moving) return this.idle(now);
    this.moving = lit !== null;
    if (!this.moving) this.arrived = now;
    light(this.root, { progress, lit }, !!this.sample.chosen);
    const { lens } = drawFlight(this.map, { ...this, progress, x: this.root.querySelector("canvas.x") });
    this.map.dataset.lens = lens ? lens.map(Math.round).join() : "";
    if (progress.out > 0 && this.decode) this.paintOut();
    return true;
  }

  paintOut() {
    const { z } = this.sample;
    paint(this.root.querySelector(".image"), this.decode(z), this.data.size, 0, 255);
    this.map.dataset.z = z.join();
  }

  /** Left alone, it rolls by itself, and after some rolls takes a picture of the next class. Until then it sleeps. */
  idle(now) {
    clearTimeout(this.wait);
    if (this.calm || this.sample.chosen || !this.decode || this.padIsOpen) return false;
    const left = Math.max(this.touched + PATIENCE, this.arrived + PAUSE) - now;
    if (left > 0) {
      this.wait = setTimeout(() => this.frames.wake(), left);
      return false;
    }
    if (++this.alone < ROLLS) return this.roll();
    const { names } = this.data,
      next = (names.indexOf(this.sample.example.name) + 1) % names.length;
    this.send(this.examples.find((each) => each.name === names[next]));
  }

  /** The visitor does something: what moves by itself waits, and a film is over. */
  touch() {
    this.touched = performance.now();
    this.projector.close();
    this.frames.wake();
  }

  choose(name) {
    this.touch();
    const those = this.examples.filter((each) => each.name === name);
    this.send(those[(those.indexOf(this.sample.example) + 1) % those.length]); // again: another one of the class
    remember("digit", name);
    inAddress({ z: null });
  }

  /** A picture sets out. */
  send(example) {
    this.alone = 0;
    this.sample.choose(example);
    showPicture(this.root, example, this.data.size);
    this.set("x");
  }

  rollByHand() {
    this.touch();
    this.map.dataset.throws = String(1 + +(this.map.dataset.throws ?? 0)); // the tour counts them
    inAddress({ z: null });
    this.roll();
  }

  roll() {
    this.sample.roll();
    this.set("eps");
  }

  /** The visitor chooses the two numbers. */
  hold(z) {
    this.touch();
    this.sample.hold(z);
    remember("z", z);
    this.set("decoder");
  }

  /** Begin at a part of the way. */
  set(part) {
    if (this.calm || document.hidden) this.journey.arrive();
    else this.journey.begin(part, performance.now());
    this.stir();
    this.show();
  }

  show() {
    showNumbers(this.root, this.sample, this.labels.length);
    this.say(this.sample);
  }

  /** What the pointer is over. */
  point(z, place, finger) {
    const tile = this.projector.tile(z);
    if (tile) this.loupe.show(tile.code, place, finger, tile.canvas);
    else if (this.decode) this.loupe.show(z, place, finger, this.decode(z));
  }

  /** A drawing as the model gets it has come. */
  take(drawing) {
    const known = this.told?.image;
    this.told = drawing && { ...drawing, pixels: bytes(drawing.image) };
    if (this.padIsOpen && drawing && drawing.image !== known) this.sendDrawing();
  }

  sendDrawing() {
    this.touch();
    this.send(this.told);
    inAddress({ z: null, digit: null });
  }

  openPad() {
    this.touch();
    this.padIsOpen = !this.padIsOpen;
    this.root.classList.toggle("drawing", this.padIsOpen);
    this.root.querySelector(".draw").setAttribute("aria-expanded", String(this.padIsOpen));
    if (this.padIsOpen && this.told) this.sendDrawing();
  }

  end() {
    this.ended = true;
    this.projector.end();
    this.mosaic?.end();
    for (const stop of this.stops) stop();
  }
}
