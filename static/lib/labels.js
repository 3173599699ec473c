// Where names may stand on a map: near the middle of their dots, over no dot and over no other name. No page is needed,
// so node can test it.

const CELL = 4; // pixels: how finely places are tried, and how finely it is known where dots are

/**
 * Which places of an area hold nothing.
 *
 * @param {{left: number, top: number, width: number, height: number}} area
 * @param {Iterable<number[]>} dots x, y in pixels
 * @param {number} radius of a dot
 */
function emptiness({ left, top, width, height }, dots, radius) {
  const wide = Math.max(Math.ceil(width / CELL), 1),
    high = Math.max(Math.ceil(height / CELL), 1),
    sums = new Uint32Array((wide + 1) * (high + 1)); // dots above and to the left of each corner of a cell
  const column = (x) => Math.floor((x - left) / CELL),
    row = (y) => Math.floor((y - top) / CELL),
    within = (v, most) => Math.min(Math.max(v, 0), most);
  for (const [x, y] of dots) {
    const c = column(x),
      r = row(y);
    if (c >= 0 && r >= 0 && c < wide && r < high) sums[(r + 1) * (wide + 1) + c + 1]++;
  }
  for (let r = 1; r <= high; r++)
    for (let c = 1, line = 0; c <= wide; c++) {
      line += sums[r * (wide + 1) + c];
      sums[r * (wide + 1) + c] = line + sums[(r - 1) * (wide + 1) + c];
    }
  return ({ x, y, width: w, height: h }) => {
    const c0 = within(column(x - w / 2 - radius), wide),
      c1 = within(column(x + w / 2 + radius) + 1, wide),
      r0 = within(row(y - h / 2 - radius), high) * (wide + 1),
      r1 = within(row(y + h / 2 + radius) + 1, high) * (wide + 1);
    return sums[r1 + c1] - sums[r1 + c0] - sums[r0 + c1] + sums[r0 + c0] === 0;
  };
}

/** Whether two boxes, given by their middles, lie on each other. */
export const overlap = (a, b) =>
  2 * Math.abs(a.x - b.x) < a.width + b.width && 2 * Math.abs(a.y - b.y) < a.height + b.height;

/** @typedef {{x: number, y: number, width: number, height: number}} Wanted a name’s best place, and its size */

/**
 * The middle of each name's box, [x, y], or null where none is free within ``reach`` of the middle of its dots. The
 * first names choose first. ``taken``: boxes of what else stands there, by their middles.
 *
 * @param {Wanted[]} names
 * @param {Iterable<number[]>} dots
 * @param {{left: number, top: number, width: number, height: number}} area
 * @returns {(number[] | null)[]}
 */
export const placed = (names, dots, area, { radius = 3, reach = Infinity, taken = [] } = {}) =>
  placing(dots, area, radius)(names, { reach, taken });

/** The same in two steps, for names that come one after the other to the same dots. @returns {typeof place} */
export function placing(dots, area, radius = 3) {
  const free = emptiness(area, dots, radius);
  return place;

  /** @param {Wanted[]} names @returns {(number[] | null)[]} */
  function place(names, { reach = Infinity, taken = [] } = {}) {
    const boxes = [...taken],
      far = Math.min(reach, Math.hypot(area.width, area.height));
    /** The first place to try and the last, each way: steps from where the name would best stand. */
    const span = (low, high, best) => {
      const least = Math.max(low, best - far);
      return [best - Math.floor((best - least) / CELL) * CELL, Math.min(high, best + far)];
    };
    return names.map((name) => {
      const [x0, x1] = span(area.left + name.width / 2, area.left + area.width - name.width / 2, name.x),
        [y0, y1] = span(area.top + name.height / 2, area.top + area.height - name.height / 2, name.y);
      let least = far * far,
        best = null;
      for (let y = y0; y <= y1; y += CELL)
        for (let x = x0; x <= x1; x += CELL) {
          const square = (x - name.x) ** 2 + (y - name.y) ** 2;
          if (square > least) continue;
          const box = { x, y, width: name.width, height: name.height };
          if (free(box) && !boxes.some((other) => overlap(box, other))) [least, best] = [square, box];
        }
      if (!best) return null;
      boxes.push(best);
      return [best.x, best.y];
    });
  }
}

/** The middle of each class's dots (the median each way) from a few of them; null of a class without dots. */
export function middles(groups, frame, most = 99) {
  return groups.map((group) => {
    if (!group.length) return null;
    const step = Math.ceil(group.length / most),
      some = group.filter((_, k) => k % step === 0);
    return [0, 1].map((k) => some.map((i) => frame[2 * i + k]).sort((a, b) => a - b)[some.length >> 1]);
  });
}
