// Points in space, turned under the finger and seen from the front. No page is needed, so node can test it.

/** Nine numbers, row after row: what a point's x (to the right), y (up) and z (towards one) are after the turn. */
/** @typedef {number[]} Turn */

/** @type {Turn} */
export const UNTURNED = [1, 0, 0, 0, 1, 0, 0, 0, 1];

const EYE = 4; // how far away one looks from, in radii of all: nearer dots lie a little farther apart

/** One turn after another. @type {(after: Turn, first: Turn) => Turn} */
export const times = (after, first) =>
  Array.from({ length: 9 }, (_, k) => {
    const [i, j] = [3 * Math.floor(k / 3), k % 3];
    return after[i] * first[j] + after[i + 1] * first[j + 3] + after[i + 2] * first[j + 6];
  });

/**
 * The turn after a pull to the right and upwards, each as an angle: what is in front follows the finger.
 *
 * @param {Turn} turn
 * @param {number} right
 * @param {number} up
 * @returns {Turn}
 */
export function pulled(turn, right, up) {
  const [c, s] = [Math.cos(right), Math.sin(right)],
    [d, t] = [Math.cos(up), Math.sin(up)];
  return upright(times([1, 0, 0, 0, d, t, 0, -t, d], times([c, 0, s, 0, 1, 0, -s, 0, c], turn)));
}

/** Free of what a thousand small turns have added up to: its rows are of length one and square to each other. */
function upright(/** @type {Turn} */ turn) {
  const [a, b, c, d, e, f] = turn,
    one = Math.hypot(a, b, c),
    [x, y, z] = [a / one, b / one, c / one],
    along = x * d + y * e + z * f,
    rest = [d - along * x, e - along * y, f - along * z],
    two = Math.hypot(...rest),
    [u, v, w] = rest.map((value) => value / two);
  return [x, y, z, u, v, w, y * w - z * v, z * u - x * w, x * v - y * u];
}

/**
 * Where points stand for one who looks from the front: x, y of each into ``flat``, and how near each is into ``near``,
 * from -1 (as far behind the middle as the radius) to 1.
 *
 * @param {ArrayLike<number>} points x, y, z of each
 * @param {Turn} turn
 * @param {number} radius
 * @param {Float32Array | number[]} flat
 * @param {Float32Array | number[]} near
 */
export function seen(points, [a, b, c, d, e, f, g, h, i], radius, flat, near) {
  for (let k = 0, n = points.length / 3; k < n; k++) {
    const [x, y, z] = [points[3 * k], points[3 * k + 1], points[3 * k + 2]],
      depth = Math.min((g * x + h * y + i * z) / radius, EYE / 2), // an outlier is not behind one's eye
      larger = EYE / (EYE - depth);
    flat[2 * k] = larger * (a * x + b * y + c * z);
    flat[2 * k + 1] = larger * (d * x + e * y + f * z);
    near[k] = depth;
  }
}

/** The same for one point: [x, y]. */
export function spotOf(point, turn, radius) {
  const flat = [0, 0];
  seen(point, turn, radius, flat, [0]);
  return flat;
}

/**
 * A window [[x0, x1], [y0, y1]] made wider or higher about its middle, until a step across and a step up are as long.
 *
 * @param {number[][]} window
 * @param {number} width in pixels
 * @param {number} height
 */
export function evened([[x0, x1], [y0, y1]], width, height) {
  const scale = Math.max((x1 - x0) / width, (y1 - y0) / height),
    about = (middle, long) => [middle - (scale * long) / 2, middle + (scale * long) / 2];
  return [about((x0 + x1) / 2, width), about((y0 + y1) / 2, height)];
}
