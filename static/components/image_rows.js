// Rows of digits that follow the epoch: one PNG a row, in it a line of pictures for each epoch.
import { picture } from "../lib/canvas.js";
import { mount, strip } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";

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
  root.stop?.();
  Promise.all(data.rows.map((row) => picture(row.png))).then((images) => {
    if (root.version !== data.version) return;
    const shown = data.rows.map((row) => strip(row.label, row.note, row.edge));
    const draw = (epoch) =>
      shown.forEach(({ canvas }, k) => {
        const row = data.rows[k],
          line = row.epochs ? Math.max(row.epochs.indexOf(epoch), 0) : 0;
        const wide = row.columns * 28,
          high = Math.ceil(row.count / row.columns) * 28;
        if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
        const g = canvas.getContext("2d");
        g.clearRect(0, 0, wide, high);
        for (let y = 0; y * row.columns < row.count; y++)
          g.drawImage(
            images[k],
            y * wide,
            line * 28,
            Math.min(wide, row.count * 28 - y * wide),
            28,
            0,
            y * 28,
            Math.min(wide, row.count * 28 - y * wide),
            28,
          );
        canvas.setAttribute("aria-label", row.alt + (row.epochs ? `, epoch ${epoch}` : ""));
      });
    box.classList.toggle("alone", shown.length === 1);
    box.replaceChildren(...shown.flatMap(({ name, box: picture }) => [name, picture]));
    root.stop = data.follow ? followEpoch(data.run, data.epochs, draw) : (draw(data.epochs?.at(-1)), () => {});
  });
  return end;
}
