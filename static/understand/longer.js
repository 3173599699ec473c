// Curves over the epochs of a long training, each named, with the spread between seeds as a band.
import { colour } from "../lib/canvas.js";
import { panel, svg } from "../lib/charts.js";
import { mount } from "../lib/dom.js";
import { ticks } from "../lib/geometry.js";

const LEFT = 44,
  RIGHT = 74, // for the names
  TOP = 8,
  BOTTOM = 20,
  APART = 13; // pixels that names need between each other

/** @param {import("../lib/payloads").Component<import("../lib/payloads").LongerData>} component */
export default function (component) {
  const { data } = component,
    [root] = mount(component, `<div class="ll-figures"></div>`);
  const version = data.version + colour(root, "--ll-ink"),
    end = () => ((root.version = null), root.stop?.());
  if (root.version === version) return end;
  root.stop?.();
  root.version = version;
  const panels = data.charts.map((source) =>
    panel(source.title, 170, (chart, w, h) => {
      curves(chart, w, h, source.lines, (name) => colour(root, `--ll-${name}`));
      const ends = source.lines.map(({ name, xs, ys }) => `${name} ${ys.at(-1).toFixed(1)} at epoch ${xs.at(-1)}`);
      return { words: source.words, label: `${source.title}: ${source.words}. ${ends.join("; ")}` };
    }),
  );
  root.firstElementChild.replaceChildren(...panels.map((p) => p.box));
  panels.forEach((p) => p.draw());
  root.stop = () => panels.forEach((p) => p.stop());
  return end;
}

/** The heights that a chart of some lines shows: those from the third epoch on, since the first ones are far above. */
export function heights(lines) {
  const far = Math.min(3, Math.max(...lines.map((l) => l.xs.at(-1)))),
    known = (l) => l.ys.flatMap((y, k) => (l.xs[k] >= far || l.spread[k] ? [y - l.spread[k], y + l.spread[k]] : [])),
    all = lines.flatMap(known),
    room = (Math.max(...all) - Math.min(...all) || 1) * 0.06;
  return [Math.min(...all) - room, Math.max(...all) + room];
}

/** Where names stand: each at the end of its line, moved apart where two would stand on each other. */
export function spaced(ys, apart = APART) {
  const order = ys.map((_, k) => k).sort((a, b) => ys[a] - ys[b]),
    placed = [...ys];
  for (let k = 1; k < order.length; k++) placed[order[k]] = Math.max(placed[order[k]], placed[order[k - 1]] + apart);
  return placed;
}

function curves(chart, width, height, lines, paint) {
  const [low, high] = heights(lines),
    last = Math.max(...lines.map((l) => l.xs.at(-1)));
  const X = (x) => LEFT + ((x - 1) / (last - 1 || 1)) * (width - LEFT - RIGHT);
  const Y = (y) => TOP + (1 - (Math.max(low, Math.min(y, high)) - low) / (high - low)) * (height - TOP - BOTTOM);
  for (const tick of ticks(low, high, 3)) {
    chart.append(svg("line", { x1: LEFT, x2: width - RIGHT, y1: Y(tick), y2: Y(tick), class: "grid" }));
    chart.append(svg("text", { x: LEFT - 6, y: Y(tick) + 4, "text-anchor": "end" }, tick));
  }
  for (const x of [1, last])
    chart.append(svg("text", { x: X(x), y: height - 4, "text-anchor": x === 1 ? "start" : "end" }, `epoch ${x}`));
  const named = spaced(lines.map((l) => Y(l.ys.at(-1))));
  lines.forEach(({ name, colour: of, dashed, xs, ys, spread }, k) => {
    const shown = xs.map((_, i) => i).filter((i) => ys[i] <= high); // what is far above at first is left out
    const at = (side) => shown.map((i) => `${X(xs[i])},${Y(ys[i] + side * spread[i])}`);
    if (spread.some(Boolean))
      chart.append(
        svg("polygon", { points: [...at(1), ...at(-1).reverse()].join(" "), fill: paint(of), opacity: 0.18 }),
      );
    const stroke = { fill: "none", stroke: paint(of), "stroke-width": 2, "stroke-linejoin": "round" };
    chart.append(svg("polyline", { points: at(0).join(" "), ...stroke, "stroke-dasharray": dashed ? "5 4" : "none" }));
    chart.append(svg("text", { x: X(xs.at(-1)) + 6, y: named[k] + 4, class: "name" }, name));
  });
}
