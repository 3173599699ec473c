// What is written on a small map: the names of its classes and of its marks, over no dot and over no other name. A thin
// line leads from each to what it names.
import { classColour, colour } from "../lib/canvas.js";
import { middles, placing } from "../lib/labels.js";
import { dot, line, outlined } from "../lib/shapes.js";

const LONG = 16; // letters of a name that stand on the map
const MOST = 10; // classes whose names it has room for
const REACH = 0.42; // of the map's smaller side, from the middle of a class to its name
const BESIDE = 18; // pixels from a mark, from which on a line leads to its title
const HIGH = 1.25; // of the size of letters, a name's height

export const shortened = (name) => (name.length > LONG ? `${name.slice(0, LONG - 1).trim()}…` : name);

/**
 * Where all of it stands: titles first, which must stand somewhere, then the names of classes, the largest class first,
 * of which one without a free place is left out.
 *
 * @param {{titles: any[], classes: any[], marks: {x: number, y: number, width: number, height: number}[]}} wanted
 *   titles and classes: {text, x, y, width, height} each, x and y what is named; marks: boxes that stay free
 * @param {number[][]} dots x, y in pixels
 * @param {{left: number, top: number, width: number, height: number}} area
 * @param {number} radius of a dot
 */
export function arranged({ titles, classes, marks }, dots, area, radius) {
  const place = placing(dots, area, radius),
    anywhere = placing([], area),
    taken = [...marks],
    found = /** @type {any[]} */ ([]);
  const stand = (each, at) => {
    if (!at) return;
    const { width, height } = each;
    taken.push({ x: at[0], y: at[1], width, height });
    found.push({ ...each, at });
  };
  for (const each of titles) stand(each, place([each], { taken })[0] ?? anywhere([each], { taken })[0]);
  const reach = REACH * Math.min(area.width, area.height);
  for (const each of classes) stand(each, place([each], { taken, reach })[0]);
  return found;
}

/** What is written on a map of so many classes. @param {CanvasRenderingContext2D} g for its letters */
export function wanted(g, root, { names, groups, points, spot, titles, width }) {
  const { fontFamily: font } = getComputedStyle(root),
    size = names.every((name) => name.length <= 3) ? 15 : width < 320 ? 11 : 12;
  const sized = (text, letters, [x, y], more) => {
    const face = `700 ${letters}px ${font}`;
    g.font = face;
    return { text, x, y, width: g.measureText(text).width + 6, height: letters * HIGH, face, ...more };
  };
  const bySize = [...groups.keys()].filter((c) => groups[c].length).sort((a, b) => groups[b].length - groups[a].length);
  const all = names.length > 1 && names.length <= MOST ? bySize : [],
    where = middles(groups, points);
  return {
    classes: all.map((c) => sized(shortened(names[c]), size, spot(where[c]), { paint: colour(root, classColour(c)) })),
    titles: titles.map(({ title, name, at, paint }) => sized(`${title} ${shortened(name)}`, 13, at, { paint, far: 1 })),
  };
}

/** Write it. ``ink`` and ``page``: the colours of letters and of their edges. */
export function write(g, written, ink, page) {
  for (const { x, y, at, paint, far, width, height } of written) {
    const away = Math.max(Math.abs(x - at[0]) - width / 2, Math.abs(y - at[1]) - height / 2);
    if (far && away < BESIDE) continue; // it stands beside its mark
    if (!far && away <= 0) continue; // or in the middle of its dots
    Object.assign(g, { lineWidth: 1.25, strokeStyle: paint, globalAlpha: 0.8 });
    line(g, at, [x, y]);
    g.globalAlpha = 1;
    if (!far) dot(g, [x, y], 2.5, paint, page);
  }
  Object.assign(g, { textAlign: "center", textBaseline: "middle", lineJoin: "round" });
  for (const { text, at, face } of written) {
    g.font = face;
    outlined(g, text, at, ink, page);
  }
}
