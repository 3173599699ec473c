import assert from "node:assert/strict";
import { test } from "node:test";
import { columns, heights } from "../../static/lib/columns.js";
import { bce, grains, overlap, square } from "../../static/lib/formulas.js";
import { decoder } from "../../static/lib/decoder.js";

const near = (a, b, room = 1e-9) => assert.ok(Math.abs(a - b) <= room, `${a} is not ${b}`);
const base64 = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");

test("the losses of one pixel", () => {
  near(bce(1, 0.5), Math.LN2);
  near(bce(0, 0.25), -Math.log(0.75));
  near(bce(0.5, 0.5), Math.LN2);
  assert.ok(bce(1, 1) === 0 && bce(0, 0) === 0); // no 0 × log 0
  near(square(1, 0.4), 0.18);
});

test("the overlap of two bubbles: Bhattacharyya's coefficient", () => {
  near(overlap([1, 2, 1, 2], [0.3, -1, 0.3, -1], 0, 1), 1);
  near(overlap([0, 0, 2, 0], [0, 0, 0, 0], 0, 1), Math.exp(-0.5)); // exp(-d² / 8) for unit bubbles
  const uneven = overlap([0, 0, 0, 0], [0, 0, Math.log(4), 0], 0, 1);
  near(uneven, Math.sqrt((2 * 1 * 2) / (1 + 4))); // sqrt(2 s t / (s² + t²))
});

test("the grains are the same at every visit, and even", () => {
  const all = grains(784);
  assert.deepEqual(all, grains(784));
  assert.equal(all.length, 784);
  assert.ok(all.every((v) => v >= 0 && v < 1));
  near(all.reduce((sum, v) => sum + v, 0) / 784, 0.5, 0.03);
});

test("the decoder: d -> h -> 784 with ReLU and sigmoid", () => {
  const h = 3,
    d = 2,
    ones = (n, f) => Float32Array.from({ length: n }, (_, k) => f(k));
  const [one, two, minus, none] = [1, 2, -1, 0];
  const decode = decoder({
    latent_dim: d,
    size: { channels: 1, height: 28, width: 28 },
    layers: [{ type: "linear", inputs: d, outputs: h }, { type: "relu" }, { type: "linear", inputs: h, outputs: 784 }],
    weights: {
      "0.weight": ones(h * d, (k) => [one, none, none, two, minus, minus][k]), // z1, 2 z2, -z1 - z2
      "0.bias": ones(h, (k) => [none, minus, none][k]),
      "2.weight": ones(784 * h, (k) => (k < h ? [one, one, two][k] : none)), // pixel 0 adds them up, the others hear nothing
      "2.bias": ones(784, (k) => (k === 1 ? two : none)),
    },
  });
  assert.deepEqual(decode.size, { channels: 1, height: 28, width: 28 });
  const sigmoid = (v) => 1 / (1 + Math.exp(-v));
  const image = decode([0.5, 2]);
  near(image[0], sigmoid(0.5 + 3), 1e-6);
  near(image[1], sigmoid(2), 1e-6);
  near(image[783], 0.5, 1e-6);
  near(decode([-1, -1])[0], sigmoid(4), 1e-6); // both others are off
});

test("columns of 16 bits, the total of a VAE, and columns of 32 bits", () => {
  const raw = Uint16Array.of(0, 65535, 0, 65535, 0, 65535);
  const table = { n: 2, u2: base64(raw), low: [0, 100, 1], high: [3, 200, 5] };
  const vae = { panels: ["a", "b", "c"], beta: 4 };
  assert.deepEqual(columns(table, vae), [
    [0, 3],
    [100, 200],
    [1, 5],
    [104, 220],
  ]);
  const exact = { n: 2, u2: "", f4: base64(Float32Array.of(0, 1, 7, 8)) };
  assert.deepEqual(columns(exact, { panels: ["a"], beta: 1 }), [
    [0, 1],
    [7, 8],
  ]);
  assert.deepEqual(columns({ n: 0 }, vae), [[], [], [], []]);
  assert.deepEqual(columns({ n: 0 }, { panels: [], beta: 1 }), [[], [], []]);
});

test("heights: the untrained net's error may leave the top, once there is more to see", () => {
  const xs = Array.from({ length: 40 }, (_, k) => k / 10),
    ys = xs.map((x) => (x < 0.15 ? 540 : 110 - x));
  const late = heights([xs, ys, xs.map(() => null)], [0, 4]);
  assert.ok(late.max < 200 && late.min < 107 && late.min > 90);
  const early = heights([xs.slice(0, 12), ys.slice(0, 12), []], [0, 1.1]);
  assert.ok(early.max > 540);
  assert.deepEqual(heights([[], [], []], [0, 1]), { min: 0, max: 1 });
  assert.ok(heights([[0, 1], [3, 3], []], [0, 1]).max > 3); // a flat line has room, too
});
