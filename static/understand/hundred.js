// A hundred new pictures by each of two models, side by side. Pointing at one marks the other of the same roll.
import { fit, picture, suit, tile } from "../lib/canvas.js";
import { element } from "../lib/dom.js";
import { cellAt, columnsFor } from "../lib/geometry.js";
import { say } from "../lib/numbers.js";
import { keepDrawn, renewed } from "./shared.js";

/** @typedef {import("../lib/payloads").HundredData} Data */
/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, `<div class="ll-hundred"></div>`);
  if (same) return root.end;
  suit(root, data.size);
  const box = root.firstElementChild,
    sheets = data.sheets.map((sheet) => made(sheet));
  let columns = 0,
    images = null;
  const place = (mark, k) => {
    mark.hidden = k === null;
    if (k === null) return;
    const rows = Math.ceil(data.count / columns);
    mark.style.cssText =
      `left: ${(100 * (k % columns)) / columns}%; top: ${(100 * Math.floor(k / columns)) / rows}%;` +
      `width: ${100 / columns}%; height: ${100 / rows}%`;
  };
  const point = (k) => {
    for (const { mark } of sheets) place(mark, k);
    if (k === null) delete box.dataset.roll;
    else box.dataset.roll = String(k);
  };
  for (const { stage } of sheets) {
    stage.onpointermove = stage.onpointerdown = (event) => {
      const { left, top, width, height } = stage.getBoundingClientRect();
      point(cellAt((event.clientX - left) / width, (event.clientY - top) / height, columns, data.count));
    };
    stage.onpointerleave = () => point(null);
  }
  const draw = () => {
    if (!images) return;
    const now = columnsFor(sheets[0].figure.clientWidth, data.count);
    if (now === columns) return;
    columns = now;
    point(null);
    sheets.forEach(({ canvas }, k) => {
      canvas.style.aspectRatio = `${columns * data.size.width} / ${Math.ceil(data.count / columns) * data.size.height}`;
      drawn(canvas, images[k], data, columns);
    });
  };
  // What was there before stays until all new pictures have come, and both change at once.
  Promise.all(data.sheets.map(({ png }) => picture(png, data.size))).then((found) => {
    if (root.version !== data.version) return;
    images = found;
    box.replaceChildren(...sheets.map(({ figure }) => figure));
    draw();
  });
  return keepDrawn(root, box, draw);
}

function made({ title, note, alt, clear, colour }) {
  const figure = element("figure", {}),
    caption = element("figcaption", {}),
    stage = element("div", { className: "stage" }),
    canvas = element("canvas", {}),
    mark = element("i", { hidden: true });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", alt);
  caption.append(element("b", { textContent: title }), element("small", { textContent: note }));
  stage.append(canvas, mark);
  figure.append(caption, stage);
  if (clear) figure.append(bar(clear, colour));
  return { figure, stage, canvas, mark };
}

/** How clear such pictures are. */
function bar([mean, std], colour) {
  const line = element("p", { className: "clear" }),
    track = element("span", { className: "track" }),
    filled = element("span", { className: "filled" });
  filled.style.width = `${100 * mean}%`;
  filled.style.background = `var(--ll-${colour})`;
  track.append(filled);
  line.append(track, `Clear: ${say(10 * mean)} ± ${say(10 * std)} out of 10`);
  return line;
}

function drawn(canvas, image, { size, count }, columns) {
  fit(canvas, columns * size.width, Math.ceil(count / columns) * size.height);
  const g = canvas.getContext("2d");
  for (let k = 0; k < count; k++) tile(g, image, 0, k, k % columns, Math.floor(k / columns));
}
