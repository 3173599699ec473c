// The pictures and the map of a training, and how they get from one moment to the next.
import { busy } from "../lib/busy.js";
import { animate, fit, GAP, isFine, picture } from "../lib/canvas.js";
import { whenColours } from "../lib/controls.js";
import { describe, element } from "../lib/dom.js";
import { turned, turnTo } from "../lib/geometry.js";
import { DotMap } from "./dot_map.js";

const BLEND = 280; // milliseconds in which one picture turns into the next
const WIDE = 640; // pixels, below which things stand under each other
const SAMPLES_WIDE = 10; // pictures to a line

/** The last moment of each run, for a page that is drawn anew. @type {Map<string, any>} */
export const seen = new Map();

/** The pictures and the map, and how they get from one moment to the next. */
export class Scene {
  /** @type {any} what is shown */ shown = null;
  /** @type {any} the test pictures themselves */ original = null;
  begun = 0;
  moving = () => {};
  rest = () => {};
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const canvasOf = (name) => root.querySelector(`.${name} canvas`);
    this.map = new DotMap(canvasOf("map"), data, root);
    this.surfaces = ["copies", "samples", "plane"].map((name) => ({
      name,
      canvas: canvasOf(name),
      next: element("canvas", {}),
    }));
    if (data.originals)
      picture(data.originals, data.size).then((sheet) => ((this.original = sheet), this.arrange(), this.start(true)));
    this.watch = new ResizeObserver(() => (this.arrange(), this.start(true), this.map.draw()));
    this.watch.observe(root);
    this.forget = whenColours(() => this.map.draw());
    this.arrange();
    this.start(true);
    for (const { name, canvas } of this.surfaces) describe(canvas, `${name}: nothing yet`);
    describe(this.map.canvas, "The map: nothing yet");
  }

  end() {
    this.moving();
    this.rest();
    this.watch.disconnect();
    this.forget();
  }

  /** How the dots of a last frame are turned, so that they do not jump from where they stand now. */
  turnOf(points) {
    const before = seen.get(this.data.run);
    return this.data.latent_dim > 2 && before?.at ? turnTo(points, before.at) : [1, 0, 0, 1];
  }

  reaches(frames) {
    this.map.reaches(frames);
  }

  /** Let a moment appear. ``still``: at once. */
  show(moment, words, { still = false } = {}) {
    const { data } = this;
    if (!data.film && data.latent_dim > 2) {
      const before = this.map.goal ?? seen.get(data.run)?.at;
      if (before) moment.points = turned(moment.points, turnTo(moment.points, before));
    }
    if (!data.film && seen.has(data.run)) seen.get(data.run).at = moment.points;
    const first = !this.shown;
    this.shown = moment;
    this.arrange();
    this.map.aim(moment, first || still || this.calm);
    const [copies, samples, plane] = this.surfaces.map(({ canvas }) => canvas);
    const above = data.originals ? "Test pictures, and below each what it is rebuilt as" : "Rebuilt test pictures";
    describe(copies, `${above}: ${data.shown}; ${words}`);
    describe(samples, `${data.samples} samples, ${words}`);
    if (data.side) describe(plane, `What the decoder draws at ${data.side * data.side} places of the plane, ${words}`);
    const coloured = data.names.length > 1 ? ", coloured by class" : "";
    describe(this.map.canvas, `Map of ${moment.points.length / 2} test pictures${coloured}; ${words}`);
    this.start(first || still || this.calm);
  }

  /** Draw what is to be seen beside the screen; it is blended in. */
  arrange() {
    const { data, shown, original } = this,
      gap = isFine(data.size) || data.size.channels > 1 ? GAP : 0;
    const wide = this.root.clientWidth >= WIDE && !data.side,
      columns = wide ? data.copies : Math.ceil(data.copies / 2);
    const [copies, samples, plane] = this.surfaces.map(({ next }) => next);
    const high = original || data.originals ? 2 : 1;
    sheet(copies, columns, Math.ceil(data.copies / columns) * high, data.size, gap, (put) => {
      for (let k = 0; k < data.copies; k++) {
        const [column, row] = [k % columns, Math.floor(k / columns) * high];
        if (original) put(original, 0, k, column, row);
        if (shown) put(shown.rebuilt.sheet, shown.rebuilt.line, k, column, row + high - 1);
      }
    });
    const lines = Math.ceil(data.samples / SAMPLES_WIDE);
    sheet(samples, SAMPLES_WIDE, lines, data.size, gap, (put) => {
      for (let k = 0; k < data.samples && shown; k++)
        put(shown.samples.sheet, shown.samples.line, k, k % SAMPLES_WIDE, Math.floor(k / SAMPLES_WIDE));
    });
    if (data.side)
      sheet(plane, data.side, data.side, data.tile, 0, (put) => {
        for (let k = 0; k < data.side ** 2 && shown; k++)
          put(shown.plane.sheet, shown.plane.line, k, k % data.side, Math.floor(k / data.side));
      });
  }

  start(still = false) {
    this.begun = performance.now();
    this.moving();
    this.rest();
    if (still) return void this.frame(Infinity);
    this.rest = this.data.film ? busy("pictures that move", { film: true }) : () => {};
    this.moving = animate((now) => this.frame(now) || (this.rest(), false));
  }

  /** Draw one frame; whether another is to come. */
  frame(now) {
    const share = Math.min((now - this.begun) / BLEND, 1);
    for (const { canvas, next } of this.surfaces) {
      if (!next.width) continue;
      fit(canvas, next.width, next.height);
      const g = canvas.getContext("2d");
      g.globalAlpha = share < 1 ? 0.25 : 1;
      if (share >= 1) g.clearRect(0, 0, canvas.width, canvas.height);
      g.drawImage(next, 0, 0);
    }
    return this.map.step(now) || share < 1;
  }
}

/** Put pictures into a grid of cells. ``put(from, line, k, column, row)`` places the k-th of a line of a sheet. */
function sheet(canvas, columns, rows, { width, height }, gap, draw) {
  fit(canvas, columns * (width + gap) - gap, rows * (height + gap) - gap);
  const g = canvas.getContext("2d");
  g.clearRect(0, 0, canvas.width, canvas.height);
  g.imageSmoothingEnabled = width > 28;
  draw((from, line, k, column, row) => {
    const { width: w, height: h } = from.cell;
    g.drawImage(from, k * w, line * h, w, h, column * (width + gap), row * (height + gap), width, height);
  });
}
