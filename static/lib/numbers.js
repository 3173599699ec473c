// Numbers as people write them, and as dice throw them. No page is needed.

/** A number as people write it, and a list of numbers as a point. */
export const say = (v, digits = 2) => (Object.is(+v.toFixed(digits), -0) ? 0 : v).toFixed(digits).replace("-", "−");

/** How large a bubble is; some are tiny. */
export const sized = (v) => (v && v < 0.001 ? "below 0.001" : say(v, v < 0.1 ? 3 : 2));

export const pair = (z, digits = 2) => `(${[...z].map((v) => say(v, digits)).join(", ")})`;

export const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

export const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] : 0;
};

/** A number from the standard normal distribution (Box and Muller). */
export const gauss = (random = Math.random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Slow at both ends. */
export const eased = (share) => share * share * (3 - 2 * share);

/**
 * Numbers between those of two lists.
 *
 * @param {ArrayLike<number>} from
 * @param {ArrayLike<number>} to
 * @param {number} share
 */
export function between(from, to, share) {
  const out = new Float32Array(from.length); // a loop: thousands of numbers a frame
  for (let i = 0; i < out.length; i++) out[i] = from[i] + (to[i] - from[i]) * share;
  return out;
}
