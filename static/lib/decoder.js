// The decoder d -> h -> 784 in the browser, from the run's own weights: the same numbers as vae_core, without a request.
import { halves } from "./codec.js";

export function decoder({ w1, b1, w2, b2, latent_dim: d, hidden_dim: h }) {
  const [W1, B1, W2, B2] = [w1, b1, w2, b2].map(halves);
  const T2 = new Float32Array(h * 784); // transposed, so that a hidden unit that is off costs nothing
  for (let o = 0; o < 784; o++) for (let k = 0; k < h; k++) T2[k * 784 + o] = W2[o * h + k];
  const image = new Float32Array(784);
  /** z, d numbers, to 784 values in [0, 1]. The array is reused. */
  return (z) => {
    image.set(B2);
    for (let k = 0; k < h; k++) {
      let a = B1[k];
      for (let i = 0; i < d; i++) a += W1[k * d + i] * z[i];
      if (a <= 0) continue; // ReLU
      for (let o = 0, row = k * 784; o < 784; o++) image[o] += a * T2[row + o];
    }
    for (let o = 0; o < 784; o++) image[o] = 1 / (1 + Math.exp(-image[o]));
    return image;
  };
}
