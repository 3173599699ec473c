// The map in small: dots on a plain canvas, and over them marks that may move with every frame.
// (A Plotly scatter draws all dots again when one moves; here they are drawn once for an epoch and then copied.)
import { followStep, subscribe, stepOf } from "../lib/bus.js";
import { alpha, colour, sharp, classColour } from "../lib/canvas.js";
import { bytes, halves, rowsOf } from "../lib/codec.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { apart } from "../lib/geometry.js";
import { linkedDots } from "./linked_dots.js";

const LONG = 16; // letters of a name that stand on the map
const MOST = 10; // classes whose names it has room for
const FEW = 300; // dots that may be large

/** @param {import("../lib/payloads").Component<import("../lib/payloads").MiniMapData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(
    component,
    `<figure><canvas role="img"></canvas><figcaption class="quiet"></figcaption></figure>`,
  );
  root.classList.add("ll-small");
  const version = [
    data.run,
    data.epochs.join(),
    data.points.at(-1).length,
    data.map,
    data.range.join(),
    data.linked?.channel,
  ].join("|");
  if (root.version === version) return root.end;
  root.end?.();
  root.version = version;
  const canvas = root.querySelector("canvas"),
    labels = bytes(data.labels),
    frames = data.points.map(halves);
  const [[x0, x1], [y0, y1]] = data.range,
    backdrop = document.createElement("canvas");
  root.querySelector("figcaption").textContent = `Across and up: ${data.caption}.`;
  let epoch = data.epochs.at(-1),
    marks = [],
    look = "",
    waiting = 0,
    letters = [],
    spot = (place) => place;

  const draw = () => {
    waiting = 0;
    if (!canvas.isConnected) return;
    const { g, width, height } = sharp(canvas);
    if (!width) return;
    spot = ([x, y]) => [((x - x0) / (x1 - x0)) * width, ((y1 - y) / (y1 - y0)) * height];
    const now = [epoch, width, height, colour(root, "--ll-ink")].join();
    if (now !== look)
      letters = drawDots(backdrop, root, frames[data.epochs.indexOf(epoch)], labels, data.names, spot, width, height);
    look = now;
    g.drawImage(backdrop, 0, 0, width, height);
    const spots = marks.map((mark) => placesAt(mark, data, epoch).map(spot));
    marks.forEach((mark, k) => drawMark(g, root, mark, spots[k]));
    const taken = [...letters]; // titles come on top of all, so each goes where it hides the least
    marks.forEach(
      (mark, k) => mark.title && spots[k].length && taken.push(...drawTitle(g, root, mark, spots[k][0], width, taken)),
    );
    link?.draw(g, colours(root, labels[link.lit()]), width, height);
    canvas.dataset.marks = JSON.stringify(marks.filter((m) => m.walks).map((m) => placesAt(m, data, epoch)[0]));
    const names = marks.filter((m) => m.mode === "markers").map((m) => [m.title, m.name].filter(Boolean).join(" "));
    canvas.setAttribute(
      "aria-label",
      `Map of ${labels.length} test pictures at epoch ${epoch}` +
        (data.names.length > 1 ? ", coloured by class" : "") +
        (names.length ? "; on it " + names.join(", ") : "") +
        (link && link.lit() !== null ? `; lit: a test picture of ${data.names[labels[link.lit()]]}` : ""),
    );
  };
  const soon = () => (waiting ||= requestAnimationFrame(draw)); // once a frame, however many things have moved
  const at = (dot) => {
    const frame = frames[data.epochs.indexOf(epoch)];
    return spot([frame[2 * dot], frame[2 * dot + 1]]);
  };
  const link = data.linked ? linkedDots(canvas, data.linked, { at, changed: soon }) : null;
  const ends = [
    () => link?.end(),
    followEpoch(data.run, data.epochs, (e) => ((epoch = e), soon())),
    subscribe(`marks ${data.map}`, (told) => ((marks = (told ?? []).map(unpacked)), soon())),
    followStep(data.run, soon),
  ];
  const resize = new ResizeObserver(soon);
  resize.observe(canvas);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", soon);
  root.end = () => {
    ends.forEach((end) => end());
    resize.disconnect();
    scheme.removeEventListener("change", soon);
    cancelAnimationFrame(waiting);
    root.version = null;
  };
  return root.end;
}

/** Of a picture that is lit: what is drawn about it. */
const colours = (root, label) => ({
  ink: colour(root, "--ll-ink"),
  page: colour(root, "--ll-page"),
  edge: colour(root, classColour(label ?? 0)),
});

/** A mark with its places as points: of each epoch, or the same for all. */
const unpacked = (mark) => ({ ...mark, places: mark.places.map((text) => rowsOf(text, 2)) });

/** Where a mark stands at an epoch; of one that walks, where the player's slider is. */
function placesAt(mark, data, epoch) {
  const here = mark.places[mark.places.length === 1 ? 0 : data.epochs.indexOf(epoch)] ?? [];
  if (!mark.walks || here.length < 2) return here;
  const s = stepOf(data.run) * (here.length - 1),
    k = Math.min(Math.floor(s), here.length - 2),
    f = s - k;
  return [[0, 1].map((i) => here[k][i] + f * (here[k + 1][i] - here[k][i]))];
}

