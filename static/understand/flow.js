// The graph of the computation on /noise: its parts, and for one roll of the noise what flows along each edge, forward
// and back. No page is needed.

/**
 * @typedef {{from: string, to: string, begins: number, ends: number}} Edge between which steps of a pass it carries
 *   something
 */

const edge = (from, to, begins, ends = begins + 1) => ({ from, to, begins, ends });

const BEFORE = [edge("x", "encoder", 0), edge("encoder", "mean", 1), edge("encoder", "std", 1)];
const AFTER = [
  edge("z", "decoder", 5),
  edge("decoder", "out", 6),
  edge("out", "loss", 7),
  edge("x", "loss", 5, 8), // with which the loss compares
];

/** The edges with the noise drawn inside, and with the trick. @type {Record<string, Edge[]>} */
export const EDGES = {
  inside: [...BEFORE, edge("mean", "draw", 2, 3.5), edge("std", "draw", 2, 3.5), edge("draw", "z", 3.5, 5), ...AFTER],
  trick: [
    ...BEFORE,
    edge("mean", "plus", 2, 4),
    edge("std", "times", 2),
    edge("noise", "times", 2),
    edge("times", "plus", 3),
    edge("plus", "z", 4),
    ...AFTER,
  ],
};
export const STEPS = 8; // of a pass

const times = (one, other) => one.map((v, d) => v * other[d]);

/**
 * The gradient of one picture's reconstruction term at each part, as far as it gets: null where it does not.
 *
 * The slope at z goes through a sum as it is, and through a product times the other factor. Drawing a number by itself
 * has no slope. The noise gets one with the trick, which nobody uses: dice do not learn.
 *
 * @param {string} way "inside" or "trick"
 * @param {{slope: number[], noise: number[], std: number[], pixels: number}} measured slope: d loss / d z; pixels: the
 *   length of the gradient at the picture
 * @returns {Record<string, number[] | null>}
 */
export function gradients(way, { slope, noise, std, pixels }) {
  const through = way === "trick" ? (vector) => vector : () => null;
  return {
    out: [pixels],
    z: slope,
    mean: through(slope),
    times: through(slope),
    std: through(times(slope, noise)),
    noise: through(times(slope, std)),
  };
}

/** The length of the gradient that runs back along an edge, 0 where none does: what its upper end gets. */
export function backAlong({ from, to }, found) {
  const at = { decoder: "out", out: "out", z: "z", plus: "z", draw: "z", encoder: to, mean: "mean", std: "std" }[from];
  const vector = from === "times" || from === "noise" ? found[from] : found[at];
  return from === "x" || !vector ? 0 : Math.hypot(...vector);
}

/** How far a pass that has come so many steps has got along an edge, 0 to 1; backwards from its end. */
export function reached({ begins, ends }, steps, backwards) {
  const since = backwards ? steps - (STEPS - ends) : steps - begins;
  return Math.min(Math.max(since / (ends - begins), 0), 1);
}

const FORWARD = 3.2; // seconds
const BACKWARD = 3.6;
const HOLD = 1.3; // after each
export const ROUND = FORWARD + BACKWARD + 2 * HOLD;

/** Where a round stands after so many seconds: forward, then backward, with a rest after each. */
export function passAt(seconds) {
  const backwards = seconds >= FORWARD + HOLD,
    [since, long] = backwards ? [seconds - FORWARD - HOLD, BACKWARD] : [seconds, FORWARD];
  return { backwards, steps: Math.min(since / long, 1) * STEPS };
}

/**
 * Where the dots on an edge are, as shares of its way: they run on, so many a second past each place, up to the front.
 *
 * @param {number} long of the edge in pixels
 * @param {number} apart pixels between two dots
 * @param {number} run pixels that they have run
 * @param {number} front share of the way
 */
export function dotsAlong(long, apart, run, front) {
  const found = [];
  for (let far = run % apart; far <= long * front; far += apart) found.push(far / long);
  return found;
}
