// The bubbles of several models laid onto each other, and what stands between two of them. No page is needed.
//
// A bubble here is its mean and a root of its covariance, [p, q, r]: the matrix [[p, q], [q, r]] turns the unit circle
// into the ellipse of one standard deviation. A model's own axes are turned (a, b, c, d of lib/geometry.js); so are its
// ellipses, which lie along its own axes, and its gradients.

/** A vector after a turn, and turned back. @param {number[]} turn @param {number[]} vector */
export const turnOf = ([a, b, c, d], [x, y]) => [a * x + b * y, c * x + d * y];
/** @param {number[]} turn @param {number[]} vector */
export const turnBack = ([a, b, c, d], [x, y]) => [a * x + c * y, b * x + d * y];

/**
 * The root of the covariance of a bubble along the model's own axes, after a turn.
 *
 * @param {number[]} turn
 * @param {number[]} std
 */
export function rootOf([a, b, c, d], [s, t]) {
  return [a * a * s + b * b * t, a * c * s + b * d * t, c * c * s + d * d * t];
}

/** Half axes of a bubble's ellipse, the longer first, and the angle of the longer. @param {number[]} root */
export function ellipseOf([p, q, r]) {
  const middle = (p + r) / 2,
    half = Math.hypot((p - r) / 2, q);
  return { axes: [middle + half, Math.max(middle - half, 0)], angle: Math.atan2(2 * q, p - r) / 2 };
}

/** The covariance of such a root: [xx, xy, yy]. @param {number[]} root */
const covariance = ([p, q, r]) => [p * p + q * q, q * (p + r), q * q + r * r];

/** @param {number[]} covariance */
const determinant = ([xx, xy, yy]) => xx * yy - xy * xy;

/** What a covariance's inverse makes of a vector. @param {number[]} covariance @param {number[]} vector */
function solve([xx, xy, yy], [x, y]) {
  const whole = xx * yy - xy * xy;
  return [(yy * x - xy * y) / whole, (xx * y - xy * x) / whole];
}

/**
 * How much two bubbles cover each other: Bhattacharyya's coefficient of two Gaussians of any direction.
 *
 * @param {{mean: number[], root: number[]}} one
 * @param {{mean: number[], root: number[]}} other
 */
export function shareOf(one, other) {
  const [s, t] = [covariance(one.root), covariance(other.root)],
    both = s.map((v, k) => (v + t[k]) / 2),
    apart = [one.mean[0] - other.mean[0], one.mean[1] - other.mean[1]],
    [x, y] = solve(both, apart),
    far = (apart[0] * x + apart[1] * y) / 8;
  const logs = (Math.log(determinant(s)) + Math.log(determinant(t))) / 4 - Math.log(determinant(both)) / 2;
  return Math.exp(Math.min(logs, 0) - far);
}

/** Where the root of the product of two bubbles is largest: their means, weighted by how sure each is. */
export function between(one, other) {
  const [s, t] = [covariance(one.root), covariance(other.root)],
    apart = [other.mean[0] - one.mean[0], other.mean[1] - one.mean[1]],
    both = s.map((v, k) => v + t[k]),
    [x, y] = solve(both, apart);
  return [one.mean[0] + s[0] * x + s[1] * y, one.mean[1] + s[1] * x + s[2] * y];
}

/**
 * How many standard deviations a place lies from a bubble's mean.
 *
 * @param {{mean: number[], root: number[]}} bubble
 * @param {number[]} place
 */
export function depth({ mean, root }, [x, y]) {
  const [u, v] = solve(root, [x - mean[0], y - mean[1]]);
  return Math.hypot(u, v);
}

const mixed = (one, other, share) => one.map((v, k) => v + (other[k] - v) * share);

/**
 * @typedef {{mean: number[], root: number[], push: number[], pull: number[]}} Bubble where it stands, its size and both
 *   forces on its mean, all after the model's turn
 * @typedef {{beta: number, turn: number[], means: ArrayLike<number>, logvars: ArrayLike<number>,
 *   onMean: ArrayLike<number>}} Model what was measured, in its own axes
 */

