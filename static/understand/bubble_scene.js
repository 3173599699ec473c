// The bubbles of four models on one canvas and one scale: they glide from one beta to the next, pushed and pulled.
import { askUntil } from "../bridge/ask.js";
import { later } from "../lib/busy.js";
import { sharp } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { describe, opens } from "../lib/dom.js";
import { clamp, pair as point } from "../lib/numbers.js";
import { Plane } from "../lib/plane.js";
import { inSight } from "../lib/sight.js";
import { recall, remember } from "../lib/url.js";
import { drawBubbles, drawMotion } from "./bubble_canvas.js";
import { WORDS, overlapInWords, showAll, showForces, showPictures, strengthsOf } from "./bubble_words.js";
import { Camera } from "./camera.js";
import { between, bubblesOf, ellipseOf, glide, pairsOf, pickedAt, shareOf } from "./glide.js";
import { GlideBar } from "./glide_bar.js";
import { keepDrawn, renewed, whenDecoder, whenInflated } from "./shared.js";

/** @typedef {import("../lib/payloads").BubbleSceneData} Data */
/** @typedef {import("../lib/payloads").BubbleSceneAnswer} Answer */

const HTML = `
  <div class="ll-bubbles">
    <section class="stage">
      <div class="state"><b></b><span class="quiet"></span>
        <button type="button" class="how" popovertarget="ll-laid" aria-label="How the maps are laid onto each other"
          title="How the maps are laid onto each other">?</button>
        <div id="ll-laid" class="laid" popover></div>
      </div>
      <div class="both">
        <canvas class="plane all"></canvas><canvas class="motion" aria-hidden="true"></canvas>
      <div class="zoom" role="group" aria-label="Scale of the canvas">
        <button type="button" class="in" aria-label="Larger">+</button>
        <button type="button" class="out" aria-label="Smaller">−</button>
        <button type="button" class="fit" aria-label="Show all bubbles of every beta">All</button>
      </div>
      </div>
      <div class="glide">
        <button type="button" class="play">▶</button><div class="track"></div><div class="stops"></div>
      </div>
      <div class="key">
        <span class="decoder"><i></i>the picture pushes</span>
        <span class="mean"><i></i>the penalty pulls</span>
        <span class="z"><i class="dash"></i>N(0, 1): one and two std</span>
        <span><i class="dash" style="border-color: var(--ll-ink)"></i>overlaps another digit’s</span>
      </div>
    </section>
    ${WORDS}
  </div>`;
const REACH = 2.6; // how far the canvas shows to each side at first: two standard deviations of N(0, 1), and room
const NEAR = 0.05; // the least it shows
const OVERLAPPING = 0.5; // overlap from which two bubbles count as overlapping
const SLACK = 9; // pixels beside a small bubble that still pick it
const FRAME = 30; // milliseconds at least from one picture of the running arrows to the next
const CLICK = 5; // pixels that a pointer may move in a click
const SOON = 250; // milliseconds at a model before its decoder is asked for

/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const scene = new Scene(root, data, (wanted) => component.setStateValue("wanted", wanted));
  return keepDrawn(root, root, () => scene.show(), scene.end);
}

class Scene {
  /** @type {any} */ root;
  /** @type {Data} */ data;
  /** @type {(k: number) => void} */ ask;
  /** @type {any[]} */ decoders = []; // of each model, once it has come
  /** @type {Set<number>} */ touching = new Set();
  /** @type {number[] | null} */ pair = null; // of bubbles
  /** @type {(() => void)[]} */ stops = [];
  /** @type {any} */ wait = null;
  ranked = 0; // which of the pairs by overlap was picked last
  closer = false;
  moving = true;
  before = 0; // the last frame
  drawn = 0; // when the arrows were drawn last, alone
  stir = () => {}; // something is to be drawn anew
  share = 0; // of the pair, in the model where the slider stands
  /** @type {Uint8Array | null} */ pictures = null; // of the bubbles, once they have come
  painted = "";
  farther = "";
  /** @type {(() => void) | null} */ asking = null;

