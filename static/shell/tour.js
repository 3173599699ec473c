// The tour's card: what to do now, whether it was done, the way on, and a light on what it speaks of.
import { send } from "../bridge/ask.js";
import { source } from "../lib/canvas.js";
import { mount, rich } from "../lib/dom.js";
import { chosenEpoch, onEpoch } from "../lib/epoch.js";
import { fromAddress } from "../lib/url.js";
import { offer, packedDrawing } from "./keepsake.js";
import { Light } from "./tour_light.js";
import { Memory } from "./tour_memory.js";
import { around, holes, NARROW, place, scrollFor } from "./tour_place.js";
import { Witness } from "./tour_witness.js";

const HTML = `
  <div class="ll-tour" role="region" aria-label="Tour" tabindex="-1">
    <div class="text"><small></small><b></b><p aria-live="polite"></p></div>
    <div class="ways">
      <span class="done" role="status"></span>
      <button type="button" class="where" hidden>Show me where</button>
      <button type="button" class="back">Back</button>
      <button type="button" class="next">Next</button>
      <button type="button" class="leave">Leave</button>
    </div>
  </div>`;
const LOOK = 300; // milliseconds from one look at the page to the next
const KEEP = 1000; // the same for its pictures
const WIDEST = 600; // pixels of a picture that is kept
const OURS = ".ll-tour, .ll-keepsake";
const WRITING = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable=true]";
const OPEN = "[data-baseweb=popover], [data-testid=stDialog], dialog[open]"; // what Esc closes first

/** @typedef {import("../lib/payloads").TourData} Data */
/** @typedef {import("../lib/payloads").TourAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data } = component,
    [root] = mount(component, HTML),
    go = (step) => send(() => component.setTriggerValue("go", step));
  root.classList.toggle("door", data.door);
  if (data.door) return atTheDoor(root, data, go), () => {};
  const tour = (root.tour ??= new Tour(root));
  tour.show(data, go);
  return () => tour.end();
}

/** What a witness asks of the page. @type {import("./tour_witness.js").Page} */
const page = {
  has: (selector) => !!document.querySelector(selector),
  value: (selector, name) => /** @type {HTMLElement} */ (document.querySelector(selector))?.dataset[name] ?? null,
  address: fromAddress,
  epoch: () => chosenEpoch(fromAddress("run")),
};

let arrived = ""; // the step and place at which the card had the focus: a page that is drawn again must not take it

