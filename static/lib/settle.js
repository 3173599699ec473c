// One picture's bubble chooses for itself: its mean and log variance go down the slope of the loss, the decoder stays.
// The same as vae_core/analysis/settling.py. No page is needed.
import { gauss } from "./numbers.js";

export const STEPS = 180;
const DRAWS = 10; // rolls of the noise in a step, in pairs: each with its opposite
const OF_MEAN = 0.2; // Adam's rate at first, in the encoder's std
const OF_LOGVAR = 0.1; // the same
const FINAL = 0.05; // share of it at the last step
const AVERAGED = 40; // steps at the end whose bubbles are averaged: each alone still trembles with its noise
const [KEEP, KEEP_SQUARE, TINY] = [0.9, 0.999, 1e-8]; // Adam's own

/** @typedef {{mean: Float64Array, logvar: Float64Array}} Bubble */

/** KL(N(mean, exp(logvar)) || N(0, 1)) in nats. @param {Bubble} bubble */
export const klOf = ({ mean, logvar }) =>
  mean.reduce((sum, m, d) => sum + (Math.exp(logvar[d]) - logvar[d] - 1 + m * m) / 2, 0);

/** So many rolls of d numbers, the second half the opposite of the first. */
export function rollsOf(count, d, random = Math.random) {
  const half = Array.from({ length: count / 2 }, () => Float64Array.from({ length: d }, () => gauss(random)));
  return [...half, ...half.map((roll) => roll.map((v) => -v))];
}

/** The code of a roll. @param {Bubble} bubble @param {ArrayLike<number>} roll */
export const codeOf = ({ mean, logvar }, roll) => mean.map((m, d) => m + roll[d] * Math.exp(logvar[d] / 2));

/** A descent on the loss of one picture. */
export class Settling {
  /** @type {ReturnType<typeof import("./slope.js").slopeOf>} */ term;
  /** @type {ArrayLike<number>} */ x;
  /** @type {number} */ beta;
  /** @type {() => number} */ random;
  steps = 0;

  /**
   * @param {ReturnType<typeof import("./slope.js").slopeOf>} term of the decoder
   * @param {ArrayLike<number>} x the picture, 0 to 1
   * @param {{mean: ArrayLike<number>, logvar: ArrayLike<number>}} start
   * @param {number} beta
   * @param {() => number} [random]
   */
  constructor(term, x, start, beta, random = Math.random) {
    Object.assign(this, { term, x, beta, random });
    this.bubble = copyOf(start);
    this.rates = {
      mean: this.bubble.logvar.map((v) => OF_MEAN * Math.exp(v / 2)),
      logvar: this.bubble.logvar.map(() => OF_LOGVAR),
    };
    this.d = start.mean.length;
    this.adams = [new Adam(this.d), new Adam(this.d)];
    this.sums = { mean: new Float64Array(this.d), logvar: new Float64Array(this.d) };
  }

  get done() {
    return this.steps >= STEPS;
  }

  /** Where it stands; at the end the average of the last steps. @returns {Bubble} */
  get at() {
    if (!this.done) return this.bubble;
    const average = (sum) => sum.map((v) => v / AVERAGED);
    return { mean: average(this.sums.mean), logvar: average(this.sums.logvar) };
  }

  step() {
    const { bubble, adams, sums, steps } = this,
      slopes = slopesAt(this.term, this.x, bubble, this.beta, rollsOf(DRAWS, this.d, this.random)),
      slower = FINAL ** (steps / (STEPS - 1));
    ["mean", "logvar"].forEach((name, k) => {
      adams[k].step(bubble[name], slopes[name], this.rates[name], slower);
      if (steps >= STEPS - AVERAGED) bubble[name].forEach((v, d) => (sums[name][d] += v));
    });
    this.steps++;
  }
}

/**
 * The slope of the loss by mean and logvar, averaged over rolls: through z = mean + roll * exp(logvar / 2), and that of
 * beta * KL.
 *
 * @param {ReturnType<typeof import("./slope.js").slopeOf>} term
 * @param {Bubble} bubble
 */
export function slopesAt(term, x, bubble, beta, rolls) {
  const mean = bubble.mean.map((m) => beta * m),
    logvar = bubble.logvar.map((v) => (beta * (Math.exp(v) - 1)) / 2),
    std = bubble.logvar.map((v) => Math.exp(v / 2));
  for (const roll of rolls) {
    const { slope } = term.at(codeOf(bubble, roll), x);
    for (let d = 0; d < mean.length; d++) {
      mean[d] += slope[d] / rolls.length;
      logvar[d] += (slope[d] * roll[d] * std[d]) / 2 / rolls.length;
    }
  }
  return { mean, logvar };
}

/** How far a mean has moved, in the std of where it was: root mean square over the numbers. */
export function movedBy(from, to) {
  const squares = from.mean.map((m, d) => (to.mean[d] - m) ** 2 / Math.exp(from.logvar[d]));
  return Math.sqrt(squares.reduce((sum, v) => sum + v, 0) / squares.length);
}

/**
 * What is known of a gap from the errors of both bubbles under the same rolls: its value and its standard error.
 *
 * @param {ArrayLike<number>} before errors, one a roll; the second half of the rolls is the opposite of the first
 * @param {ArrayLike<number>} after
 * @param {number} penalties by how much the first bubble's beta * KL is larger
 */
export function gapOf(before, after, penalties) {
  const half = before.length / 2,
    each = Array.from({ length: half }, (_, k) => (before[k] - after[k] + before[half + k] - after[half + k]) / 2),
    mean = each.reduce((sum, v) => sum + v, 0) / half,
    square = each.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (half - 1);
  return { gap: mean + penalties, error: Math.sqrt(square / half) };
}

/** @returns {Bubble} */
const copyOf = ({ mean, logvar }) => ({ mean: Float64Array.from(mean), logvar: Float64Array.from(logvar) });

/** Kingma & Ba 2015, as torch.optim.Adam. */
class Adam {
  steps = 0;

  constructor(count) {
    this.slopes = new Float64Array(count);
    this.squares = new Float64Array(count);
  }

  /** Each number by its own rate, times ``slower``. */
  step(values, slope, rates, slower) {
    this.steps++;
    for (let d = 0; d < values.length; d++) {
      this.slopes[d] = KEEP * this.slopes[d] + (1 - KEEP) * slope[d];
      this.squares[d] = KEEP_SQUARE * this.squares[d] + (1 - KEEP_SQUARE) * slope[d] ** 2;
      const average = this.slopes[d] / (1 - KEEP ** this.steps),
        spread = Math.sqrt(this.squares[d] / (1 - KEEP_SQUARE ** this.steps));
      values[d] -= (slower * rates[d] * average) / (spread + TINY);
    }
  }
}