  /** @param {any} root @param {Data} data @param {(k: number) => void} ask */
  constructor(root, data, ask) {
    Object.assign(this, { root, data, ask });
    this.find = (selector) => root.querySelector(selector);
    this.labels = bytes(data.labels);
    this.rank = [...this.labels].map((c, i) => this.labels.subarray(0, i).filter((d) => d === c).length);
    this.measured = data.models.map((model) => ({
      ...model,
      means: floats(model.means),
      logvars: floats(model.logvars),
      onMean: floats(model.on_mean),
      onLogvar: floats(model.on_logvar),
    }));
    this.models = this.measured.map(bubblesOf);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.camera = new Camera(recall("reach", REACH, NEAR, data.reach));
    this.bar = new GlideBar(this.find, data.models, recall("glide", data.start, 0, this.models.length - 1), (at) => {
      remember("glide", at);
      this.settle();
    });
    this.bar.begins = () => this.stir();
    this.place = recall("z", [NaN, NaN], -99, 99); // of the ring, on the canvas
    this.choosePair();
    this.addControls();
    this.listen();
    this.settle();
  }

  /** What the address says, or the strongest overlap of the model that the page begins with. */
  choosePair() {
    const count = this.labels.length,
      asked = recall("pair", [-1, -1], 0, count - 1).map(Math.trunc);
    if (asked[0] >= 0 && asked[0] !== asked[1]) this.pair = asked;
    else if (!Number.isFinite(this.place[0])) this.pair = this.strongest(0, this.data.start);
  }

  strongest(rank, k = Math.round(this.at)) {
    const all = pairsOf(this.models[k], this.labels, -1);
    return all[rank % all.length].pair;
  }

  addControls() {
    const { find, data, camera } = this;
    find(".laid").textContent = data.about;
    opens(find(".how"), find(".laid"));
    const zoom = (factor) => this.lookAt(clamp(camera.goal * factor, NEAR, data.reach));
    find(".in").onclick = () => zoom(1 / 1.6);
    find(".out").onclick = () => zoom(1.6);
    find(".fit").onclick = () => (this.setCloser(false), this.lookAt(data.reach));
    find(".strong").onclick = () => this.pick(this.strongest((this.ranked = 0)));
    find(".next").onclick = () => this.pick(this.strongest(++this.ranked));
    find(".closer").onclick = () => this.look(!this.closer);
  }

  listen() {
    const canvas = this.find(".plane.all");
    this.plane = new Plane(canvas, (plane) => this.drawStill(plane), { move: (z) => this.hold(z) });
    this.plane.z = this.place;
    let down = [0, 0];
    const pressed = (event) => (down = [event.clientX, event.clientY]);
    const clicked = (event) => {
      if (Math.hypot(event.clientX - down[0], event.clientY - down[1]) > CLICK) return;
      const box = canvas.getBoundingClientRect(),
        place = this.plane.code(event.clientX - box.left, event.clientY - box.top);
      const found = pickedAt(this.bubbles, this.labels, place, SLACK / this.plane.unit);
      if (found) this.pick(found);
    };
    canvas.addEventListener("pointerdown", pressed);
    canvas.addEventListener("click", clicked);
    const { wake, end } = inSight(canvas, (now) => this.tick(now));
    this.stir = () => ((this.moving = true), wake());
    this.stops = [
      end,
      () => this.plane.end(),
      () => this.bar.player.pause(),
      () => this.wait?.cancel(),
      () => this.asking?.(),
      () => canvas.removeEventListener("pointerdown", pressed),
      () => canvas.removeEventListener("click", clicked),
      ...this.data.models.map((model, k) => whenDecoder(model.decoder, (decode) => this.learn(k, decode))),
      whenInflated("pictures of the bubbles", ([pictures]) => ((this.pictures = pictures), this.showPlace())),
    ];
  }

