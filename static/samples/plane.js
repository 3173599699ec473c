// The whole plane of a two-dimensional model, decoded on a grid. Follows the epoch; point at it to see a picture large.
// While the epochs pass by it is a film, a little blurred; where one rests, each picture is as the decoder draws it.
import { subscribe } from "../lib/bus.js";
import { picture, savePng, tile, fit, suit } from "../lib/canvas.js";
import { floats } from "../lib/codec.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { say } from "../lib/numbers.js";

const HTML = `
  <div class="ll-manifold">
    <div><div class="frame">
      <span class="up quiet"></span>
      <div class="sheet"><canvas class="all" tabindex="0" role="img"></canvas><u></u></div>
      <span class="across quiet"></span>
    </div></div>
    <div class="seen"><canvas class="one" role="img"></canvas><div class="where quiet"></div>
      <button type="button" class="save">Download PNG</button></div>
  </div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").PlaneData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(component, HTML);
  const end = () => ((root.version = null), root.stop?.(), (root.stop = null));
  if (root.version === data.version) return end;
  end();
  root.version = data.version;
  suit(root, data.size);
  const version = data.version,
    { side: size, epochs, size: cell } = data,
    $ = (s) => root.querySelector(s);
  const all = $(".all"),
    one = $(".one"),
    ring = $("u"),
    [shift, scale] = [floats(data.shift), floats(data.scale)];
  const unit = data.classic ? "number, in std of its codes" : "number";
  const reach = `${say(data.axes[0][0], 1)} … ${say(data.axes[0].at(-1), 1)}`;
  $(".across").textContent = `first ${unit}: ${reach} →`;
  $(".up").textContent = `second ${unit}: ${reach} →`;
  fit(all, size * cell.width, size * cell.height);
  fit(one, cell.width, cell.height);
  picture(data.film, cell).then((image) => {
    if (root.version !== version) return;
    let line = epochs.length - 1,
      at = root.at ?? [Math.floor(size / 2), Math.floor(size / 2)];
    at = at.map((v) => Math.min(v, size - 1));
    const exact = /** @type {Map<number, any>} */ (new Map());
    /** Where the pictures of the epoch are: a sheet, and the line in it. @returns {[any, number]} */
    const source = () => {
      const found = exact.get(epochs[line]);
      return found ? [found, 0] : [image, line];
    };
    const look = () => {
      root.at = at;
      tile(one.getContext("2d"), ...source(), at[1] * size + at[0]);
      const z = [0, 1].map((k) => shift[line * 2 + k] + scale[line * 2 + k] * data.axes[k][at[k]]);
      const said = z.map((v) => say(v, 2)).join(", ");
      $(".where").textContent =
        `z = (${said}), decoded, epoch ${epochs[line]}. Point at a picture, or use the arrow keys.`;
      one.setAttribute("aria-label", `Decoded from ${said}`);
      Object.assign(ring.style, {
        left: `${(100 * at[0]) / size}%`,
        top: `${(100 * at[1]) / size}%`,
        width: `${100 / size}%`,
        height: `${100 / size}%`,
      });
    };
    all.onpointermove = all.onpointerdown = (e) => {
      const box = all.getBoundingClientRect();
      at = [(e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height].map((v) =>
        Math.min(Math.max(Math.floor(v * size), 0), size - 1),
      );
      look();
    };
    all.onkeydown = (e) => {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
      if (!move) return;
      e.preventDefault();
      at = at.map((v, k) => Math.min(Math.max(v + move[k], 0), size - 1));
      look();
    };
    $(".save").onclick = () =>
      savePng(all, `${data.run}-epoch-${epochs[line]}-manifold-${data.even ? "even" : "quantiles"}.png`, 1680);
    const draw = () => {
      const g = all.getContext("2d"),
        of = source();
      for (let k = 0; k < size * size; k++) tile(g, ...of, k, k % size, Math.floor(k / size));
      all.dataset.exact = exact.has(epochs[line]) ? String(epochs[line]) : "";
    };
    const unsubscribe = subscribe("exact plane", (told) => {
      if (told?.of !== version || exact.has(told.epoch)) return;
      picture(told.png, cell).then((sheet) => {
        exact.set(told.epoch, sheet);
        if (root.version === version && epochs[line] === told.epoch) draw(), look();
      });
    });
    const unfollow = followEpoch(data.run, epochs, (epoch) => {
      line = epochs.indexOf(epoch);
      draw();
      all.dataset.epoch = epoch;
      all.setAttribute(
        "aria-label",
        `${size} by ${size} pictures decoded from the plane of both numbers, epoch ${epoch}`,
      );
      look();
    });
    root.stop = () => (unsubscribe(), unfollow());
  });
  return end;
}
