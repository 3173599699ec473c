// The slider of beta under the canvas of /bubbles: its stops are the models, and between two of them it glides.
import { slider } from "../lib/controls.js";
import { describe, element } from "../lib/dom.js";
import { clamp, eased } from "../lib/numbers.js";
import { playButton, takesHold } from "../lib/play_button.js";

const STOP = 900; // milliseconds from one model to the next
const REST = 1400; // milliseconds at a model while it plays
const NEAR = 0.03; // of the way between two models: nobody hits one to the pixel

export class GlideBar {
  /** @type {(selector: string) => any} */ find;
  /** @type {{title: string, beta: number}[]} */ models;
  /** @type {number} */ at;
  /** @type {{from: number, to: number, begun: number, long: number} | null} */ flight = null;
  begins = () => {}; // a flight begins: ``tick`` is to be called

  /**
   * @param {(selector: string) => any} find
   * @param {{title: string, beta: number}[]} models
   * @param {number} at where it stands: the number of a model, or between two
   * @param {(at: number) => void} go
   */
  constructor(find, models, at, go) {
    Object.assign(this, { find, models, at });
    this.told = go;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.last = models.length - 1;
    const titles = models.map(({ title, beta }) => `beta ${beta}, ${title.toLowerCase()}`);
    find(".track").replaceChildren();
    this.time = slider(find(".track"), {
      name: "Beta",
      range: [0, this.last, 0.01],
      value: at,
      text: (v) => (Number.isInteger(v) ? titles[v] : `between beta ${this.betas(v).join(" and beta ")}`),
      change: (v) => (this.player.pause(), (this.flight = null), this.go(snapped(v))),
    });
    this.time.input.addEventListener("keydown", (event) => {
      const to = stopBeside(this.flight?.to ?? this.at, event.key);
      if (to === null) return;
      event.preventDefault();
      this.player.pause();
      this.fly(clamp(to, 0, this.last));
    });
    this.time.input.addEventListener("pointerdown", () => (this.flight = null));
    find(".stops").replaceChildren(
      ...models.map(({ beta, title }, k) => {
        const button = element("button", { type: "button", onclick: () => (this.player.pause(), this.fly(k)) });
        button.style.setProperty("--at", `${(100 * k) / this.last}%`);
        button.append(element("b", { textContent: beta }), element("span", { textContent: title }));
        describe(button, titles[k]);
        return button;
      }),
    );
    this.player = playButton(find(".play"), (end) => this.play(end), "Glide from beta to beta");
    takesHold(this.time.input, this.player.pause, this.player.toggle);
    this.press();
  }

  /** The betas before and after a place. */
  betas(at = this.at) {
    return [Math.floor(at), Math.ceil(at)].map((k) => this.models[k].beta);
  }

  press() {
    [...this.find(".stops").children].forEach((stop, k) => stop.setAttribute("aria-pressed", String(k === this.at)));
  }

  go(at) {
    this.at = at;
    this.time.set(at);
    this.press();
    this.told(at);
  }

  fly(to) {
    const from = this.at;
    if (this.calm || from === to) return this.go(to);
    this.flight = { from, to, begun: performance.now(), long: STOP * Math.max(Math.abs(to - from), 0.4) };
    this.begins();
  }

  tick(now) {
    if (!this.flight) return;
    const { from, to, begun, long } = this.flight,
      share = clamp((now - begun) / long, 0, 1);
    if (share === 1) this.flight = null;
    this.go(share === 1 ? to : from + (to - from) * eased(share));
  }

  /** From model to model, with a rest at each; if it is at the last, from the first. */
  play(end) {
    let wait = 0;
    const next = () => {
      if (this.at >= this.last) return end();
      this.fly(Math.floor(this.at) + 1);
      wait = setTimeout(next, (this.calm ? 0 : STOP) + REST);
    };
    if (this.at === this.last) this.go(0);
    wait = setTimeout(next, this.at === 0 ? REST / 2 : 0);
    return () => clearTimeout(wait);
  }
}

/** A place near a model is the model's. */
export const snapped = (at) => (Math.abs(at - Math.round(at)) < NEAR ? Math.round(at) : at);

/** The model to which an arrow key leads: a step of the slider would not leave the one at which it stands. */
export function stopBeside(at, key) {
  if (key === "ArrowRight" || key === "ArrowUp") return Math.floor(at) + 1;
  return key === "ArrowLeft" || key === "ArrowDown" ? Math.ceil(at) - 1 : null;
}
