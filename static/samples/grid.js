// The grid of invented pictures: follows the epoch; a click or a key chooses one; marks those far from the data.
import { subscribe, publish } from "../lib/bus.js";
import { picture, savePng, tile, fit, suit } from "../lib/canvas.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { inAddress } from "../lib/url.js";

const RARE = 0.05; // farther from the data than all but 5% of real codes

const HTML = `
  <div class="ll-grid">
    <div class="sheet">
      <canvas role="img"></canvas><div class="cells" role="group" aria-label="Choose a picture"></div>
    </div>
    <div class="bar">
      <label class="quiet key"><i></i>Outlined:
        <select>
          <option value="between">between several classes</option><option value="far">far from the data</option>
        </select> <span></span></label>
      <button type="button" class="save">Download PNG</button>
    </div>
  </div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").GridData>} component */
export default function (component) {
  const { data } = component;
  const [root, isNew] = mount(component, HTML);
  const canvas = root.querySelector("canvas"),
    cells = root.querySelector(".cells"),
    save = root.querySelector(".save");
  const end = () => ((root.version = null), root.stops?.forEach((stop) => stop()), (root.stops = []));
  const { version } = data;
  if (!isNew && root.version === version) return end;
  end();
  root.version = version;
  const { count, columns } = data;
  suit(root, data.size);
  const wide = columns * data.size.width,
    high = Math.ceil(count / columns) * data.size.height;
  let epoch = data.epochs.at(-1),
    far = null;
  let chosen = -1;

  if (cells.childElementCount !== count) {
    cells.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
    cells.replaceChildren(
      ...Array.from({ length: count }, () => Object.assign(document.createElement("button"), { type: "button" })),
    );
  }
  const buttons = [...cells.children],
    key = root.querySelector(".key"),
    what = key.querySelector("select");
  const classes = data.classes > 1; // or there is nothing to be between
  key.querySelector("[value=between]").hidden = !classes;
  if (!classes) what.value = "far";
  what.onchange = () => (label(), words());
  const rove = (k) => buttons.forEach((b, i) => (b.tabIndex = i === k ? 0 : -1));
  const label = () =>
    buttons.forEach((b, k) => {
      const between = what.value === "between",
        rare = far !== null && (between ? far.between(epoch, k) : far.share(epoch, k) < RARE);
      b.classList.toggle("far", rare);
      b.setAttribute("aria-pressed", k === chosen);
      b.setAttribute(
        "aria-label",
        `Sample ${k + 1}${rare ? `, ${between ? "between several classes" : "far from the data"}` : ""}`,
      );
    });
  const choose = (k) => {
    chosen = k === chosen ? -1 : k;
    rove(k);
    label();
    inAddress({ chosen: chosen < 0 ? null : chosen + 1 });
    publish("clicked", chosen);
    publish("sampling_grid picked", chosen);
  };
  cells.onclick = (e) => buttons.includes(e.target) && choose(buttons.indexOf(e.target));
  cells.onkeydown = (e) => {
    const k = buttons.indexOf(document.activeElement);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[e.key];
    if (e.key === "Escape" && chosen >= 0) return choose(chosen);
    if (!step || !buttons[k + step]) return;
    e.preventDefault();
    rove(k + step);
    buttons[k + step].focus();
  };
  publish("choose", choose);
  save.onclick = () =>
    savePng(
      canvas,
      `${data.run}-epoch-${epoch}-seed-${data.seed}${data.spread === 1 ? "" : `-spread-${data.spread}`}.png`,
    );

  const words = () => {
    const n = far === null ? 0 : buttons.filter((b) => b.classList.contains("far")).length;
    key.lastElementChild.textContent = far === null ? "measuring…" : `${n} of ${count}`;
    key.title =
      what.value === "between"
        ? "Of the 15 test pictures with the nearest codes, no class makes up half."
        : "Farther from the data than 95% of real codes.";
  };
  picture(data.png, data.size).then((image) => {
    if (root.version !== version) return;
    const draw = (now) => {
      epoch = now;
      const line = data.epochs.indexOf(epoch);
      fit(canvas, wide, high);
      const g = canvas.getContext("2d");
      g.clearRect(0, 0, wide, high);
      for (let k = 0; k < count; k++) tile(g, image, line, k, k % columns, Math.floor(k / columns));
      canvas.dataset.epoch = epoch;
      canvas.setAttribute("aria-label", `${count} samples, epoch ${epoch}`);
      label();
      words();
    };
    publish("grid", { image, of: version });
    root.stops = [
      subscribe("sampling_grid", (k) => ((chosen = k ?? -1), rove(Math.max(chosen, 0)), label())),
      subscribe("far", (measured) => ((far = measured?.of === version ? measured : null), label(), words())),
      followEpoch(data.run, data.epochs, draw),
    ];
  });
  return end;
}
