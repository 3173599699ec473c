// Plays the film of the training: the mosaic grows out of noise, and the dots travel.
import { askUntil } from "../bridge/ask.js";
import { publish, subscribe } from "../lib/bus.js";
import { busy, playing } from "../lib/busy.js";
import { inked } from "../lib/canvas.js";
import { halvesOf } from "../lib/codec.js";
import { element } from "../lib/dom.js";
import { between } from "../lib/numbers.js";
import { playButton } from "../lib/play_button.js";
import { captionOf, lengthOf, momentOf } from "./film_time.js";
import { fade, lay } from "./mosaic.js";
import { boxOf, tileAt } from "./view.js";

export const PROJECTOR = `
  <div class="projector"><button type="button" class="play"></button><span class="epoch" role="status"></span></div>`;
const OFFER = "Play its training";

/**
 * @typedef {object} Film
 * @property {number[]} epochs
 * @property {number} side pixels of a tile
 * @property {number[][][]} centres of the classes, at each epoch
 * @property {Float32Array[]} points the dots at each epoch
 * @property {HTMLCanvasElement[]} sheets what each epoch but the last draws, in the page's ink
 * @property {ImageBitmap[]} pictures the same, white on black
 * @property {string} key the window and the ink that it was made for
 */

export class Projector {
  /** @type {HTMLElement} */ root;
  /** @type {any} */ scene;
  /** @type {HTMLElement} */ plane;
  /** @type {HTMLCanvasElement} the last epoch, which the browser has decoded itself */ mosaic;
  running = false;
  /** @type {Film | null} */ #film = null;
  #coming = ""; // the key of the film that is being made
  #position = 0; // milliseconds into the film
  #last = 0; // when it was drawn
  #ended = () => {};
  #drawn = { k: 0, share: 0 };
  /** @type {(() => void)[]} */ #stops = [];
  on = false; // an epoch of the film is seen, playing or paused

  /**
   * @param {HTMLElement} root
   * @param {{wake: () => void, begin: () => void, widen: () => void, end: () => void,
   *   dots: (points, centres, named: number) => void, view: () => import("./view.js").View,
   *   ink: () => number[], opacity: number}} scene
   */
  constructor(root, scene) {
    Object.assign(this, { root, scene, plane: root.querySelector(".plane"), mosaic: root.querySelector(".mosaic") });
    this.caption = root.querySelector(".epoch");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.caption.textContent = OFFER;
    this.button = playButton(root.querySelector(".play"), (ended) => this.#start(ended), OFFER);
  }

  /** Take the film that was sent, once the plane has a size and colours. */
  hear() {
    if (this.#stops.length) return;
    this.#stops.push(subscribe("scene sheets", (message) => message && this.#load(message)));
  }

  /** The window's tiles, as Python is asked for them. */
  get #window() {
    return this.scene.view().tiles;
  }

  get #ready() {
    return this.#film !== null && this.#film.key === [Object.values(this.#window), this.scene.ink()].join();
  }

