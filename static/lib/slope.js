// The slope of the reconstruction term at a code: a decoder's layers once forward and once back, as autograd does it.
// By the chain rule from the pixels to the code alone: the weights stay as they are. No page is needed.
import { halves } from "./codec.js";

/** @typedef {Float32Array | ArrayLike<number>} Numbers */
/**
 * @typedef {{forward: (x: any) => any, back: (slope: Float32Array) => Float32Array}} Layer
 *   both give the same array at every call; ``back`` takes the slope at what ``forward`` gave last
 */
/** @typedef {{error: number, slope: Float32Array, logits: Float32Array}} Found */

/** The terms whose slope is known (vae_core/losses.py): of logits and a picture, nats, and the slope into ``out``. */
export const TERMS = {
  bce(logits, x, out) {
    let sum = 0;
    for (let i = 0; i < out.length; i++) {
      const l = logits[i],
        e = Math.exp(-Math.abs(l));
      sum += Math.max(l, 0) - x[i] * l + Math.log1p(e);
      out[i] = (l >= 0 ? 1 : e) / (1 + e) - x[i];
    }
    return sum;
  },
  mse(logits, x, out) {
    let sum = 0;
    for (let i = 0; i < out.length; i++) {
      const copy = 1 / (1 + Math.exp(-logits[i])),
        off = copy - x[i];
      sum += 0.5 * off * off;
      out[i] = off * copy * (1 - copy);
    }
    return sum;
  },
};

/**
 * @param {import("./decoder.js").Source} source
 * @param {keyof typeof TERMS} term
 * @returns {{at: (z: Numbers, x: Numbers) => Found, error: (z: Numbers, x: Numbers) => number}}
 *   at: the term for a picture x (in [0, 1], channel by channel) decoded from z, and its slope by z (the same array at
 *   every call); error: without the slope, in half the time
 */
export function slopeOf({ layers, weights, latent_dim }, term) {
  let sizes = [latent_dim];
  const chain = layers.map((layer, place) => {
    const own = Object.fromEntries(
      ["weight", "bias"].map((name) => [name, numbers(weights[`${place}.${name}`])]).filter(([, found]) => found),
    );
    const off = layers[place - 1]?.type === "relu"; // what is off there has no slope: it need not be worked out
    const [made, after] = LAYERS[layer.type](layer, own, sizes, off);
    sizes = after;
    return /** @type {Layer} */ (made);
  });
  const atLogits = new Float32Array(sizes.reduce((a, b) => a * b, 1));
  const logitsOf = (z) => chain.reduce((values, layer) => layer.forward(values), z);
  return {
    at(z, x) {
      const logits = logitsOf(z),
        error = TERMS[term](logits, x, atLogits);
      return { error, logits, slope: chain.reduceRight((slope, layer) => layer.back(slope), atLogits) };
    },
    error: (z, x) => TERMS[term](logitsOf(z), x, atLogits),
  };
}

const numbers = (weight) => (typeof weight === "string" ? halves(weight) : weight);

