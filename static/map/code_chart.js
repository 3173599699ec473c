// The code of one picture: mean and standard deviation of each number, at the epoch of the slider.
import { colour } from "../lib/canvas.js";
import { panel, whiskers } from "../lib/charts.js";
import { halves } from "../lib/codec.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").CodeChartData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(component, `<div class="ll-figures one"></div>`);
  const end = () => ((root.version = null), root.stop?.());
  const version = data.run + data.mean + data.std;
  if (root.version === version) return end;
  root.stop?.();
  root.version = version;
  const d = data.latent_dim,
    means = halves(data.mean),
    stds = data.std && halves(data.std);
  let epoch = data.epochs.at(-1);
  const chart = panel("Its code", 150, (svg, w, h) => {
    const from = data.epochs.indexOf(epoch) * d,
      mean = [...means.subarray(from, from + d)],
      std = stds && [...stds.subarray(from, from + d)];
    whiskers(svg, w, h, {
      mean,
      std,
      dot: colour(root, "--ll-mean"),
      bar: colour(root, "--ll-mean"),
      reach: data.reach,
    });
    const told = mean.map((m, k) => `${k + 1}: ${m.toFixed(1)}${std ? ` ± ${std[k].toFixed(1)}` : ""}`).join(", ");
    return {
      words: std ? "dot: mean; bar: one standard deviation to each side" : "green: the code",
      label: `The code at epoch ${epoch}. ${told}`,
    };
  });
  root.firstElementChild.replaceChildren(chart.box);
  const unfollow = followEpoch(data.run, data.epochs, (e) => ((epoch = e), chart.draw()));
  root.stop = () => (unfollow(), chart.stop());
  return end;
}
