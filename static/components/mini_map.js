// The map in small: dots on a plain canvas, and over them marks that may move with every frame.
// (A Plotly scatter draws all dots again when one moves; here they are drawn once for an epoch and then copied.)
import { followStep, stepName, subscribe, stepOf } from "../lib/bus.js";
import { alpha, colour, layer, sharp, classColour } from "../lib/canvas.js";
import { bytes, halves, rowsOf } from "../lib/codec.js";
import { whenever } from "../lib/controls.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { shows } from "../lib/sight.js";
import { linkedDots } from "./linked_dots.js";
import { arranged, wanted, write } from "./mini_names.js";

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
    frames = data.points.map(halves),
    groups = data.names.map((_, c) => [...labels.keys()].filter((i) => labels[i] === c));
  const [[x0, x1], [y0, y1]] = data.range,
    backdrop = document.createElement("canvas"),
    letters = document.createElement("canvas");
  root.querySelector("figcaption").textContent = `Across and up: ${data.caption}.`;
  let epoch = data.epochs.at(-1),
    marks = [],
    look = "",
    said = "",
    heard = 0,
    waiting = 0,
    spot = (place) => place;

  const draw = () => {
    waiting = 0;
    if (!canvas.isConnected) return;
    const { g, width, height } = sharp(canvas);
    if (!width) return;
    spot = ([x, y]) => [((x - x0) / (x1 - x0)) * width, ((y1 - y) / (y1 - y0)) * height];
    const points = frames[data.epochs.indexOf(epoch)],
      now = [epoch, width, height, colour(root, "--ll-ink")].join();
    if (now !== look) drawDots(backdrop, root, { points, groups, spot, width, height });
    look = now;
    const spots = marks.map((mark) => placesAt(mark, data, epoch).map(spot)),
      words = `${now} ${heard}`; // the names go once dots or marks have, not with one that walks
    if (words !== said) canvas.dataset.names = JSON.stringify(name({ points, spots, spot, width, height }));
    said = words;
    for (const layer of [backdrop, letters]) g.drawImage(layer, 0, 0, width, height);
    marks.forEach((mark, k) => drawMark(g, root, mark, spots[k]));
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
  /** Write the names on a layer of their own. Returns where they stand: left, top, right, bottom. */
  const name = ({ points, spots, spot, width, height }) => {
    const g = layer(letters, width, height),
      radius = sizeOf(labels.length, width) / 2 + 1,
      titles = marks.flatMap((mark, k) =>
        mark.title && spots[k].length ? [{ ...mark, at: spots[k][0], paint: colour(root, `--ll-${mark.colour}`) }] : [],
      );
    const dots = Array.from(labels, (_, i) => spot([points[2 * i], points[2 * i + 1]])),
      boxes = /** @type {any[]} */ ([]);
    marks.forEach((mark, k) => {
      if (mark.mode === "lines") dots.push(...spots[k]);
      else if (!mark.walks)
        for (const [x, y] of spots[k])
          boxes.push({ x, y, width: (mark.size ?? 12) + 4, height: (mark.size ?? 12) + 4 });
    });
    const all = wanted(g, root, { names: data.names, groups, points, spot, titles, width }),
      area = { left: 3, top: 3, width: width - 6, height: height - 6 },
      found = arranged({ ...all, marks: boxes }, dots, area, radius);
    write(g, found, colour(root, "--ll-ink"), colour(root, "--ll-page"));
    return found.map(({ at: [x, y], width: w, height: h, text }) => [text, x - w / 2, y - h / 2, x + w / 2, y + h / 2]);
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
    subscribe(`marks ${data.map}`, (told) => ((marks = (told ?? []).map(unpacked)), heard++, soon())),
    followStep(data.run, soon),
    shows(stepName(data.run), canvas),
  ];
  ends.push(whenever(canvas, soon));
  root.end = () => {
    ends.forEach((end) => end());
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

const sizeOf = (count, width) => (count < FEW ? 4.5 : width < 320 ? 2 : 2.5);

function drawDots(backdrop, root, { points, groups, spot, width, height }) {
  const g = layer(backdrop, width, height),
    size = sizeOf(points.length / 2, width);
  g.globalAlpha = 0.7;
  groups.forEach((group, c) => {
    g.fillStyle = colour(root, classColour(c));
    for (const i of group) {
      const [x, y] = spot([points[2 * i], points[2 * i + 1]]);
      g.fillRect(x - size / 2, y - size / 2, size, size);
    }
  });
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