/** Each kind of layer: from its settings, weights and the sizes of its input, a layer and the sizes of its output. */
const LAYERS = {
  linear({ inputs, outputs }, { weight, bias }, _, off) {
    const turned = new Float32Array(inputs * outputs); // as in decoder.js: an input that is off costs nothing
    for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) turned[i * outputs + o] = weight[o * inputs + i];
    const out = new Float32Array(outputs),
      slope = new Float32Array(inputs);
    let before;
    const forward = (x) => {
      before = x;
      out.set(bias);
      for (let i = 0; i < inputs; i++) {
        const a = x[i];
        if (a !== 0) for (let o = 0, row = i * outputs; o < outputs; o++) out[o] += a * turned[row + o];
      }
      return out;
    };
    const back = (above) => {
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        if (!off || before[i] !== 0)
          for (let o = 0, row = i * outputs; o < outputs; o++) sum += above[o] * turned[row + o];
        slope[i] = sum;
      }
      return slope;
    };
    return [{ forward, back }, [outputs]];
  },
  relu(_, __, sizes) {
    let kept;
    const forward = (x) => {
      for (let i = 0; i < x.length; i++) if (x[i] < 0) x[i] = 0;
      return (kept = x);
    };
    const back = (above) => {
      for (let i = 0; i < above.length; i++) if (kept[i] === 0) above[i] = 0;
      return above;
    };
    return [{ forward, back }, sizes];
  },
  reshape({ shape }) {
    return [{ forward: (x) => x, back: (slope) => slope }, shape];
  },
  convolution(layer, own, [inputs, h, w]) {
    const { outputs, kernel, stride, padding } = layer,
      [high, wide] = [h, w].map((s) => Math.floor((s + 2 * padding - kernel) / stride) + 1),
      coarse = { maps: outputs, high, wide, values: new Float32Array(outputs * high * wide) },
      fine = { maps: inputs, high: h, wide: w, values: new Float32Array(inputs * h * w) };
    const forward = (x) => {
      own.bias.forEach((b, o) => coarse.values.fill(b, o * high * wide, (o + 1) * high * wide));
      gather(layer, own.weight, coarse, { ...fine, values: x });
      return coarse.values;
    };
    const back = (slope) => {
      fine.values.fill(0);
      spread(layer, own.weight, { ...coarse, values: slope }, fine);
      return fine.values;
    };
    return [{ forward, back }, [outputs, high, wide]];
  },
  transposed_convolution(layer, own, [inputs, h, w]) {
    const { outputs, kernel, stride, padding, output_padding: more } = layer,
      [high, wide] = [h, w].map((s, k) => (s - 1) * stride - 2 * padding + kernel + more[k]),
      coarse = { maps: inputs, high: h, wide: w, values: new Float32Array(inputs * h * w) },
      fine = { maps: outputs, high, wide, values: new Float32Array(outputs * high * wide) };
    const forward = (x) => {
      own.bias.forEach((b, o) => fine.values.fill(b, o * high * wide, (o + 1) * high * wide));
      spread(layer, own.weight, { ...coarse, values: x }, fine);
      return fine.values;
    };
    const back = (slope) => {
      coarse.values.fill(0);
      gather(layer, own.weight, coarse, { ...fine, values: slope });
      return coarse.values;
    };
    return [{ forward, back }, [outputs, high, wide]];
  },
};

/**
 * A convolution takes each of the coarse numbers from a square of the fine ones; a transposed one gives each to a
 * square of them; going back, each does what the other does forward. Weights are [coarse map][fine map][row][column].
 *
 * @typedef {{maps: number, high: number, wide: number, values: Float32Array}} Maps
 */

/** Add to each coarse number its weighted square of fine ones. @param layer @param {Maps} coarse @param {Maps} fine */
function gather(layer, weight, coarse, fine) {
  pairs(layer, coarse, fine, (w, c, f, count, step) => {
    const by = weight[w];
    for (let k = 0; k < count; k++) coarse.values[c + k] += by * fine.values[f + k * step];
  });
}

/** Add each coarse number, weighted, to its fine ones. @param layer @param {Maps} coarse @param {Maps} fine */
function spread(layer, weight, coarse, fine) {
  pairs(layer, coarse, fine, (w, c, f, count, step) => {
    const by = weight[w];
    for (let k = 0; k < count; k++) fine.values[f + k * step] += by * coarse.values[c + k];
  });
}

/** Call f(weight, first coarse place, first fine place, how many, fine step) for each row that a weight joins. */
function pairs({ kernel, stride, padding }, coarse, fine, f) {
  for (let w = 0; w < coarse.maps * fine.maps * kernel * kernel; w++) {
    const b = w % kernel,
      a = Math.floor(w / kernel) % kernel,
      square = Math.floor(w / kernel / kernel),
      from = square % fine.maps,
      to = Math.floor(square / fine.maps),
      first = Math.max(0, Math.ceil((padding - b) / stride)),
      last = Math.min(coarse.wide - 1, Math.floor((fine.wide - 1 + padding - b) / stride));
    for (let y = 0; y < coarse.high; y++) {
      const row = y * stride - padding + a;
      if (row < 0 || row >= fine.high || last < first) continue;
      const start = (from * fine.high + row) * fine.wide + first * stride - padding + b;
      f(w, (to * coarse.high + y) * coarse.wide + first, start, last - first + 1, stride);
    }
  }
}
