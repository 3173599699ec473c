// The map of a model of two numbers with all that a class has drawn on it, each drawing where the encoder places it.
// Those that would cover each other move apart, and a line leads to the place. A click on a drawing chooses it.
import { send } from "../bridge/ask.js";
import { animate, classColour, colour, eachFrame, layer, picture, sharp } from "../lib/canvas.js";
import { bytes, halves } from "../lib/codec.js";
import { whenever } from "../lib/controls.js";
import { arrange, element, mount } from "../lib/dom.js";
import { line, outlined } from "../lib/shapes.js";

const HTML = `<figure class="ll-class-map"><canvas role="img"></canvas><div class="hits"></div></figure>`;
const ARRIVES = 900; // milliseconds
const STARTS = 2.4; // times its size

const SHARE = 0.12; // of the map that all drawings together may cover
const ROUNDS = 80; // of moving apart

/** How large a drawing is on a map so wide with so many: a few are looked at, many are a crowd. */
export const sideOf = (count, width) =>
  Math.max(Math.min(width / 9, width * Math.sqrt(SHARE / Math.max(count, 1))), 16);

/**
 * Where drawings lie that would cover each other: as near to their places as there is room.
 *
 * @param {number[][]} spots their places in pixels
 * @param {number} side of each
 * @param {{width: number, height: number}} area
 * @returns {number[][]} the middles
 */
export function apart(spots, side, { width, height }) {
  const half = side / 2,
    inside = (value, most) => Math.min(Math.max(value, half), most - half),
    found = spots.map(([x, y], k) => [x + Math.cos(k) * 0.01, y + Math.sin(k) * 0.01]); // those of one place part, too
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    for (let i = 0; i < found.length; i++)
      for (let j = 0; j < i; j++) {
        const [dx, dy] = [0, 1].map((k) => found[i][k] - found[j][k]),
          [ox, oy] = [side - Math.abs(dx), side - Math.abs(dy)];
        if (ox <= 0 || oy <= 0) continue;
        moved = true;
        const k = ox < oy ? 0 : 1,
          push = (Math.min(ox, oy) / 2) * (Math.sign(k ? dy : dx) || 1);
        found[i][k] += push;
        found[j][k] -= push;
      }
    for (const at of found) [at[0], at[1]] = [inside(at[0], width), inside(at[1], height)];
    if (!moved) break;
  }
  return found;
}

/**
 * Where a place stands on a map of this size.
 *
 * @param {number[][]} range (x0, x1), (y0, y1)
 * @param {number} width
 * @param {number} height
 * @param {{x: number, y: number}} place
 */
export const spotOf = ([[x0, x1], [y0, y1]], width, height, { x, y }) => [
  ((x - x0) / (x1 - x0)) * width,
  ((y1 - y) / (y1 - y0)) * height,
];

/** @typedef {import("../lib/payloads").ClassMapData} Data */
/** @typedef {import("../lib/payloads").ClassMapAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setTriggerValue } = component;
  const [root, isNew] = mount(component, HTML);
  root.choose = (id) => send(() => setTriggerValue("drawing", id));
  if (isNew) begin(root, data);
  const isAnother = root.version !== data.version;
  root.version = data.version;
  if (isAnother) root.show(data);
  return root.end;
}

/** @param {any} root @param {Data} first */
function begin(root, first) {
  const canvas = root.querySelector("canvas"),
    hits = root.querySelector(".hits"),
    /** @type {Map<number, number>} */ arrived = new Map(first.drawings.map(({ id }) => [id, -Infinity])); // when
  let data = first,
    sheet = /** @type {any} */ (null),
    ground = "",
    laid = "",
    middles = /** @type {number[][]} */ ([]),
    named = /** @type {number[][]} */ ([]),
    stop = () => {};
  const behind = document.createElement("canvas");
  const draw = () => {
    if (!canvas.isConnected) return;
    const { g, width, height } = sharp(canvas);
    if (!width) return;
    const paint = { x: colour(root, "--ll-x"), chosen: colour(root, "--ll-encoder") },
      key = `${width} ${height} ${paint.x} ${data.label} ${data.range} ${data.points.length}`;
    if (key !== ground) named = dots(layer(behind, width, height), root, data, width, height);
    ground = key; // the dots stay while drawings come
    g.drawImage(behind, 0, 0, width, height);
    if (!sheet) return names(g, root, data, named, width, height);
    const side = sideOf(data.drawings.length, width),
      now = performance.now(),
      spots = data.drawings.map((drawing) => spotOf(data.range, width, height, drawing)),
      where = `${width} ${height} ${data.version}`;
    if (where !== laid) middles = apart(spots, side, { width, height });
    if (where !== laid) place(hits, middles, side, width, height);
    laid = where;
    g.lineWidth = 1.5;
    g.strokeStyle = g.fillStyle = paint.x;
    spots.forEach((spot, k) => lead(g, spot, middles[k], side));
    data.drawings.forEach((drawing, k) => {
      const t = Math.min((now - (arrived.get(drawing.id) ?? -Infinity)) / ARRIVES, 1);
      tile(g, data, sheet, k, { at: middles[k], side: side * (1 + (STARTS - 1) * (1 - t) ** 3), paint });
    });
    names(g, root, data, named, width, height); // above the drawings, or the one that was asked for could not be read
  };
  const come = () => {
    stop();
    stop = animate(() => {
      draw();
      return Math.max(...arrived.values()) + ARRIVES > performance.now();
    });
  };
  root.show = async (now) => {
    const { version } = now,
      next = now.png ? await picture(now.png, now.size) : null;
    if (root.version !== version) return; // a newer one has come
    [data, sheet] = [now, next];
    let delay = 0;
    for (const { id } of now.drawings) if (!arrived.has(id)) arrived.set(id, performance.now() + 60 * delay++);
    buttons(root, hits, now);
    canvas.setAttribute("aria-label", inWords(now));
    come();
  };
  const unwatched = whenever(canvas, eachFrame(draw));
  root.end = () => {
    stop();
    unwatched();
    root.version = null;
  };
}