  #start(ended) {
    this.#ended = ended;
    if (!this.on) this.scene.widen();
    const rest = playing();
    let unask = () => {};
    if (!this.#ready) {
      this.caption.textContent = "One moment…";
      const ask = () => publish("scene_film picked", { ...this.#window });
      unask = askUntil({ missing: () => !this.#ready, ask, times: 5 });
    }
    this.#last = 0;
    this.running = true;
    this.scene.wake();
    return () => {
      this.running = false;
      unask();
      rest();
      if (this.on) return;
      this.caption.textContent = OFFER;
      this.scene.end();
    };
  }

  /** Make a film of what was sent. The one that is seen goes only when the new one is whole. */
  async #load({ head, parts }) {
    const ink = this.scene.ink(),
      key = [head.window, ink].join();
    if (this.#ready || key === this.#coming) return; // a slow server, asked again, answers twice
    this.#coming = key;
    const over = busy("the film");
    try {
      const count = head.epochs.length - 1,
        kind = { type: "image/webp" },
        sheets = /** @type {HTMLCanvasElement[]} */ ([]),
        pictures = /** @type {ImageBitmap[]} */ ([]);
      for (const part of parts.slice(0, count)) {
        const sheet = await createImageBitmap(new Blob([part], kind)), // between two of them the page may draw a frame
          { width, height } = sheet,
          canvas = element("canvas", { className: "sheet", hidden: true, width, height });
        pictures.push(sheet);
        if (this.#coming !== key) return pictures.forEach((picture) => picture.close()); // another comes, or none
        this.#inked(canvas, sheet, ink);
        sheets.push(canvas);
      }
      const points = parts.slice(count).map((part) => halvesOf(new Uint16Array(part.buffer)));
      this.#film?.sheets.forEach((sheet) => sheet.remove());
      this.#film?.pictures.forEach((picture) => picture.close());
      this.plane.prepend(...sheets);
      this.#film = { ...head, points, sheets, pictures, key };
      this.scene.wake();
    } finally {
      if (this.#coming === key) this.#coming = "";
      over();
    }
  }

  /** A sheet, white on black, as the mosaic is: in the page's ink, fainter far from the middle. */
  #inked(canvas, sheet, ink) {
    const g = canvas.getContext("2d", { willReadFrequently: true });
    g.drawImage(sheet, 0, 0);
    const image = g.getImageData(0, 0, canvas.width, canvas.height),
      light = Uint8Array.from({ length: image.data.length / 4 }, (_, i) => image.data[4 * i]);
    inked(image, light, ink, this.scene.opacity);
    g.putImageData(image, 0, 0);
    fade(canvas, this.scene.view());
  }

  /** A frame of the film, if it plays. Returns whether one was drawn. */
  tick(now) {
    if (!this.running || !this.#ready) return false;
    if (!this.on) {
      this.#position = 0;
      this.on = true;
      this.root.classList.add("filming");
      this.scene.begin();
    } else this.#position += Math.min(now - (this.#last || now), 100); // a tab that was away goes on where it was
    this.#last = now;
    const { epochs } = this.#film;
    this.#draw(momentOf(this.#position, epochs.length, this.calm));
    if (this.#position >= lengthOf(epochs.length)) {
      this.#ended();
      this.close();
    }
    return true;
  }

  #draw(moment) {
    const { epochs, points, centres } = this.#film,
      { k, share } = moment,
      next = Math.min(k + 1, epochs.length - 1),
      layers = this.#layers();
    this.#drawn = moment;
    const box = boxOf(this.scene.view());
    layers.forEach((canvas, e) => {
      lay(canvas, box);
      canvas.hidden = e !== k && !(share && e === next);
      canvas.style.maskImage = share ? this.#growing(box, share, e === next) : "";
    });
    this.caption.textContent = captionOf(epochs, moment);
    this.root.style.setProperty("--done", `${(100 * (k + share)) / (epochs.length - 1)}%`);
    this.plane.dataset.epoch = share ? "" : String(epochs[k]);
    const middle = centres[k].map((centre, c) => between(centre, centres[next][c], share));
    const named = k === 0 ? share : 1; // untrained, all names would stand on each other
    this.scene.dots(between(points[k], points[next], share), middle, named);
  }

  /** The next epoch spreads from the middle of the plane. */
  #growing({ left, top, width, height }, share, inside) {
    const [x, y] = this.scene.view().origin,
      reach = Math.hypot(Math.max(x - left, left + width - x), Math.max(y - top, top + height - y)),
      edge = share * reach * 1.3;
    const [near, far] = inside ? ["#000", "transparent"] : ["transparent", "#000"];
    return `radial-gradient(circle at ${x - left}px ${y - top}px, ${near} ${edge * 0.65}px, ${far} ${edge}px)`;
  }

  #layers() {
    return [...this.#film.sheets, this.mosaic];
  }

  /** The picture at a code in the film: {canvas, code} of the tile there; null while the trained model is seen. */
  tile(code) {
    if (!this.on) return null;
    const { k, share } = this.#drawn,
      picture = this.#film.pictures[share > 0.5 ? k + 1 : k],
      found = tileAt(this.#window, code),
      { side } = this.#film;
    if (!picture || !found) return null;
    const canvas = element("canvas", { width: side, height: side });
    canvas.getContext("2d").drawImage(picture, found.i * side, found.j * side, side, side, 0, 0, side, side);
    return { canvas, code: found.code };
  }

  /** Back to the trained model, wherever the film stands. */
  close() {
    this.button.pause();
    if (!this.on) return;
    this.on = false;
    this.#film.sheets.forEach((sheet) => (sheet.hidden = true));
    this.mosaic.hidden = false;
    this.root.style.removeProperty("--done");
    this.mosaic.style.maskImage = "";
    this.caption.textContent = OFFER;
    this.plane.dataset.epoch = String(this.#film.epochs.at(-1));
    this.root.classList.remove("filming");
    this.scene.end();
  }

  end() {
    this.button.pause();
    this.#coming = "";
    for (const stop of this.#stops) stop();
  }
}
