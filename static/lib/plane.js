// A piece of the plane of two numbers, with a code that one can drag.
import { colour, sharp, classColour } from "./canvas.js";
import { round, squareOf } from "./geometry.js";
import { say } from "./numbers.js";
import { followArrows, followDrag } from "./drag.js";
import { dot, line, outlined, ring } from "./shapes.js";

/** The colours of the classes, and every named colour, as an element has them now. */
export function palette(root) {
  const ink = colour(root, "--ll-ink"); // each colour costs a style pass: ask again only when light and dark change
  if (root.palette?.ink === ink) return root.palette;
  const all = { c: classPaints(root) };
  for (const name of ["ink", "quiet", "line", "ground", "page", "x", "encoder", "mean", "z", "decoder"])
    all[name] = colour(root, `--ll-${name}`);
  return (root.palette = all);
}

/** The colour of each class as an element has it now: asked for when it is first needed. */
function classPaints(root) {
  const known = [];
  return (c) => (known[c] ??= colour(root, classColour(c)));
}

/** A square piece of the plane of two numbers on a canvas, both axes on one scale, with a code that one can drag. */
export class Plane {
  /** @type {HTMLCanvasElement} */ canvas;
  /** @type {(plane: Plane) => void} */ draw;
  /** @type {((plane: Plane) => void) | null} */ still;
  /** @type {number[] | null} the code that is dragged */ z = null;
  /** @type {any} */ paints;
  /** @type {any} */ kept;
  /** @type {number[][]} */ reach;
  /** @type {number[][]} */ window;
  /** @type {CanvasRenderingContext2D} */ g;
  width = 0;
  height = 0;
  unit = 1; // pixels per 1
  /** `still` draws what stays where it is while a code is dragged: it is kept as a picture. */
  constructor(canvas, draw, { move = null, step = 0.02, still = null } = {}) {
    Object.assign(this, { canvas, draw, still, kept: { key: "" }, reach: squareOf(1) });
    const move_ = (e) => {
      const box = canvas.getBoundingClientRect();
      move(this.code(e.clientX - box.left, e.clientY - box.top));
    };
    if (move) {
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      followDrag(canvas, { begin: move_, move: move_ });
      followArrows(canvas, ([dx, dy]) => {
        const length = step * (this.window[0][1] - this.window[0][0]);
        if (this.z) move([this.z[0] + length * dx, this.z[1] + length * dy]);
      });
    } else canvas.setAttribute("role", "img");
    this.watch = new ResizeObserver(() => this.redraw());
    this.watch.observe(canvas);
  }

  end() {
    this.watch.disconnect();
  }

  /** Show at least [[x0, x1], [y0, y1]]. */
  show(reach) {
    this.reach = reach;
    return this;
  }

  redraw() {
    const { g, width, height } = sharp(this.canvas);
    if (!width) return;
    const [[x0, x1], [y0, y1]] = this.reach;
    this.unit = Math.min(width / (x1 - x0), height / (y1 - y0)); // pixels per 1
    const cx = (x0 + x1) / 2,
      cy = (y0 + y1) / 2,
      w = width / this.unit / 2,
      h = height / this.unit / 2;
    this.window = [
      [cx - w, cx + w],
      [cy - h, cy + h],
    ];
    Object.assign(this, { g, width, height, paints: palette(this.canvas.parentElement) });
    this.backdrop();
    this.draw(this);
    this.rules((...all) => this.label(...all)); // last, so that no dot hides a number
  }

  backdrop() {
    const key = [this.width, this.height, this.window, this.paints.ink, devicePixelRatio].join();
    if (this.kept.key !== key) {
      const front = this.g,
        ratio = devicePixelRatio || 1,
        canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [this.canvas.width, this.canvas.height];
      this.g = canvas.getContext("2d");
      this.g.scale(ratio, ratio);
      this.rules((...all) => this.rule(...all));
      this.still?.(this);
      this.g = front;
      this.kept = { key, canvas };
    }
    this.g.drawImage(this.kept.canvas, 0, 0, this.width, this.height);
  }

