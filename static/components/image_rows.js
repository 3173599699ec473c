// Rows of pictures that follow the epoch: one sheet a row, in it a line of pictures for each epoch.
import { fit, picture, tile, suit, isFine, GAP } from "../lib/canvas.js";
import { mount, strip } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").ImageRowsData>} component */
export default function (component) {
  const { data } = component;
  const [root, isNew] = mount(component, `<div class="ll-rows"></div>`);
  const box = root.firstElementChild;
  const end = () => {
    root.version = null; // pictures that are still being read must not begin to follow
    root.stop?.();
  };
  if (!isNew && root.version === data.version) return end;
  root.version = data.version;
  suit(root, data.size);
  root.stop?.();
  Promise.all(data.rows.map((row) => picture(row.png, data.size))).then((images) => {
    if (root.version !== data.version) return;
    const shown = data.rows.map((row) => strip(row.label, row.note, row.edge));
    const draw = (epoch) =>
      shown.forEach(({ canvas }, k) => {
        const row = data.rows[k],
          line = row.epochs ? Math.max(row.epochs.indexOf(epoch), 0) : 0;
        const { width, height } = data.size,
          gap = isFine(data.size) ? GAP : 0,
          rows = Math.ceil(row.count / row.columns);
        fit(canvas, row.columns * (width + gap) - gap, rows * (height + gap) - gap);
        const g = canvas.getContext("2d");
        g.clearRect(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < row.count; i++)
          tile(g, images[k], line, i, i % row.columns, Math.floor(i / row.columns), gap);
        canvas.setAttribute("aria-label", row.alt + (row.epochs ? `, epoch ${epoch}` : ""));
      });
    box.classList.toggle("alone", shown.length === 1);
    box.replaceChildren(...shown.flatMap(({ name, box: picture }) => [name, picture]));
    root.stop = data.follow ? followEpoch(data.run, data.epochs, draw) : (draw(data.epochs?.at(-1)), () => {});
  });
  return end;
}
