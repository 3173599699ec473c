// What one picture costs by the variance of its bubble, and steps down that slope: on it, or on its logarithm.
// No page is needed.

/** @typedef {{variances: number[], error: number[], beta: number}} Measured */

/** The measured reconstruction term at a variance, straight between two places. @param {Measured} measured */
export function errorAt({ variances, error }, v) {
  const k = placeOf(variances, v);
  return error[k] + slopeIn(variances, error, k) * (v - variances[k]);
}

/** Reconstruction and beta * KL of both numbers of the bubble, but for the mean's part; NaN below zero, as in torch. */
export function lossAt(measured, v) {
  return errorAt(measured, v) + measured.beta * (v - Math.log(v) - 1);
}

/** The slope of that by the variance; NaN where there is no loss. */
export function slopeAt({ variances, error, beta }, v) {
  return v > 0 ? slopeIn(variances, error, placeOf(variances, v)) + beta * (1 - 1 / v) : NaN;
}

/** One step of plain gradient descent on the variance itself. */
export const stepOnVariance = (measured, v, rate) => v - rate * slopeAt(measured, v);

/** The same on its logarithm, whose slope is variance times slope. */
export const stepOnLogarithm = (measured, l, rate) => l - rate * Math.exp(l) * slopeAt(measured, Math.exp(l));

/** The piece of the measured curve in which a variance lies; the last one beyond its end. */
function placeOf(variances, v) {
  let k = 0;
  while (k < variances.length - 2 && variances[k + 1] <= v) k++;
  return k;
}

const slopeIn = (xs, ys, k) => (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k]);
