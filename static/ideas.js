// What the pages of the lecture's ideas share: their style, a piece of the plane, a chart, chips and numbers.
import { round } from "./geometry.js";
import { colour, mount, say, sharp } from "./lab.js";
import { busy } from "./settled.js";

/** The style of these pages, once. */
function styled() {
  if (document.getElementById("ll-ideas-css")) return;
  const href = new URL("./ideas.css", import.meta.url).href;
  const done = busy("a style");
  document.head.append(
    Object.assign(document.createElement("link"), {
      id: "ll-ideas-css",
      rel: "stylesheet",
      href,
      onload: done,
      onerror: done,
    }),
  );
}

export { quantile } from "./numbers.js";

/** lab.js's mount, with the style of these pages, built anew when the data have another version. Returns [root, isSame]. */
export function renewed(component, html) {
  styled();
  const [root, isNew] = mount(component, html),
    { version } = component.data ?? {};
  root.classList.add("ll-idea");
  const same = !isNew && root.version === version;
  if (same) root.redraw();
  else root.end?.();
  root.version = version;
  return [root, same];
}

/** The ten colours of the classes, and every named colour, as an element has them now. */
function palette(root) {
  const ink = colour(root, "--ll-ink"); // each colour asked for costs a style pass: ask again only when light and dark change
  if (root.palette?.ink === ink) return root.palette;
  const all = { c: [...Array(10).keys()].map((k) => colour(root, `--ll-c${k}`)) };
  for (const name of ["ink", "quiet", "line", "ground", "page", "x", "encoder", "mean", "z", "decoder"])
    all[name] = colour(root, `--ll-${name}`);
  return (root.palette = all);
}

/** A row of buttons of which one, or with `many` any number, is pressed. Returns {show(chosen)}. */
export function chips(box, names, pressed, { classes = false } = {}) {
  box.replaceChildren(
    ...names.map((name, k) => {
      const chip = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: name,
        className: "chip",
      });
      if (classes) chip.style.setProperty("--chip", `var(--ll-c${k})`);
      chip.onclick = () => pressed(k);
      return chip;
    }),
  );
  return {
    show: (isOn) => [...box.children].forEach((chip, k) => chip.setAttribute("aria-pressed", String(!!isOn(k)))),
  };
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
  held = false;
  /** `still` draws what stays where it is while a code is dragged: it is kept as a picture. */
  constructor(canvas, draw, { move = null, step = 0.02, still = null } = {}) {
    Object.assign(this, {
      canvas,
      draw,
      still,
      kept: { key: "" },
      reach: [
        [-1, 1],
        [-1, 1],
      ],
      z: null,
    });
    const move_ = (e) => {
      const box = canvas.getBoundingClientRect();
      move(this.code(e.clientX - box.left, e.clientY - box.top));
    };
    if (move) {
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.onpointerdown = (e) => (canvas.setPointerCapture?.(e.pointerId), (this.held = true), move_(e));
      canvas.onpointermove = (e) => this.held && move_(e);
      canvas.onpointerup = canvas.onpointercancel = () => (this.held = false);
      canvas.onkeydown = (e) => {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
        if (!way || !this.z) return;
        e.preventDefault();
        const length = step * (this.window[0][1] - this.window[0][0]);
        move([this.z[0] + length * way[0], this.z[1] + length * way[1]]);
      };
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
    g.lineWidth = 1;
    g.strokeStyle = paints.line;
    g.globalAlpha = Math.abs(v) < step / 9 ? 1 : 0.55;
    g.beginPath();
    if (upright) g.moveTo(p, 0), g.lineTo(p, height);
    else g.moveTo(0, p), g.lineTo(width, p);
    g.stroke();
    g.globalAlpha = 1;
  }

  label(p, upright, v, step) {
    const { g, width, height, paints } = this,
      text = say(v, step < 0.1 ? 2 : step < 1 ? 1 : 0);
    if (upright ? p <= 24 || p >= width - 12 : p <= 12 || p >= height - 20) return;
    Object.assign(g, { font: "11px sans-serif", lineWidth: 3, strokeStyle: paints.page, fillStyle: paints.quiet });
    Object.assign(
      g,
      upright ? { textAlign: "center", textBaseline: "bottom" } : { textAlign: "left", textBaseline: "middle" },
    );
    const [x, y] = upright ? [p, height - 3] : [4, p];
    g.strokeText(text, x, y);
    g.fillText(text, x, y);
  }

  dot(z, paint, radius = 2, opacity = 0.75) {
    const [x, y] = this.at(z),
      { g } = this;
    g.globalAlpha = opacity;
    g.fillStyle = paint;
    g.beginPath();
    g.arc(x, y, radius, 0, 7);
    g.fill();
    g.globalAlpha = 1;
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
    g.lineWidth = wide;
    g.strokeStyle = paint;
    g.stroke();
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
    g.strokeStyle = g.fillStyle = paint;
    g.lineWidth = wide;
    g.setLineDash(dash);
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(ex - head * 0.7 * Math.cos(turn), ey - head * 0.7 * Math.sin(turn));
    g.stroke();
    g.setLineDash([]);
    g.beginPath();
    g.moveTo(ex, ey);
    for (const side of [2.6, -2.6]) g.lineTo(ex + head * Math.cos(turn + side), ey + head * Math.sin(turn + side));
    g.fill();
  }

  /** Where the visitor's code stands: a ring, so that what is under it can be read. */
  handle(z, paint = this.paints.z) {
    const [x, y] = this.at(z),
      { g } = this;
    g.beginPath();
    g.arc(x, y, 10, 0, 7);
    for (const [wide, ink] of [
      [7, this.paints.page],
      [4, paint],
    ])
      (g.lineWidth = wide), (g.strokeStyle = ink), g.stroke();
  }

  name(text, z, paint = this.paints.ink, size = 15) {
    const [x, y] = this.at(z),
      { g } = this;
    g.font = `700 ${size}px sans-serif`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.lineWidth = 4;
    g.strokeStyle = this.paints.page;
    g.strokeText(text, x, y);
    g.fillStyle = paint;
    g.fillText(text, x, y);
  }
}