class Tour {
  /** @type {Data} */ data;
  /** @type {Memory} */ memory;
  /** @type {Witness} */ witness;
  /** @type {(step: number) => void} */ go;
  visit = ""; // the step, and whether the page is its own
  was = false; // it was done
  lifted = false; // somebody has taken hold of what is lit
  scrolled = false; // somebody scrolls
  sought = ""; // the words of what was brought into sight
  words = "";
  constructor(root) {
    this.root = root;
    this.card = root.querySelector(".ll-tour");
    this.light = new Light();
    this.stops = [];
    this.spot = "";
    this.kept = 0;
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  /** @param {Data} data  @param {(step: number) => void} go */
  show(data, go) {
    Object.assign(this, { data, go, memory: new Memory() });
    const { step, of, here, ways } = data,
      { memory } = this,
      last = step === of - 1,
      visit = `${step} ${here}`;
    if (memory.step === null) memory.begin();
    memory.step = step;
    if (this.visit !== visit) {
      const rules = here ? ways.flatMap((way) => way.done) : [];
      this.witness = new Witness(rules, memory.notes[step]);
      Object.assign(this, { visit, lifted: false, sought: "", was: memory.done.has(step) });
    }
    memory.save();
    this.find("small").textContent = `Tour, step ${step + 1} of ${of}`;
    this.find("b").textContent = data.title;
    this.card.style.setProperty("--share", `${(100 * (step + 1)) / of}%`);
    const button = (name, shown, press) => Object.assign(this.find(name), { hidden: !shown, onclick: press });
    button(".back", step > 0, () => this.leaveFor(step - 1));
    button(".leave", true, () => this.leaveFor(-1));
    button(".next", true, () => (last && here ? this.finish() : this.leaveFor(here ? step + 1 : step)));
    this.find(".next").textContent = !here ? "Take me there" : last ? "Finish" : "Next";
    this.find(".where").onclick = () => ((this.lifted = false), this.seek(true), this.look());
    this.card.classList.toggle("away", !here);
    this.listen();
    if (arrived !== visit) {
      arrived = visit; // what was pressed is gone: Tab goes on here. A page need not open at its top.
      document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
      this.card.focus({ preventScroll: true });
    }
    this.look();
  }

  listen() {
    for (const stop of this.stops) stop();
    const on = (target, kinds, f) => {
      for (const kind of kinds) {
        target.addEventListener(kind, f, { capture: true, passive: true });
        this.stops.push(() => target.removeEventListener(kind, f, { capture: true }));
      }
    };
    const timer = setInterval(() => (this.root.isConnected ? this.look() : this.end()), LOOK);
    this.stops = [() => clearInterval(timer), onEpoch(() => this.look())];
    on(document, ["pointerdown", "keydown"], (event) => this.touched(event));
    on(document, ["click", "input"], (event) => this.happened(event));
    on(document, ["wheel", "touchmove"], () => (this.scrolled = true));
    on(document, ["scroll"], () => this.shine());
    on(window, ["resize"], () => this.shine());
    on(window, ["pagehide"], () => this.note());
    const keys = (event) => this.key(event);
    document.addEventListener("keydown", keys);
    this.stops.push(() => document.removeEventListener("keydown", keys));
  }

  /** The visitor touches the page, of their own accord. */
  touched(event) {
    if (!event.isTrusted || !this.data.here || event.target.closest?.(OURS)) return;
    if (event.type === "keydown" && ["Tab", "Escape", "Shift"].includes(event.key)) return;
    this.witness.touch(page);
    const at = event.target;
    if (at instanceof Element && this.lit().some((each) => each.contains(at))) this.lifted = true;
  }

  /** Whether the card must stay where it is: a button of it is pressed or, once the step is done, about to be. */
  get held() {
    const { transform } = this.card.style; // none yet: it has no place to stay at
    return transform !== "" && this.card.matches(this.was ? ":hover" : ":active");
  }

  happened(event) {
    if (!event.isTrusted || !this.data.here) return;
    this.witness.event(event.type, (selector) => !!event.target.closest?.(selector));
    this.look();
  }

  /** Arrows step where the card has the focus: what had it elsewhere may be drawn anew under a finger. Esc ends. */
  key(event) {
    const { key, target } = event;
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (document.querySelector(OPEN)) return;
    if (key === "Escape" && !target.closest?.(WRITING)) this.leaveFor(-1);
    if (!this.card.contains(target)) return;
    if (key === "ArrowRight" && this.data.step < this.data.of - 1) this.find(".next").click();
    if (key === "ArrowLeft" && this.data.step > 0) this.find(".back").click();
  }

  /** The first way that is meant on a page like this. */
  way() {
    return this.data.ways.find(({ when }) => !when || page.has(when)) ?? this.data.ways.at(-1);
  }

  /** What the light falls on: the first of each that can be seen. @returns {Element[]} */
  lit() {
    if (!this.data.here) return [];
    return this.way()
      .light.map((selector) => [...document.querySelectorAll(selector)].find((node) => node.getClientRects().length))
      .filter(Boolean);
  }

  /** Look at the page: which way is meant, whether it was done, where things are. */
  look() {
    const { data, memory, witness } = this,
      way = this.way(),
      words = data.here ? way.words : "The tour waits for you on another page. Nothing is lost.",
      rests = document.documentElement.dataset.settled === "true";
    if (this.words !== words) rich(this.find("p"), (this.words = words));
    if (data.here && rests) witness.begin(page);
    if (data.here && !this.was && witness.look(page)) {
      this.was = true;
      memory.done.add(data.step);
      if (data.ways.some((each) => each.when === ".ll-birth")) memory.run = fromAddress("run") ?? "";
      this.note();
    }
    const done = this.was ? "✓ Done" : "";
    if (this.find(".done").textContent !== done) this.find(".done").textContent = done;
    this.card.classList.toggle("ready", this.was);
    if (performance.now() > this.kept + KEEP) this.keep();
    if (data.here && rests) this.seek();
    this.shine();
  }

  /** Bring what is spoken of into sight, once for each way; not under the hands of somebody who scrolls. */
  seek(again = false) {
    const way = this.way().words,
      lit = this.lit();
    if (!lit.length || (this.sought === way && !again)) return;
    const by = scrollFor(around(lit.map(boxOf)), sizeOf(this.card), this.view(lit));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (by && (again || !this.scrolled || this.sought === ""))
      document.querySelector("[data-testid=stMain]")?.scrollBy({ top: by, behavior: calm ? "instant" : "smooth" });
    this.sought = way;
    this.scrolled = false;
  }

  /** The window below what stays at its top. What is lit may itself be a part of that. */
  view(lit) {
    const bars = [...document.querySelectorAll("[data-testid=stHeader], .st-key-page_bar")].filter(
      (bar) => !lit.some((each) => bar.contains(each)),
    );
    const tops = bars.map((bar) => bar.getBoundingClientRect()).filter(({ top, height }) => height && top <= 62);
    return { width: innerWidth, height: innerHeight, top: Math.max(0, ...tops.map(({ bottom }) => bottom)) };
  }

  /** Light and card to where they belong. */
  shine() {
    const lit = this.lit(),
      view = this.view(lit),
      boxes = lit.map(boxOf).filter(({ top, bottom }) => bottom > view.top && top < view.height),
      free = !document.querySelector(".st-key-scene_page"); // the start page has a place for it
    document.body.classList.toggle("ll-touring", free && view.width <= NARROW);
    let card = boxOf(this.card);
    if (free && !this.held) {
      const { name, box } = place(boxes, sizeOf(this.card), view, view.width > NARROW ? this.spot : "");
      this.spot = name;
      card = box;
      this.card.style.transform = `translate(${Math.round(box.left)}px, ${Math.round(box.top)}px)`;
      document.body.style.setProperty("--ll-tour-card", `${Math.ceil(sizeOf(this.card).height) + 32}px`);
    } else if (!free) this.card.style.transform = "";
    this.card.dataset.spot = free ? this.spot : "";
    const seen = holes(boxes, card, view);
    if (!this.held) this.find(".where").hidden = !lit.length || seen.length > 0; // another button moves the others
    if (lit.length) this.light.show(seen, !this.was && !this.lifted);
    else this.light.end();
  }

  /** Keep the pictures of this step once it was done: they may still get better. */
  keep() {
    const { data, memory } = this;
    this.kept = performance.now();
    if (!data.here || !this.was) return;
    for (const { name, selector, words, note } of data.keeps) {
      const canvas = document.querySelector(selector);
      if (!(canvas instanceof HTMLCanvasElement) || !canvas.width) continue;
      const said = (note && document.querySelector(note)?.textContent.replace(/\.$/, "")) || "";
      const more = said && `, ${said[0].toLowerCase()}${said.slice(1)}`;
      memory.keep(name, { src: pictureOf(canvas), words: words + more });
      if (name === "drawing") (memory.drawing = packedDrawing(canvas)), memory.save();
    }
  }

  note() {
    this.memory.notes[this.data.step] = this.witness.kept();
    this.memory.save();
  }

  leaveFor(step) {
    this.keep();
    this.note();
    this.go(step);
  }

  finish() {
    this.keep();
    const { training } = this.data;
    if (training && training.run === this.memory.run)
      this.memory.keep("training", { src: source(training.picture), words: training.words });
    offer(this.root, this.memory, this.data.of, () => (this.memory.end(), this.go(-1)));
  }

  end() {
    for (const stop of this.stops) stop();
    this.stops = [];
    this.light.end();
    document.body.classList.remove("ll-touring");
    this.root.querySelector("dialog")?.close();
  }
}

/** @returns {import("./tour_place.js").Box} */
function boxOf(node) {
  const { left, top, right, bottom } = node.getBoundingClientRect();
  return { left, top, right, bottom };
}

const sizeOf = (node) => ({ width: node.offsetWidth, height: node.offsetHeight });

/** What a canvas shows, as a PNG that is not too large to be kept. */
function pictureOf(canvas) {
  const scale = Math.min(1, WIDEST / Math.max(canvas.width, canvas.height));
  if (scale === 1) return canvas.toDataURL("image/png");
  const small = document.createElement("canvas");
  [small.width, small.height] = [canvas.width * scale, canvas.height * scale].map(Math.round);
  small.getContext("2d").drawImage(canvas, 0, 0, small.width, small.height);
  return small.toDataURL("image/png");
}

function atTheDoor(root, data, go) {
  const find = (selector) => root.querySelector(selector),
    memory = new Memory(),
    onward = memory.step > 0 && memory.step < data.of;
  arrived = "";
  find("b").textContent = "New here?";
  find("p").textContent = "A tour of about five minutes: you do one thing on each page, and see what happens.";
  find("small").textContent = find(".done").textContent = "";
  find(".next").textContent = onward ? `Continue at step ${memory.step + 1}` : "Take the tour";
  find(".next").onclick = () => (onward || memory.begin(), go(onward ? memory.step : 0));
  find(".back").hidden = !onward;
  find(".back").textContent = "From the start";
  find(".back").onclick = () => (memory.begin(), go(0));
  find(".leave").hidden = true;
}