  at([x, y]) {
    return [(x - this.window[0][0]) * this.unit, (this.window[1][1] - y) * this.unit];
  }

  code(px, py) {
    return [this.window[0][0] + px / this.unit, this.window[1][1] - py / this.unit];
  }

  /** Call f(place in pixels, upright?, value, step) for each line of the grid. */
  rules(f) {
    const [[x0, x1], [y0, y1]] = this.window,
      step = round((x1 - x0) / 4);
    for (let v = Math.ceil(x0 / step) * step; v < x1; v += step) f(this.at([v, 0])[0], true, v, step);
    for (let v = Math.ceil(y0 / step) * step; v < y1; v += step) f(this.at([0, v])[1], false, v, step);
  }

  rule(p, upright, v, step) {
    const { g, width, height, paints } = this;
    Object.assign(g, { lineWidth: 1, strokeStyle: paints.line, globalAlpha: Math.abs(v) < step / 9 ? 1 : 0.55 });
    if (upright) line(g, [p, 0], [p, height]);
    else line(g, [0, p], [width, p]);
    g.globalAlpha = 1;
  }

  label(p, upright, v, step) {
    const { g, width, height, paints } = this,
      text = say(v, step < 0.1 ? 2 : step < 1 ? 1 : 0);
    if (upright ? p <= 24 || p >= width - 12 : p <= 12 || p >= height - 20) return;
    const [textAlign, textBaseline] = upright ? ["center", "bottom"] : ["left", "middle"];
    Object.assign(g, { font: "11px sans-serif", textAlign, textBaseline });
    outlined(g, text, upright ? [p, height - 3] : [4, p], paints.quiet, paints.page, 3);
  }

  dot(z, paint, radius = 2, opacity = 0.75) {
    this.g.globalAlpha = opacity;
    dot(this.g, this.at(z), radius, paint);
    this.g.globalAlpha = 1;
  }

  /** An ellipse with half axes std * k; with an angle, turned. */
  ring(mean, std, paint, { k = 1, wide = 1.5, dash = [], fill = 0, least = 0, angle = 0 } = {}) {
    const [x, y] = this.at(mean),
      { g } = this;
    g.beginPath();
    g.ellipse(x, y, Math.max(std[0] * k * this.unit, least), Math.max(std[1] * k * this.unit, least), -angle, 0, 7);
    if (fill) (g.globalAlpha = fill), (g.fillStyle = paint), g.fill(), (g.globalAlpha = 1);
    if (!wide) return;
    g.setLineDash(dash);
    Object.assign(g, { lineWidth: wide, strokeStyle: paint }).stroke();
    g.setLineDash([]);
  }

  /** An arrow of so many pixels (x to the right, y up), from a code. */
  arrow(z, [dx, dy], paint, { dash = [], wide = 2 } = {}) {
    const long = Math.hypot(dx, dy),
      { g } = this;
    if (long < 2) return;
    const [x, y] = this.at(z),
      [ex, ey] = [x + dx, y - dy],
      head = Math.min(8, long * 0.6),
      turn = Math.atan2(-dy, dx);
    Object.assign(g, { strokeStyle: paint, fillStyle: paint, lineWidth: wide });
    g.setLineDash(dash);
    line(g, [x, y], [ex - head * 0.7 * Math.cos(turn), ey - head * 0.7 * Math.sin(turn)]);
    g.setLineDash([]);
    g.beginPath();
    g.moveTo(ex, ey);
    for (const side of [2.6, -2.6]) g.lineTo(ex + head * Math.cos(turn + side), ey + head * Math.sin(turn + side));
    g.fill();
  }

  /** Where the visitor's code stands: a ring, so that what is under it can be read. */
  handle(z, paint = this.paints.z) {
    ring(this.g, this.at(z), 10, paint, this.paints.page, [4, 7]);
  }

  name(text, z, paint = this.paints.ink, size = 15) {
    Object.assign(this.g, { font: `700 ${size}px sans-serif`, textAlign: "center", textBaseline: "middle" });
    outlined(this.g, text, this.at(z), paint, this.paints.page);
  }
}
