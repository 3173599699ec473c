// Where the parts of the graph on /noise stand, and the bent lines between them. No page is needed.

/** @typedef {{x: number, y: number, wide: number, high: number}} Box a part, by its middle */

/** The middle of each part, as shares of the stage. */
export const LAYOUTS = {
  wide: {
    name: "wide",
    places: {
      x: [0.055, 0.46],
      encoder: [0.17, 0.46],
      mean: [0.305, 0.23],
      std: [0.305, 0.62],
      times: [0.425, 0.62],
      noise: [0.425, 0.88],
      plus: [0.52, 0.46],
      draw: [0.46, 0.46],
      z: [0.63, 0.46],
      decoder: [0.75, 0.46],
      out: [0.86, 0.46],
      loss: [0.957, 0.46],
    },
  },
  narrow: {
    name: "narrow",
    places: {
      x: [0.17, 0.1],
      encoder: [0.6, 0.1],
      mean: [0.25, 0.32],
      std: [0.75, 0.32],
      times: [0.75, 0.46],
      noise: [0.75, 0.64],
      plus: [0.25, 0.46],
      draw: [0.5, 0.5],
      z: [0.25, 0.64],
      decoder: [0.14, 0.87],
      out: [0.5, 0.87],
      loss: [0.85, 0.87],
    },
  },
};
const GAP = 4; // pixels between a part and its line
const OVER = 0.15; // of the room over x: so far above the stage the line over all parts is drawn towards

/**
 * The four points of the line from one part to another: out of the side that looks towards it. ``over``: in a bow over
 * what stands between.
 *
 * @param {Box} from
 * @param {Box} to
 * @returns {number[][]}
 */
export function curveOf(from, to, over = false) {
  if (over) {
    const [y0, y1] = [from.y - from.high / 2 - GAP, to.y - to.high / 2 - GAP],
      top = -OVER * Math.min(y0, y1);
    return [
      [from.x, y0],
      [from.x + 40, top],
      [to.x - 40, top],
      [to.x, y1],
    ];
  }
  const [dx, dy] = [to.x - from.x, to.y - from.y],
    beside = Math.abs(dx) - (from.wide + to.wide) / 2,
    below = Math.abs(dy) - (from.high + to.high) / 2;
  if (beside > 0 && beside >= below) {
    const side = Math.sign(dx),
      [x0, x1] = [from.x + side * (from.wide / 2 + GAP), to.x - side * (to.wide / 2 + GAP)],
      half = (x1 - x0) / 2;
    return [
      [x0, from.y],
      [x0 + half, from.y],
      [x1 - half, to.y],
      [x1, to.y],
    ];
  }
  const side = Math.sign(dy),
    [y0, y1] = [from.y + side * (from.high / 2 + GAP), to.y - side * (to.high / 2 + GAP)],
    half = (y1 - y0) / 2;
  return [
    [from.x, y0],
    [from.x, y0 + half],
    [to.x, y1 - half],
    [to.x, y1],
  ];
}

/** A place on such a line, by the share of its way. */
export function at([a, b, c, d], share) {
  const rest = 1 - share;
  return [0, 1].map(
    (k) => rest ** 3 * a[k] + 3 * rest * rest * share * b[k] + 3 * rest * share * share * c[k] + share ** 3 * d[k],
  );
}

/** Its length in pixels, nearly. */
export function lengthOf(curve) {
  let [before, long] = [curve[0], 0];
  for (let k = 1; k <= 24; k++) {
    const next = at(curve, k / 24);
    long += Math.hypot(next[0] - before[0], next[1] - before[1]);
    before = next;
  }
  return long;
}