/**
 * The bubbles of one model. Forces point down its measured gradients; the penalty's is beta × mean.
 *
 * @param {Model} model
 */
export function bubblesOf({ beta, turn, means, logvars, onMean }) {
  return Array.from({ length: means.length / 2 }, (_, i) => {
    const two = (values) => [values[2 * i], values[2 * i + 1]],
      mean = turnOf(turn, two(means)),
      std = two(logvars).map((v) => Math.exp(v / 2));
    const push = turnOf(
      turn,
      two(onMean).map((v) => -v),
    );
    return { mean, root: rootOf(turn, std), push, pull: mean.map((v) => -beta * v) };
  });
}

/**
 * The bubbles at a place between models: at a whole number those of a model, as measured; else each on its straight way
 * from one to the next, its root too, so that it stays an ellipse all the way.
 *
 * @param {Bubble[][]} models
 * @param {number} place from 0 to the last model
 * @returns {Bubble[]}
 */
export function glide(models, place) {
  const before = Math.min(Math.floor(place), models.length - 1),
    share = place - before;
  if (share === 0 || before === models.length - 1) return models[before];
  return models[before].map((one, i) => {
    const other = models[before + 1][i];
    return {
      mean: mixed(one.mean, other.mean, share),
      root: mixed(one.root, other.root, share),
      push: mixed(one.push, other.push, share),
      pull: mixed(one.pull, other.pull, share),
    };
  });
}

/** Pairs of bubbles of two classes with their overlap, the strongest first. None of one class: both draw the same. */
export function pairsOf(bubbles, labels, least = 0) {
  const found = [];
  for (let i = 0; i < bubbles.length; i++)
    for (let j = i + 1; j < bubbles.length; j++) {
      if (labels[i] === labels[j]) continue;
      const share = shareOf(bubbles[i], bubbles[j]);
      if (share > least) found.push({ pair: [i, j], share });
    }
  return found.sort((a, b) => b.share - a.share);
}

/**
 * The two bubbles that are meant by a place: of those that it lies in, the two of different classes that overlap most;
 * else the one that it lies deepest in and that one's strongest overlap. Null if it is in none.
 *
 * @param {Bubble[]} bubbles
 * @param {ArrayLike<number>} labels
 * @param {number[]} place
 * @param {number} slack how far outside still counts, as a finger is wide
 * @returns {number[] | null}
 */
export function pickedAt(bubbles, labels, place, slack) {
  const near = ({ mean }) => Math.hypot(mean[0] - place[0], mean[1] - place[1]) < slack;
  const around = [...bubbles.keys()].filter((i) => depth(bubbles[i], place) < 2);
  if (!around.length) around.push(...[...bubbles.keys()].filter((i) => near(bubbles[i])));
  if (!around.length) return null;
  const [best] = pairsOf(
    around.map((i) => bubbles[i]),
    around.map((i) => labels[i]),
    -1,
  );
  if (best) return best.pair.map((k) => around[k]);
  const deepest = around.reduce((a, b) => (depth(bubbles[b], place) < depth(bubbles[a], place) ? b : a));
  return [deepest, partnerOf(bubbles, labels, deepest)];
}

/** The bubble of another class that overlaps most with this one. Where none does: the nearest. */
export function partnerOf(bubbles, labels, i) {
  const far = (j) => Math.hypot(bubbles[j].mean[0] - bubbles[i].mean[0], bubbles[j].mean[1] - bubbles[i].mean[1]);
  const rank = (j) => [shareOf(bubbles[i], bubbles[j]), -far(j)];
  let best = -1;
  for (let j = 0; j < bubbles.length; j++) {
    if (labels[j] === labels[i]) continue;
    if (best < 0) best = j;
    const [one, other] = [rank(j), rank(best)];
    if (one[0] > other[0] || (one[0] === other[0] && one[1] > other[1])) best = j;
  }
  return best;
}
