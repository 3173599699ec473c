// The curves of two runs on one chart: A as a line, B dashed.
import { colour } from "../lib/canvas.js";
import { duel, panel } from "../lib/charts.js";
import { mount } from "../lib/dom.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").TwoRunCurvesData>} component */
export default function (component) {
  const { data } = component,
    [root] = mount(component, `<div class="ll-figures"></div>`);
  const version = JSON.stringify(data) + colour(root, "--ll-ink"),
    end = () => ((root.version = null), root.stop?.());
  if (root.version === version) return end;
  root.stop?.();
  root.version = version;
  const paints = { Reconstruction: "decoder", KL: "mean", Loss: "ink" };
  const panels = data.panels.map(({ title, lines, floor }) =>
    panel(title, 150, (chart, w, h) => {
      duel(chart, w, h, { lines, names: data.names, colour: colour(root, `--ll-${paints[title]}`), floor });
      const parts = (v) => (floor ? `${floor.toFixed(1)} + ${(v - floor).toFixed(1)}` : v.toFixed(1)),
        words = lines.map((line, k) => `${data.names[k]} ${parts(line.at(-1))}`).join(", ") + " nats";
      return { words: words + " at the end", label: `${title} on test pictures by epoch. At the end: ${words}` };
    }),
  );
  root.firstElementChild.replaceChildren(...panels.map((p) => p.box));
  panels.forEach((p) => p.draw());
  root.stop = () => panels.forEach((p) => p.stop());
  return end;
}
