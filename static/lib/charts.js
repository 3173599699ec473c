// Small charts in SVG: a line over the epochs with a dot at the present one, bars or whiskers for a code's numbers.
import { ticks } from "./geometry.js";

const NS = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}, text) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** A panel with a heading, a sentence and an empty drawing; drawn anew whenever its width changes. */
export function panel(title, height, draw) {
  const box = document.createElement("figure"),
    name = document.createElement("h4"),
    now = document.createElement("div"),
    chart = svg("svg", { role: "img", "aria-label": title });
  name.textContent = title;
  now.className = "now quiet";
  chart.style.cssText = `width: 100%; height: ${height}px; display: block`;
  box.append(name, now, chart);
  let width = 0;
  const me = {
    box,
    draw() {
      if (!width) return;
      chart.replaceChildren();
      const { words, label } = draw(chart, width, height);
      now.textContent = words;
      chart.setAttribute("aria-label", label);
    },
    stop: () => resize.disconnect(),
  };
  // Told, not asked for: asking makes the browser lay out the page anew at every step of a slider.
  const resize = new ResizeObserver(([{ contentRect }]) => ((width = Math.round(contentRect.width)), me.draw()));
  resize.observe(chart);
  return me;
}

/** y over x as a line, with the place of one x marked, in a CSS colour. Only heights between low and high show. */
export function line(chart, width, height, { xs, ys, at, colour, low, high, unit = "" }) {
  const left = 44,
    right = 10,
    top = 8,
    bottom = 20;
  const one = xs.length === 1; // it stands in the middle
  const X = (x) => left + (one ? 0.5 : (x - xs[0]) / (xs.at(-1) - xs[0])) * (width - left - right);
  const Y = (y) => top + (1 - (Math.max(low, Math.min(y, high)) - low) / (high - low || 1)) * (height - top - bottom);
  for (const tick of ticks(low, high, 3)) {
    chart.append(svg("line", { x1: left, x2: width - right, y1: Y(tick), y2: Y(tick), class: "grid" }));
    chart.append(svg("text", { x: left - 6, y: Y(tick) + 4, "text-anchor": "end" }, tick + unit));
  }
  for (const x of new Set([xs[0], xs.at(-1)]))
    chart.append(
      svg(
        "text",
        { x: X(x), y: height - 4, "text-anchor": one ? "middle" : x === xs[0] ? "start" : "end" },
        `epoch ${x}`,
      ),
    );
  chart.append(
    svg("polyline", {
      points: xs.map((x, k) => `${X(x)},${Y(ys[k])}`).join(" "),
      fill: "none",
      stroke: colour,
      "stroke-width": 2,
      "stroke-linejoin": "round",
    }),
  );
  const k = xs.indexOf(at);
  chart.append(svg("line", { x1: X(at), x2: X(at), y1: top, y2: height - bottom, class: "now" }));
  chart.append(svg("circle", { cx: X(at), cy: Y(ys[k]), r: 5, fill: colour, class: "dot" }));
}

/** A bar for each value; those below the threshold are hollow. */
export function bars(chart, width, height, { values, colour, threshold = -Infinity, names }) {
  const left = 44,
    right = 10,
    top = 8,
    bottom = 20,
    high = Math.max(...values, 1e-6) * 1.05,
    slot = (width - left - right) / values.length;
  const Y = (v) => top + (1 - v / high) * (height - top - bottom);
  for (const tick of ticks(0, high, 3)) {
    chart.append(svg("line", { x1: left, x2: width - right, y1: Y(tick), y2: Y(tick), class: "grid" }));
    chart.append(svg("text", { x: left - 6, y: Y(tick) + 4, "text-anchor": "end" }, tick));
  }
  values.forEach((v, k) => {
    const wide = Math.min(slot * 0.72, 26),
      x = left + (k + 0.5) * slot - wide / 2,
      used = v >= threshold,
      y = Math.min(Y(v), height - bottom - 3);
    const bar = svg("rect", {
      x,
      y,
      width: wide,
      height: height - bottom - y,
      fill: used ? colour : "none",
      stroke: colour,
      "stroke-width": 1.2,
      rx: 1.5,
    });
    bar.append(svg("title", {}, `${names[k]}: ${v.toFixed(2)}`));
    chart.append(bar);
    if (slot > 17 || k % 5 === 0)
      chart.append(svg("text", { x: left + (k + 0.5) * slot, y: height - 4, "text-anchor": "middle" }, k + 1));
  });
}

