// Where things stand: places on a chart, dots near a point, dots in a loop. No page is needed, so node can test it.

/**
 * The part of a box inside its margins, and both ways between numbers and pixels.
 *
 * @param {{l: number, r: number, t: number, b: number}} margin
 * @param {number} width
 * @param {number} height
 * @param {number[][]} range [[x0, x1], [y0, y1]]
 */
export function frameOf({ l, r, t, b }, width, height, [[x0, x1], [y0, y1]]) {
  const wide = Math.max(width - l - r, 1),
    high = Math.max(height - t - b, 1);
  return {
    left: l,
    top: t,
    width: wide,
    height: high,
    x: (v) => l + ((v - x0) / (x1 - x0)) * wide,
    y: (v) => t + ((y1 - v) / (y1 - y0)) * high,
    code: (px, py) => [x0 + ((px - l) / wide) * (x1 - x0), y1 - ((py - t) / high) * (y1 - y0)],
  };
}

/**
 * The dot that is nearest to a place in pixels, if that is in the frame and the dot not farther than reach; else null.
 *
 * @param {ArrayLike<number>} frame x, y of each dot
 * @param {ReturnType<typeof frameOf>} area
 * @param {number[]} place
 * @param {number} reach
 * @returns {number | null}
 */
export function nearest(frame, area, [px, py], reach) {
  let best = null,
    least = reach * reach;
  for (let i = 0; 2 * i < frame.length; i++) {
    const dx = area.x(frame[2 * i]) - px,
      dy = area.y(frame[2 * i + 1]) - py,
      far = dx * dx + dy * dy;
    if (far <= least) [best, least] = [i, far];
  }
  const outside = px < area.left || py < area.top || px > area.left + area.width || py > area.top + area.height;
  return outside ? null : best;
}

/** The i-th point of a list of numbers x, y, x, y, … */
export const pointOf = (flat, i) => [flat[2 * i], flat[2 * i + 1]];

/** The mean of some points. */
export const averageOf = (points) =>
  [0, 1].map((d) => points.reduce((sum, point) => sum + point[d], 0) / points.length);

/** The range [[x0, x1], [y0, y1]] about the centre, so far to each side. */
export const squareOf = (reach) => [0, 1].map(() => [-reach, reach]);

