// Three small charts that follow the epoch: the test loss, how well the classes separate, the use of each number.
import { colour, eachFrame } from "../lib/canvas.js";
import { bars, line, panel } from "../lib/charts.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").RunFiguresData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(component, `<div class="ll-figures"></div>`);
  const version = JSON.stringify(data);
  const end = () => ((root.version = null), root.stop?.());
  if (root.version === version) return end;
  root.stop?.();
  root.version = version;
  const { epochs } = data;
  let epoch = epochs.at(-1);
  const paint = (name) => colour(root, `--ll-${name}`),
    at = () => epochs.indexOf(epoch);
  // The untrained net would flatten all others.
  const known = data.loss.slice(epochs[0] === 0 && epochs.length > 2 ? 1 : 0);
  const loss = panel("Loss on test pictures", 130, (chart, w, h) => {
    const now = data.loss[at()];
    line(chart, w, h, {
      xs: epochs,
      ys: data.loss,
      at: epoch,
      colour: paint("ink"),
      low: Math.min(...known) * 0.98,
      high: Math.max(...known) * 1.02,
    });
    return {
      words: `${now.toFixed(1)} nats per picture`,
      label: `Test loss by epoch; at epoch ${epoch} it is ${now.toFixed(1)} nats per picture`,
    };
  });
  const ofPixels = data.pixels === null ? "" : `; by plain pixels, for ${(100 * data.pixels).toFixed(0)}%`;
  const separation = () =>
    panel("Class separation", 130, (chart, w, h) => {
      const ys = data.separation.map((v) => 100 * v),
        now = ys[at()].toFixed(0);
      line(chart, w, h, {
        xs: epochs,
        ys,
        at: epoch,
        colour: paint("mean"),
        low: Math.min(100 / data.classes, ...ys),
        high: 100,
        unit: "%",
      });
      return {
        words: `For ${now}%, the ten nearest codes name the right class${ofPixels}`,
        label: `Nearest-neighbour accuracy by epoch; at epoch ${epoch} it is ${now} per cent${ofPixels}`,
      };
    });
  const use = panel(
    data.is_vae ? "How much each number says" : "Standard deviation of each number",
    130,
    (chart, w, h) => {
      const values = data.use[at()],
        used = values.filter((v) => v >= data.in_use).length;
      const names = values.map((_, k) => `number ${k + 1}`);
      bars(chart, w, h, { values, names, colour: paint("mean"), threshold: data.is_vae ? data.in_use : -Infinity });
      const words = data.is_vae
        ? `${used} of ${values.length} in use (nats of KL each)`
        : "of the codes of test pictures";
      return { words, label: `${words}, epoch ${epoch}` };
    },
  );
  const panels = data.separation.length ? [loss, separation(), use] : [loss, use];
  root.firstElementChild.replaceChildren(...panels.map((p) => p.box));
  const redraw = eachFrame(() => panels.forEach((p) => p.draw()));
  const unfollow = followEpoch(data.run, epochs, (e) => ((epoch = e), redraw()));
  root.stop = () => (unfollow(), panels.forEach((p) => p.stop()));
  return end;
}