/** Mean and one standard deviation to each side, for each number of a code, over the prior's own band. */
export function whiskers(chart, width, height, { mean, std, dot, bar, reach }) {
  const left = 30,
    right = 6,
    top = 8,
    bottom = 20,
    slot = (width - left - right) / mean.length;
  const Y = (v) => top + ((reach - Math.max(-reach, Math.min(reach, v))) / (2 * reach)) * (height - top - bottom);
  chart.append(svg("rect", { x: left, width: width - left - right, y: Y(1), height: Y(-1) - Y(1), class: "band" }));
  for (const tick of ticks(-reach, reach, 3)) {
    chart.append(svg("line", { x1: left, x2: width - right, y1: Y(tick), y2: Y(tick), class: "grid" }));
    chart.append(svg("text", { x: left - 6, y: Y(tick) + 4, "text-anchor": "end" }, String(tick).replace("-", "−")));
  }
  mean.forEach((m, k) => {
    const x = left + (k + 0.5) * slot,
      group = svg("g");
    if (std)
      group.append(
        svg("line", {
          x1: x,
          x2: x,
          y1: Y(m - std[k]),
          y2: Y(m + std[k]),
          stroke: bar,
          "stroke-width": Math.min(6, slot * 0.5),
          "stroke-linecap": "round",
          opacity: 0.55,
        }),
      );
    group.append(svg("circle", { cx: x, cy: Y(m), r: Math.max(2.5, Math.min(4.5, slot * 0.32)), fill: dot }));
    group.append(
      svg(
        "title",
        {},
        `number ${k + 1}: mean ${m.toFixed(2)}${std ? `, standard deviation ${std[k].toFixed(2)}` : ""}`,
      ),
    );
    chart.append(group);
    if (slot > 17 || k % 5 === 0) chart.append(svg("text", { x, y: height - 4, "text-anchor": "middle" }, k + 1));
  });
}

/** A place that nothing can reach, in slanted lines. */
function hatch(chart, { x, y, width, height }) {
  chart.append(svg("rect", { x, y, width, height, class: "hatch" }));
  for (let at = x - height; at < x + width; at += 7) {
    const [from, to] = [Math.max(at, x), Math.min(at + height, x + width)]; // cut off at both sides
    const [low, high] = [y + height - (from - at), y + height - (to - at)];
    chart.append(svg("line", { x1: from, x2: to, y1: low, y2: high, class: "hatch" }));
  }
  chart.append(svg("line", { x1: x, x2: x + width, y1: y, y2: y, class: "hatch edge" }));
}

/**
 * Two lines over their own epochs, from 0; the first whole, the second dashed, each named at its end. Below `floor`, if
 * there is one, no line can be: there it is hatched.
 */
export function duel(chart, width, height, { lines, names, colour, floor = 0 }) {
  const left = 44,
    right = 22,
    top = 8,
    bottom = 20,
    last = Math.max(...lines.map((l) => l.length - 1), 1);
  const known = lines.flatMap((l) => (l.length > 2 ? l.slice(1) : l)); // the untrained net would flatten all others
  const low = Math.min(...known, floor || Infinity),
    high = Math.max(...known),
    room = (high - low || high || 1) * (floor ? 0.12 : 0.06),
    from = Math.max(low - room, 0);
  const X = (x) => left + (x / last) * (width - left - right);
  const Y = (y) =>
    top + (1 - (Math.max(from, Math.min(y, high + room)) - from) / (high + room - from)) * (height - top - bottom);
  for (const tick of ticks(from, high + room, 3)) {
    chart.append(svg("line", { x1: left, x2: width - right, y1: Y(tick), y2: Y(tick), class: "grid" }));
    chart.append(svg("text", { x: left - 6, y: Y(tick) + 4, "text-anchor": "end" }, tick));
  }
  for (const x of [0, last])
    chart.append(svg("text", { x: X(x), y: height - 4, "text-anchor": x ? "end" : "start" }, `epoch ${x}`));
  if (floor) hatch(chart, { x: left, y: Y(floor), width: width - left - right, height: Y(from) - Y(floor) });
  const ends = lines.map((l) => Y(l.at(-1)));
  if (Math.abs(ends[0] - ends[1]) < 13) {
    // names that would stand on each other
    const middle = (ends[0] + ends[1]) / 2,
      way = ends[0] <= ends[1] ? 1 : -1;
    [ends[0], ends[1]] = [middle - 6.5 * way, middle + 6.5 * way];
  }
  lines.forEach((ys, k) => {
    chart.append(
      svg("polyline", {
        points: ys.map((y, e) => `${X(e)},${Y(y)}`).join(" "),
        fill: "none",
        stroke: colour,
        "stroke-width": 2,
        "stroke-linejoin": "round",
        "stroke-dasharray": k ? "5 4" : "none",
      }),
    );
    chart.append(
      svg("text", { x: Math.min(X(ys.length - 1) + 6, width - 12), y: ends[k] + 4, class: "name" }, names[k]),
    );
  });
}
