// The names of the classes on the map, each beside its dots, over no dot and no other name. While the dots travel the
// names go with them; when they rest, each takes the nearest free place, and one that finds none is left out.
import { stands } from "./legend.js";
import { over } from "./canvas_view.js";
import { classColour, colour, sharp } from "../../lib/canvas.js";
import { element } from "../../lib/dom.js";
import { middles, placed } from "../../lib/labels.js";
import { dot, line } from "../../lib/shapes.js";
import { later } from "../../lib/busy.js";

const REST = 120; // milliseconds without a movement after which names look for a place
const SPOT = 8; // pixels from a name's left end to the middle of its spot of colour
const REACH = 0.45; // of the map's smaller side, from the middle of a class to its name

/**
 * Returns {moved(), shown(), show(), end()}. ``shown``: the names that stand on the map, and where.
 */
export function names(map) {
  const { root, data, groups, only } = map,
    box = root.querySelector(".names"),
    canvas = root.querySelector("canvas.lines"),
    paints = data.names.map((_, c) => colour(root, classColour(c))),
    page = colour(root, "--ll-page"),
    bySize = [...groups.keys()].filter((c) => groups[c].length).sort((a, b) => groups[b].length - groups[a].length);
  /** @type {{c: number, button: any, shift: any, at: any, middle: any, wide: number}[]} */
  const labels =
    data.names.length > 1
      ? bySize.map((c) => ({ c, button: label(c), shift: null, at: null, middle: null, wide: 0 }))
      : [];
  let resting = null;
  box.replaceChildren(...labels.map((each) => each.button));

  function label(c) {
    const button = element("button", { type: "button", tabIndex: -1 }),
      spot = element("i", {});
    spot.style.background = classColour(c);
    button.append(spot, element("span", { textContent: data.names[c] }));
    button.dataset.class = String(c);
    return stands(button, c, only);
  }
  /** Where each label's dots have their middle now, in pixels. @returns {any[][]} */
  function anchors(area) {
    const found = middles(groups, map.view.now);
    return labels.map(({ c }) => [area.x(found[c][0]), area.y(found[c][1])]);
  }
  function put(each, middle) {
    each.at = [middle[0] + each.shift[0], middle[1] + each.shift[1]];
    each.button.style.translate = `calc(${each.at[0]}px - 50%) calc(${each.at[1]}px - 50%)`;
  }
  function follow() {
    const area = map.view.area(),
      at = anchors(area);
    labels.forEach((each, k) => ((each.middle = at[k]), each.shift && put(each, at[k])));
    draw();
  }
  /** A line from each name to the middle of its dots: thin, so that dots under it are seen. */
  function draw() {
    over(canvas, map.plot);
    const { g } = sharp(canvas),
      { left, top, width, height } = map.view.area();
    g.beginPath();
    g.rect(left, top, width, height);
    g.save();
    g.clip();
    for (const { c, at, middle, shift, wide } of labels) {
      if (!shift || !only.shows(c)) continue;
      Object.assign(g, { lineWidth: 1.25, strokeStyle: paints[c], globalAlpha: 0.8 });
      line(g, [at[0] - wide / 2 + SPOT, at[1]], middle);
      g.globalAlpha = 1;
      dot(g, middle, 2.5, paints[c], page);
    }
    g.restore();
  }
  function settle() {
    box.style.top = `${map.plot.offsetTop}px`;
    if (!map.view || !root.isConnected) return;
    const area = map.view.area(),
      frame = map.view.now,
      at = anchors(area);
    const wanted = labels.map(({ button }, k) => {
      button.hidden = false; // it has no size otherwise
      return { x: at[k][0], y: at[k][1], width: button.offsetWidth, height: button.offsetHeight };
    });
    const dots = Array.from({ length: frame.length / 2 }, (_, i) => [area.x(frame[2 * i]), area.y(frame[2 * i + 1])]),
      radius = data.trace.marker.size / 2,
      reach = REACH * Math.min(area.width, area.height),
      places = placed(wanted, dots, area, { radius, reach, taken: map.taken?.() ?? [] });
    labels.forEach((each, k) => {
      [each.middle, each.wide] = [at[k], wanted[k].width];
      each.shift = places[k] && [places[k][0] - at[k][0], places[k][1] - at[k][1]];
      each.button.hidden = !each.shift;
      if (each.shift) put(each, at[k]);
    });
    box.dataset.settled = map.plot.dataset.epoch;
    draw();
  }
  const me = {
    moved() {
      if (!labels.length || !map.view) return;
      follow();
      delete box.dataset.settled;
      resting?.cancel();
      resting = later("names look for a place", settle, REST, { film: true });
    },
    shown: () => labels.flatMap(({ c, at, shift }) => (shift ? [{ name: data.names[c], at }] : [])),
    show() {
      const lit = only.lit();
      for (const { c, button } of labels) button.classList.toggle("pale", lit >= 0 && lit !== c);
      if (map.view) draw();
    },
    end: () => resting?.cancel(),
  };
  return me;
}