/** Returns where the names of the classes stand. */
function drawDots(backdrop, root, points, labels, names, spot, width, height) {
  const ratio = devicePixelRatio || 1,
    middles = names.map(() => [[], []]);
  [backdrop.width, backdrop.height] = [width * ratio, height * ratio];
  const g = backdrop.getContext("2d"),
    size = labels.length < FEW ? 4.5 : width < 320 ? 2 : 2.5;
  g.scale(ratio, ratio);
  g.globalAlpha = 0.7;
  names.forEach((_, c) => {
    g.fillStyle = colour(root, classColour(c));
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== c) continue;
      const [x, y] = spot([points[2 * i], points[2 * i + 1]]);
      g.fillRect(x - size / 2, y - size / 2, size, size);
      middles[c][0].push(x);
      middles[c][1].push(y);
    }
  });
  g.globalAlpha = 1;
  const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const known = [...names.keys()].filter((c) => middles[c][0].length);
  if (names.length < 2 || names.length > MOST) return [];
  const spots = known.map((c) => middles[c].map(middle)),
    short = names.every((name) => name.length <= 3);
  if (!short) return writeThatFit(g, root, spots, known, { names, middles, width, height });
  apart(spots, 15);
  known.forEach((c, k) => write(g, root, names[c], ...spots[k], 15));
  return spots;
}

const shortened = (name) => (name.length > LONG ? `${name.slice(0, LONG - 1).trim()}…` : name);

/** Long names, the largest class first, and of those only such as hide no other. Returns places that they take. */
function writeThatFit(g, root, spots, known, { names, middles, width, height }) {
  const size = width < 320 ? 11 : 12,
    taken = [];
  g.font = `700 ${size}px ${getComputedStyle(root).fontFamily}`;
  const order = [...known.keys()].sort((a, b) => middles[known[b]][0].length - middles[known[a]][0].length);
  for (const k of order) {
    const name = names[known[k]],
      text = shortened(name),
      half = g.measureText(text).width / 2 + 4,
      x = Math.min(Math.max(spots[k][0], half), width - half),
      free = (y) =>
        y > size &&
        y < height - size &&
        taken.every((t) => Math.abs(t.x - x) > t.half + half || Math.abs(t.y - y) > 15),
      y = [0, -15, 15, -30, 30].map((by) => spots[k][1] + by).find(free);
    if (y === undefined || 2 * half > width) continue;
    taken.push({ x, y, half });
    write(g, root, text, x, y, size);
  }
  return taken.flatMap(({ x, y, half }) => [-0.8, 0, 0.8].map((part) => [x + part * half, y]));
}

function drawMark(g, root, mark, spots) {
  if (!spots.length) return;
  const ink = colour(root, `--ll-${mark.colour}`),
    page = colour(root, "--ll-page");
  g.beginPath();
  if (mark.mode === "lines") {
    spots.forEach(([x, y], k) => (k ? g.lineTo(x, y) : g.moveTo(x, y)));
    g.setLineDash(mark.dashed ? [5, 5] : []);
    g.lineJoin = "round";
    for (const [wide, paint] of [
      [mark.dashed ? 3.5 : 6, alpha(page, 0.8)],
      [mark.dashed ? 1.5 : 3, ink],
    ]) {
      g.lineWidth = wide;
      g.strokeStyle = paint;
      g.stroke();
    }
    g.setLineDash([]);
    return;
  }
  const radius = mark.walks ? 8 : (mark.size ?? 12) / 2;
  for (const [x, y] of spots) g.moveTo(x + radius, y), g.arc(x, y, radius, 0, 7);
  g.lineWidth = radius > 4 ? 4 : 2; // half of it lies under the dot
  g.strokeStyle = page;
  g.stroke();
  g.fillStyle = ink;
  g.fill();
}

/** Above its mark, or below where fewer of the ``taken`` places would be hidden. Returns the places that it takes. */
function drawTitle(g, root, { title, name }, [x, y], width, taken) {
  const text = `${title} ${shortened(name)}`;
  g.font = `700 13px ${getComputedStyle(root).fontFamily}`;
  const wide = g.measureText(text).width,
    right = x + 12 + wide < width || x < width / 2,
    from = right ? x + 12 : x - 12 - wide;
  const hidden = (line) =>
    taken.filter(([a, b]) => a > from - 6 && a < from + wide + 6 && Math.abs(b - line) < 14).length;
  const [line] = [y - 11, y + 13, y - 26, y + 28].sort((a, b) => hidden(a) - hidden(b)); // the nearest of equally good
  write(g, root, text, x + (right ? 12 : -12), line, 13, right ? "left" : "right");
  return [0.1, 0.5, 0.9].map((part) => [from + part * wide, line]);
}

function write(g, root, text, x, y, size, align = "center") {
  g.font = `700 ${size}px ${getComputedStyle(root).fontFamily}`;
  g.textAlign = align;
  g.textBaseline = "middle";
  g.lineWidth = 4;
  g.lineJoin = "round";
  g.strokeStyle = colour(root, "--ll-page");
  g.strokeText(text, x, y);
  g.fillStyle = colour(root, "--ll-ink");
  g.fillText(text, x, y);
}
