// A run's decoder in the browser, from its layers and weights (vae_core/architecture.py): the numbers that torch has,
// without a request. A layer is a function from numbers to numbers; what it gives is the same array at every call.
import { halvesOf, inflated } from "./codec.js";

/** @typedef {Float32Array | ArrayLike<number>} Numbers */
/** @typedef {(input: Numbers) => Float32Array} Step */

/** @typedef {import("./canvas.js").Size} Size */
/** @typedef {Record<string, Float32Array>} Weights */
/**
 * Layers as in vae_core/architecture.py, and the weights of each by its place.
 *
 * @typedef {{layers: any[], weights: Weights, size: Size, latent_dim: number, far?: number}} Source
 */
/** @typedef {((z: Numbers) => Float32Array) & {size: Size, far: number}} Decode */

/**
 * @param {Source} source
 * @returns {Decode} z, d numbers, to the pixels in [0, 1], channel by channel; far: of a number of z, beyond which it
 *   is not the model's
 */
export function decoder({ layers, weights, size, latent_dim, far = Infinity }) {
  let sizes = [latent_dim];
  const steps = layers.map((layer, place) => {
    const own = Object.fromEntries(
      ["weight", "bias"].filter((n) => weights[`${place}.${n}`]).map((n) => [n, weights[`${place}.${n}`]]),
    );
    const [step, after] = LAYERS[layer.type](layer, own, sizes);
    sizes = after;
    return step;
  });
  const image = new Float32Array(sizes.reduce((a, b) => a * b, 1));
  const decode = (z) => {
    let values = z;
    for (const step of steps) values = step(values);
    for (let i = 0; i < image.length; i++) image[i] = 1 / (1 + Math.exp(-values[i]));
    return image;
  };
  return Object.assign(decode, { size, far });
}

/**
 * A decoder as ``packed_decoder`` of ui/components/browser_decoder.py sends it: of each weight all high bytes, then all
 * low ones.
 *
 * @param {any} head
 * @param {Uint8Array<ArrayBuffer>} small
 * @returns {Promise<Source>}
 */
export async function unpacked({ layers, size, latent_dim, weights, far = Infinity }, small) {
  const raw = await inflated(small),
    found = /** @type {Record<string, Float32Array>} */ ({});
  let at = 0;
  for (const [name, count] of weights) {
    const bits = new Uint16Array(count);
    for (let i = 0; i < count; i++) bits[i] = (raw[at + i] << 8) | raw[at + count + i];
    found[name] = halvesOf(bits);
    at += 2 * count;
  }
  return { layers, size, latent_dim, weights: found, far };
}

/** Each kind of layer: from its settings, weights and the sizes of its input, a step and the sizes of its output. */
const LAYERS = {
  linear({ inputs, outputs }, { weight, bias }) {
    const turned = new Float32Array(inputs * outputs); // so that an input that is off (ReLU) costs nothing
    for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) turned[i * outputs + o] = weight[o * inputs + i];
    const out = new Float32Array(outputs);
    const step = (x) => {
      out.set(bias);
      for (let i = 0; i < inputs; i++) {
        const a = x[i];
        if (a !== 0) for (let o = 0, row = i * outputs; o < outputs; o++) out[o] += a * turned[row + o];
      }
      return out;
    };
    return [step, [outputs]];
  },
  relu(_, __, sizes) {
    const step = (x) => {
      for (let i = 0; i < x.length; i++) if (x[i] < 0) x[i] = 0;
      return x;
    };
    return [step, sizes];
  },
  reshape({ shape }) {
    return [(x) => x, shape];
  },
  convolution({ outputs, kernel, stride, padding }, own, [inputs, h, w]) {
    const [high, wide] = [h, w].map((s) => Math.floor((s + 2 * padding - kernel) / stride) + 1);
    const out = new Float32Array(outputs * high * wide);
    const step = (x) => {
      for (let o = 0; o < outputs; o++)
        for (let y = 0; y < high; y++)
          for (let u = 0; u < wide; u++) {
            let sum = own.bias[o];
            for (let i = 0; i < inputs; i++)
              for (let a = Math.max(0, padding - y * stride); a < kernel && y * stride - padding + a < h; a++)
                for (let b = Math.max(0, padding - u * stride); b < kernel && u * stride - padding + b < w; b++)
                  sum +=
                    own.weight[((o * inputs + i) * kernel + a) * kernel + b] *
                    x[(i * h + y * stride - padding + a) * w + u * stride - padding + b];
            out[(o * high + y) * wide + u] = sum;
          }
      return out;
    };
    return [step, [outputs, high, wide]];
  },
  transposed_convolution({ outputs, kernel, stride, padding, output_padding: more }, own, [inputs, h, w]) {
    const [high, wide] = [h, w].map((s, k) => (s - 1) * stride - 2 * padding + kernel + more[k]);
    const out = new Float32Array(outputs * high * wide);
    const step = (x) => {
      for (let o = 0; o < outputs; o++) out.fill(own.bias[o], o * high * wide, (o + 1) * high * wide);
      for (let i = 0; i < inputs; i++)
        for (let y = 0; y < h; y++)
          for (let u = 0; u < w; u++) {
            const value = x[(i * h + y) * w + u];
            if (value === 0) continue;
            for (let o = 0; o < outputs; o++)
              for (let a = 0; a < kernel; a++) {
                const row = y * stride - padding + a;
                if (row < 0 || row >= high) continue;
                for (let b = 0; b < kernel; b++) {
                  const column = u * stride - padding + b;
                  if (column >= 0 && column < wide)
                    out[(o * high + row) * wide + column] +=
                      value * own.weight[((i * outputs + o) * kernel + a) * kernel + b];
                }
              }
          }
      return out;
    };
    return [step, [outputs, high, wide]];
  },
};