/** Axes on a canvas. x and y: {low, high, label, ticks?, log?}. Returns what one draws with. */
export function axes(canvas, x, y) {
  const { g, width, height } = sharp(canvas),
    paints = palette(canvas.parentElement);
  const box = { left: 46, top: 12, right: width - 12, bottom: height - 40 };
  const share = (axis, v) =>
    axis.log ? Math.log(v / axis.low) / Math.log(axis.high / axis.low) : (v - axis.low) / (axis.high - axis.low);
  const px = (v) => box.left + share(x, v) * (box.right - box.left),
    py = (v) => box.bottom - share(y, v) * (box.bottom - box.top);
  const back = (p) => {
    const s = Math.min(1, Math.max(0, (p - box.left) / (box.right - box.left)));
    return x.log ? x.low * (x.high / x.low) ** s : x.low + s * (x.high - x.low);
  };
  const ticks = (axis) => {
    if (axis.ticks) return axis.ticks;
    const step = round((axis.high - axis.low) / 5),
      found = [];
    for (let v = Math.ceil(axis.low / step - 1e-9) * step; v <= axis.high + 1e-9; v += step) found.push(+v.toFixed(6));
    return found;
  };
  g.font = "12px sans-serif";
  g.lineWidth = 1;
  g.strokeStyle = paints.line;
  g.fillStyle = paints.quiet;
  for (const v of ticks(x)) {
    g.beginPath(), g.moveTo(px(v), box.top), g.lineTo(px(v), box.bottom), g.stroke();
    (g.textAlign = "center"), (g.textBaseline = "top"), g.fillText(`${v}`, px(v), box.bottom + 5);
  }
  for (const v of ticks(y)) {
    g.beginPath(), g.moveTo(box.left, py(v)), g.lineTo(box.right, py(v)), g.stroke();
    (g.textAlign = "right"), (g.textBaseline = "middle"), g.fillText(`${v}`, box.left - 6, py(v));
  }
  (g.textAlign = "center"), (g.textBaseline = "bottom"), g.fillText(x.label, (box.left + box.right) / 2, height - 2);
  g.save();
  g.translate(11, (box.top + box.bottom) / 2), g.rotate(-Math.PI / 2), g.fillText(y.label, 0, 4), g.restore();
  const clipped = (f) => (
    g.save(),
    g.beginPath(),
    g.rect(box.left, box.top - 6, box.right - box.left + 6, box.bottom - box.top + 6),
    g.clip(),
    f(),
    g.restore()
  );
  const line = (points, paint, { dash = [], wide = 2.5 } = {}) =>
    clipped(() => {
      g.beginPath();
      points.forEach(([a, b], k) => (k ? g.lineTo(px(a), py(b)) : g.moveTo(px(a), py(b))));
      (g.lineWidth = wide), (g.strokeStyle = paint), g.setLineDash(dash), g.stroke();
    });
  const dot = (a, b, paint, { radius = 5, hollow = false, square = false } = {}) => {
    g.beginPath();
    if (square) g.rect(px(a) - radius, py(b) - radius, 2 * radius, 2 * radius);
    else g.arc(px(a), py(b), radius, 0, 7);
    (g.fillStyle = hollow ? paints.page : paint), g.fill();
    (g.lineWidth = hollow ? 2.5 : 2), (g.strokeStyle = hollow ? paint : paints.page), g.stroke();
  };
  const name = (text, a, b, paint, { align = "left", dx = 8, dy = 0 } = {}) => {
    (g.font = "600 12px sans-serif"), (g.textAlign = align), (g.textBaseline = "middle");
    (g.lineWidth = 4), (g.strokeStyle = paints.page), g.strokeText(text, px(a) + dx, py(b) + dy);
    (g.fillStyle = paint), g.fillText(text, px(a) + dx, py(b) + dy);
  };
  return { g, width, height, paints, px, py, back, line, dot, name, box };
}

/** Call f now and whenever the size of an element, or light and dark, changes. Returns a function that ends it. */
export function whenever(element, f) {
  const watch = new ResizeObserver(f),
    dark = matchMedia("(prefers-color-scheme: dark)");
  watch.observe(element);
  dark.addEventListener("change", f);
  return () => (watch.disconnect(), dark.removeEventListener("change", f));
}

/** A slider with its name and its value. set(v) moves it without telling. */
export function slider(box, { name, low, high, step, value, text = (v) => say(v), change }) {
  const label = document.createElement("label"),
    input = document.createElement("input"),
    out = document.createElement("output");
  label.className = "slide";
  Object.assign(input, { type: "range", min: low, max: high, step });
  input.setAttribute("aria-label", name.replace(/<[^>]+>/g, ""));
  const title = document.createElement("span");
  title.innerHTML = name;
  label.append(title, input, out);
  box.append(label);
  const set = (v) => {
    input.value = v;
    out.textContent = text(+input.value);
    input.setAttribute("aria-valuetext", out.textContent);
  };
  input.oninput = () => (set(input.value), change(+input.value));
  set(value);
  return { set, input };
}