  end = () => {
    for (const stop of this.stops) stop();
  };

  learn(k, decode) {
    if (this.decoders[k]) return;
    this.decoders[k] = decode;
    this.showPlace();
  }

  /** Ask for the decoder of the model that is nearest to the slider, once it rests there. */
  want() {
    const k = Math.round(this.at);
    this.wait?.cancel();
    this.wait = null;
    this.asking?.();
    const missing = () => !this.decoders[k];
    if (missing())
      this.wait = later(
        "a decoder",
        () => (this.asking = askUntil({ missing, times: 5, ask: () => this.ask(k) })),
        SOON,
      );
  }

  /** Where the slider stands: the number of a model, or between two. */
  get at() {
    return this.bar.at;
  }

  /** The bubbles where the slider stands, and all that follows from them. */
  settle() {
    this.bubbles = glide(this.models, this.at);
    const found = pairsOf(this.bubbles, this.labels, OVERLAPPING);
    this.touching = new Set(found.flatMap(({ pair }) => pair));
    this.want();
    this.follow();
    this.showWords();
    this.stir();
  }

  /** The ring stands between the two that are picked. */
  follow() {
    if (!this.pair) return;
    const [one, other] = this.pair.map((i) => this.bubbles[i]);
    this.place = between(one, other);
    this.share = shareOf(one, other);
    this.plane && (this.plane.z = this.place);
    if (this.closer) this.camera.focus = this.place;
  }

  pick(pair) {
    this.pair = pair;
    remember("pair", pair);
    this.settle();
    if (this.closer) this.look(true);
  }

  /** The visitor puts the ring somewhere. */
  hold(place) {
    if (this.pair) remember("pair", null);
    this.setCloser(false);
    this.pair = null;
    this.place = this.plane.z = place;
    remember("z", place);
    this.showWords();
    this.stir();
  }

  setCloser(on) {
    this.closer = on && !!this.pair;
    this.find(".closer").setAttribute("aria-pressed", String(this.closer));
  }

  /** So near to the two that are picked that both can be seen well, or back. */
  look(on) {
    this.setCloser(on);
    if (!this.closer) return this.lookAt(REACH);
    const [one, other] = this.pair.map((i) => this.bubbles[i]),
      apart = Math.hypot(one.mean[0] - other.mean[0], one.mean[1] - other.mean[1]),
      wide = Math.max(...[one, other].map(({ root }) => ellipseOf(root).axes[0]));
    this.follow();
    this.lookAt(clamp(apart / 2 + 3.2 * wide, NEAR, this.data.reach));
  }

  /** Show so far to each side: of less than at first, what is around the ring. */
  lookAt(reach) {
    const ring = Number.isFinite(this.place[0]) ? this.place : [0, 0];
    this.camera.aim(reach, reach < REACH ? ring : [0, 0]);
    remember("reach", reach);
    this.stir();
  }

  tick(now) {
    if (!this.root.isConnected) return false;
    const passed = Math.min(now - this.before, 100);
    this.before = now;
    this.bar.tick(now);
    if (this.camera.approach(this.calm ? 1 : 1 - Math.exp(-passed / 130))) this.moving = true;
    const moved = this.moving;
    if (moved) this.show();
    else if (!this.calm && now - this.drawn > FRAME) {
      this.drawn = now;
      this.drawMotion();
    }
    return moved || !this.calm || !!this.bar.flight; // the arrows run, unless less motion is wanted
  }

  show() {
    this.plane.show(this.camera.range);
    this.plane.redraw();
    this.drawMotion();
    this.moving = false;
  }

  /** What is drawn. */
  get shown() {
    const { bubbles, labels, rank, pair, touching } = this;
    return { bubbles, labels, rank, pair, touching, names: this.data.names };
  }