/** @param {Data} data */
export function inWords({ drawings, names, label }) {
  const many = drawings.length === 1 ? "1 drawing" : `${drawings.length} drawings`;
  return `Map of the model with ${many}${label === null ? "" : `, each meant as ${names[label]}`}`;
}

/** The test pictures: those of the class that was to be drawn stand out. Returns the middle of each class. */
function dots(g, root, { points, labels, names, label, range }, width, height) {
  const flat = halves(points),
    of = bytes(labels),
    size = width < 500 ? 2 : 3;
  for (const c of names.keys()) {
    g.globalAlpha = label === null || c === label ? 0.8 : 0.22;
    g.fillStyle = colour(root, classColour(c));
    for (let i = 0; i < of.length; i++) {
      if (of[i] !== c) continue;
      const [x, y] = spotOf(range, width, height, { x: flat[2 * i], y: flat[2 * i + 1] });
      g.fillRect(x - size / 2, y - size / 2, size, size);
    }
  }
  g.globalAlpha = 1;
  return centres(flat, of, names.length);
}

/** The classes' names. */
function names(g, root, { names: words, label, range }, middles, width, height) {
  g.textAlign = "center";
  g.textBaseline = "middle";
  const size = Math.max(15, width / 36); // a projector's map is large, and read from far
  for (const [c, [x, y]] of middles.entries()) {
    if (Number.isNaN(x)) continue;
    g.font = c === label ? `700 ${1.5 * size}px sans-serif` : `600 ${size}px sans-serif`;
    const ink = colour(root, c === label ? "--ll-ink" : "--ll-quiet");
    outlined(g, words[c], spotOf(range, width, height, { x, y }), ink, colour(root, "--ll-page"));
  }
}

/** The middle of each class's dots: the median each way. */
function centres(flat, of, count) {
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  return Array.from({ length: count }, (_, c) => {
    const mine = Array.from(of.keys()).filter((i) => of[i] === c);
    return [0, 1].map((k) => median(mine.map((i) => flat[2 * i + k])));
  });
}

/** A line from where a drawing belongs to where it lies, if that is elsewhere. */
function lead(g, spot, middle, side) {
  if (Math.hypot(spot[0] - middle[0], spot[1] - middle[1]) < side / 3) return;
  line(g, spot, middle);
  g.beginPath();
  g.arc(spot[0], spot[1], 2.5, 0, 7);
  g.fill();
}

/**
 * One drawing, white on black, with an edge in the colour of what goes in.
 *
 * @param {any} g
 * @param {Data} data
 * @param {any} sheet
 * @param {number} k
 * @param {{at: number[], side: number, paint: {x: string, chosen: string}}} where
 */
function tile(g, data, sheet, k, { at: [x, y], side, paint }) {
  const { width: w, height: h } = data.size,
    [left, top] = [x - side / 2, y - side / 2],
    chosen = data.drawings[k].id === data.chosen;
  g.imageSmoothingEnabled = false;
  g.drawImage(sheet, (k % data.columns) * w, Math.floor(k / data.columns) * h, w, h, left, top, side, side);
  g.lineWidth = chosen ? 4 : 1.5;
  g.strokeStyle = chosen ? paint.chosen : paint.x;
  g.strokeRect(left, top, side, side);
}

/** A button for each drawing, without a look of its own, so that it can be chosen with keys and by those who hear. */
function buttons(root, hits, { drawings, chosen }) {
  const known = new Map(Array.from(hits.children, (each) => [each.dataset.id, each]));
  const found = drawings.map(({ id, words }) => {
    let button = known.get(`${id}`);
    if (!button) {
      button = element("button", { type: "button", onclick: () => root.choose(id) });
      button.dataset.id = `${id}`;
    }
    button.title = words;
    button.setAttribute("aria-label", words);
    button.setAttribute("aria-pressed", `${id === chosen}`);
    return button;
  });
  arrange(hits, found);
}

/** The buttons lie where the drawings do. */
function place(hits, middles, side, width, height) {
  middles.forEach(([x, y], k) => {
    Object.assign(hits.children[k].style, {
      left: `${(100 * (x - side / 2)) / width}%`,
      top: `${(100 * (y - side / 2)) / height}%`,
      width: `${side}px`,
      height: `${side}px`,
    });
  });
}
