// The formulas of the lecture's pages, as vae_core has them. No page is needed.

/** -x log g - (1 - x) log(1 - g), and half the square, in nats: one pixel of vae_core.losses. */
export const bce = (x, g) => (x ? -x * Math.log(g) : 0) - (x < 1 ? (1 - x) * Math.log(1 - g) : 0);
export const square = (x, g) => 0.5 * (x - g) ** 2;

/** The Bhattacharyya coefficient of two bubbles, as vae_core.analysis.posterior.overlap. */
export function overlap(mean, logvar, i, j) {
  let logs = 0;
  for (let k = 0; k < 2; k++) {
    const a = logvar[2 * i + k],
      b = logvar[2 * j + k],
      both = Math.exp(a) + Math.exp(b);
    logs += 0.5 * (Math.log(2 / both) + (a + b) / 2) - (mean[2 * i + k] - mean[2 * j + k]) ** 2 / (4 * both);
  }
  return Math.exp(logs);
}

/** So many uniform numbers, the same at every visit (mulberry32). */
export function grains(count) {
  let a = 7;
  return Float64Array.from({ length: count }, () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  });
}

/** Shapes that a bubble's number can have: its noise has mean 0 and std 1, and costs so much beside a Gaussian's. */
export const SHAPES = {
  gaussian: {
    title: "Gaussian",
    noise: "from N(0, 1), as the lecture has it",
    density: (u) => Math.exp((-u * u) / 2) / Math.sqrt(2 * Math.PI),
    entropy: 0.5 * Math.log(2 * Math.PI * Math.E), // of the noise, in nats
  },
  laplace: {
    title: "Laplace",
    noise: "pointed in the middle, with long tails",
    density: (u) => Math.exp(-Math.SQRT2 * Math.abs(u)) / Math.SQRT2,
    entropy: 1 + 0.5 * Math.log(2),
  },
  uniform: {
    title: "Uniform",
    noise: "anything between −1.73 and 1.73, all alike",
    density: (u) => (Math.abs(u) <= Math.sqrt(3) ? 1 / Math.sqrt(12) : 0),
    entropy: 0.5 * Math.log(12),
  },
};

/** KL(shape with this mean and std || N(0, 1)) in nats: how N(0, 1) would be surprised, less its own entropy. */
export const klOfShape = (shape, mean, std) =>
  0.5 * (Math.log(2 * Math.PI) + mean * mean + std * std) - SHAPES[shape].entropy - Math.log(std);