/** Whether a place lies in a closed loop of places (even and odd crossings). */
export function inside(loop, x, y) {
  let within = false;
  for (let i = 0, j = loop.length - 1; i < loop.length; j = i++) {
    const [ax, ay] = loop[i],
      [bx, by] = loop[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

/**
 * Which dots are drawn in a closed loop of places.
 *
 * @param {number[][]} loop
 * @param {ArrayLike<number>} frame x, y of each dot
 * @param {ReturnType<typeof frameOf>} area
 */
export function within(loop, frame, area) {
  const found = [];
  for (let i = 0; 2 * i < frame.length; i++)
    if (inside(loop, area.x(frame[2 * i]), area.y(frame[2 * i + 1]))) found.push(i);
  return found;
}

/** 1, 2 or 5 times a power of ten, near v. */
export function round(v) {
  const power = 10 ** Math.floor(Math.log10(v)),
    lead = v / power;
  return (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10) * power;
}

/** Round numbers between low and high, about ``few`` of them. */
export function ticks(low, high, few = 8) {
  const step = round((high - low || 1) / few),
    found = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) found.push(+v.toFixed(6) || 0);
  return found;
}

const [NEAREST, FARTHEST] = [16, 2]; // how much smaller than all of it a window may get, and how much larger

/**
 * By which factor a window may get nearer, if it is to stay so near to the whole.
 *
 * @param {number[][]} window
 * @param {number} factor
 * @param {number[][]} whole
 */
function allowed([[x0, x1]], factor, [[low, high]]) {
  const near = (high - low) / (x1 - x0);
  return Math.min(Math.max(factor, 1 / FARTHEST / near), NEAREST / near);
}

/**
 * A window [[x0, x1], [y0, y1]] nearer by a factor, about a share of it each way.
 *
 * @param {number[][]} window
 * @param {number} factor
 * @param {number[][]} whole the window that shows all
 * @param {number[]} about where what is there stays: 0 at the left and the bottom, 1 at the right and the top
 * @returns {number[][]}
 */
export function zoomed(window, factor, whole, about = [0.5, 0.5]) {
  const by = allowed(window, factor, whole);
  return window.map(([low, high], k) => {
    const still = low + about[k] * (high - low);
    return [still + (low - still) / by, still + (high - still) / by];
  });
}

/**
 * The window after two fingers have moved: what lay between them still does.
 *
 * @param {number[][]} window when they came
 * @param {number[][][]} fingers where both stood then, and where they stand: shares of the area, as in ``zoomed``
 * @param {number} shape of the area: its width for a height of 1
 * @param {number[][]} whole
 * @returns {number[][]}
 */
export function pinched(window, [from, to], shape, whole) {
  /** @type {(pair: number[][]) => number} */ const gap = ([a, b]) => Math.hypot((a[0] - b[0]) * shape, a[1] - b[1]);
  /** @type {(pair: number[][]) => number[]} */ const middle = ([a, b]) => [0, 1].map((k) => (a[k] + b[k]) / 2);
  const [before, after] = [middle(from), middle(to)];
  return zoomed(window, gap(to) / Math.max(gap(from), 1e-6), whole, before).map(([low, high], k) => {
    const shift = (after[k] - before[k]) * (high - low);
    return [low - shift, high - shift];
  });
}

/**
 * The turn about the origin, or turn and flip, that brings points nearest to where others stand (Procrustes).
 *
 * @param {ArrayLike<number>} points x, y of each
 * @param {ArrayLike<number>} goal x, y of as many, or of the first of them
 * @returns {number[]} a, b, c, d: x becomes a x + b y, and y becomes c x + d y
 */
export function turnTo(points, goal) {
  const n = Math.min(points.length, goal.length) / 2;
  let xx = 0,
    xy = 0,
    yx = 0,
    yy = 0;
  for (let i = 0; i < n; i++) {
    xx += points[2 * i] * goal[2 * i];
    xy += points[2 * i] * goal[2 * i + 1];
    yx += points[2 * i + 1] * goal[2 * i];
    yy += points[2 * i + 1] * goal[2 * i + 1];
  }
  const turn = Math.hypot(xx + yy, xy - yx),
    flip = Math.hypot(xx - yy, xy + yx);
  if (!(Math.max(turn, flip) > 0)) return [1, 0, 0, 1];
  const [c, s] = turn >= flip ? [(xx + yy) / turn, (xy - yx) / turn] : [(xx - yy) / flip, (xy + yx) / flip];
  return turn >= flip ? [c, -s, s, c] : [c, s, s, -c];
}

/**
 * Points x, y, x, y, … after such a turn.
 *
 * @param {ArrayLike<number>} points
 * @param {number[]} turn
 */
export function turned(points, [a, b, c, d]) {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    out[i] = a * points[i] + b * points[i + 1];
    out[i + 1] = c * points[i] + d * points[i + 1];
  }
  return out;
}

const SMALLEST = 24; // pixels of a picture in a sheet, below which it is hard to read

/** How many of so many pictures stand beside each other in a sheet this wide: half as many where they would be tiny. */
export function columnsFor(width, count) {
  const square = Math.ceil(Math.sqrt(count));
  return width / square < SMALLEST ? Math.max(1, Math.ceil(square / 2)) : square;
}

/** The number of the picture at a place (0 to 1 across and down) of such a sheet, or null beside them. */
export function cellAt(x, y, columns, count) {
  const rows = Math.ceil(count / columns),
    [column, row] = [Math.floor(x * columns), Math.floor(y * rows)],
    k = row * columns + column;
  return column < 0 || row < 0 || column >= columns || k >= count ? null : k;
}

/**
 * Of some dots the one that is nearest to a place and not farther than reach; else null.
 *
 * @param {number[]} among
 * @param {(dot: number) => number[]} at where each stands
 * @param {number[]} place
 * @param {number} reach
 * @returns {number | null}
 */
export function closest(among, at, [px, py], reach) {
  let best = null,
    least = reach;
  for (const dot of among) {
    const [x, y] = at(dot),
      far = Math.hypot(x - px, y - py);
    if (far <= least) [best, least] = [dot, far];
  }
  return best;
}

/** Of some dots the nearest to another of them in a direction [x, y] (down is positive), at most 45° off; else null. */
export function towards(among, at, from, [dx, dy]) {
  const [px, py] = at(from);
  const ahead = among.filter((dot) => {
    const [x, y] = at(dot),
      along = (x - px) * dx + (y - py) * dy,
      off = Math.abs((x - px) * dy - (y - py) * dx);
    return dot !== from && along > 0 && off <= along;
  });
  return closest(ahead, at, [px, py], Infinity);
}

/** Push labels apart that would stand on each other. */
export function apart(spots, size) {
  for (let round = 0; round < 30; round++)
    for (const a of spots)
      for (const b of spots) {
        const dx = b[0] - a[0],
          dy = b[1] - a[1];
        if (a === b || Math.abs(dx) > size * 0.8 || Math.abs(dy) > size) continue;
        const way = dy >= 0 ? 1 : -1;
        a[1] -= way;
        b[1] += way;
      }
  return spots;
}