  drawStill(plane) {
    const whole = this.camera.reach >= REACH - 1e-6, // seen from near, most stand outside
      outside = drawBubbles(plane, this.shown, whole),
      farther = outside ? `${outside} of ${this.labels.length} stand farther out` : "";
    if (this.farther === farther) return;
    this.farther = farther;
    this.showState();
  }

  drawMotion() {
    const above = Object.create(this.plane, { g: { value: sharp(this.find(".motion")).g } });
    if (this.plane.width) drawMotion(above, this.shown, this.calm ? 0 : this.before / 1000, this.place);
  }

  /** Measured, or between two models. */
  showState() {
    const { at, data } = this,
      measured = Number.isInteger(at),
      [before, after] = this.bar.betas();
    this.find(".state b").textContent = measured ? `beta ${before}: measured` : `between beta ${before} and ${after}`;
    const glides = "a glide between two models, not a measurement";
    this.find(".state .quiet").textContent = [measured ? data.models[at].title : glides, this.farther]
      .filter(Boolean)
      .join(" · ");
    this.root.classList.toggle("between", !measured);
  }

  showWords() {
    const { root, at, pair, bubbles, data, labels, find } = this,
      measured = Number.isInteger(at);
    this.showState();
    const names = pair?.map((i) => data.names[labels[i]]),
      nameOf = (k) => (names[0] === names[1] ? ["one", "the other"][k] : `the ${names[k]}`);
    find(".two").textContent = pair ? `A bubble of ${names[0]} and one of ${names[1]}` : "Where the ring stands";
    const unknown = { push: null, pull: null, shrink: null, swell: null };
    const row = (i, k) => ({
      name: nameOf(k),
      ...(measured ? strengthsOf(this.measured[at], bubbles[i], i) : unknown),
    });
    showForces(root, pair ? pair.map(row) : []);
    find("table.forces").hidden = !pair;
    find(".closer").disabled = !pair;
    find(".say").textContent = this.saying(measured);
    if (measured) showAll(root, bubbles, this.touching);
    find(".beside .facts").style.opacity = measured ? 1 : 0.35;
    this.showPlace();
    const what = measured ? `beta ${data.models[at].beta}` : find(".state b").textContent;
    const many = `${bubbles.length} bubbles, ${what}; ${this.touching.size} overlap with another digit’s.`;
    describe(
      find(".plane.all"),
      `${many} The ring stands at ${point(this.place)}. Arrow keys move it; a click picks two.`,
    );
    Object.assign(root.dataset, {
      glide: at,
      beta: measured ? data.models[at].beta : "",
      touching: measured ? this.touching.size : "",
      pair: pair?.join() ?? "",
      share: pair && measured ? this.share : "",
    });
  }

  saying(measured) {
    if (!measured) {
      const [before, after] = this.bar.betas();
      return `Nothing was measured here: the models are those of beta ${before} and beta ${after}. Go to one of them.`;
    }
    if (this.pair) return overlapInWords(this.share);
    const around = pickedAt(this.bubbles, this.labels, this.place, 0);
    if (!around) return "The ring is in no bubble. Click one, or drag the ring.";
    return `The ring is in a bubble of ${this.data.names[this.labels[around[0]]]}. Click there to pick it.`;
  }

  /** What the nearer model draws, at its own bubbles. */
  showPlace() {
    const k = Math.round(this.at),
      { pair, labels, data } = this,
      bubbles = this.models[k],
      place = pair ? between(bubbles[pair[0]], bubbles[pair[1]]) : this.place,
      key = [k, !!this.decoders[k], !!this.pictures, pair, place].join();
    if (this.painted === key) return;
    this.painted = key;
    const { pictures } = this,
      { size, redrawn } = data,
      nameOf = (i) => data.names[labels[i]],
      model = data.models[k];
    showPictures(this.root, { model, decode: this.decoders[k], place, pair, pictures, size, nameOf, redrawn });
  }
}
