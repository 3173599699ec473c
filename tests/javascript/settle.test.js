import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { decoder } from "../../static/lib/decoder.js";
import { Settling, STEPS, codeOf, gapOf, klOf, movedBy, rollsOf, slopesAt } from "../../static/lib/settle.js";
import { slopeOf, TERMS } from "../../static/lib/slope.js";
import { Scene } from "../../static/components/settling.js";

/** Numbers in (0, 1), the same at every run. */
function grains(seed) {
  let a = seed;
  return () => {
    a = (a * 16807) % 2147483647;
    return a / 2147483647;
  };
}
const random = (seed, count, size = 1) => {
  const roll = grains(seed);
  return Float32Array.from({ length: count }, () => (2 * roll() - 1) * size);
};
const LINEAR = {
  latent_dim: 3,
  size: { channels: 1, height: 2, width: 3 },
  layers: [{ type: "linear", inputs: 3, outputs: 7 }, { type: "relu" }, { type: "linear", inputs: 7, outputs: 6 }],
  weights: {
    "0.weight": random(1, 21),
    "0.bias": random(2, 7),
    "2.weight": random(3, 42),
    "2.bias": random(4, 6),
  },
};
const CONVOLVED = {
  latent_dim: 3,
  size: { channels: 2, height: 4, width: 5 },
  layers: [
    { type: "linear", inputs: 3, outputs: 12 },
    { type: "relu" },
    { type: "reshape", shape: [2, 2, 3] },
    { type: "transposed_convolution", outputs: 3, kernel: 3, stride: 2, padding: 1, output_padding: [1, 0] },
    { type: "relu" },
    { type: "convolution", outputs: 2, kernel: 3, stride: 1, padding: 1 },
  ],
  weights: {
    "0.weight": random(5, 36),
    "0.bias": random(6, 12),
    "3.weight": random(7, 2 * 3 * 9),
    "3.bias": random(8, 3),
    "5.weight": random(9, 2 * 3 * 9),
    "5.bias": random(10, 2),
  },
};
const PICTURES = { LINEAR, CONVOLVED };

for (const [name, source] of Object.entries(PICTURES))
  for (const term of /** @type {("bce" | "mse")[]} */ (Object.keys(TERMS)))
    test(`${name}, ${term}: the decoder draws the same, and the slope is that of finite differences`, () => {
      const known = slopeOf(source, term),
        pixels = Object.values(source.size).reduce((a, b) => a * b, 1),
        x = random(20, pixels).map((v) => (v + 1) / 2),
        z = Float64Array.from(random(21, 3, 1.5)),
        { error, slope, logits } = known.at(z, x),
        found = [...slope];
      const drawn = decoder(source)(z);
      logits.forEach((l, i) => assert.ok(Math.abs(1 / (1 + Math.exp(-l)) - drawn[i]) < 1e-6));
      assert.equal(known.error(z, x), error);
      for (let d = 0; d < 3; d++) {
        const by = 1e-2,
          at = (step) =>
            known.error(
              Float64Array.from(z, (v, k) => (k === d ? v + step : v)),
              x,
            );
        const wanted = (at(by) - at(-by)) / (2 * by);
        assert.ok(Math.abs(found[d] - wanted) < 2e-3 * (1 + Math.abs(wanted)), `${d}: ${found[d]} is not ${wanted}`);
      }
    });

test("a perfect copy of black and white costs nothing, and grey costs its floor", () => {
  const slope = new Float32Array(2);
  assert.ok(TERMS.bce([60, -60], [1, 0], slope) < 1e-9);
  assert.ok(Math.abs(TERMS.bce([0, 0], [0.5, 0.5], slope) - 2 * Math.log(2)) < 1e-9);
  assert.deepEqual([...slope], [0, 0]);
});

const START = { mean: Float64Array.of(0.4, -1, 0.2), logvar: Float64Array.of(-1, -2, -0.5) };

test("the slope by mean and log variance is that of the averaged loss under the same rolls", () => {
  const term = slopeOf(LINEAR, "bce"),
    x = random(30, 6).map((v) => (v + 1) / 2),
    rolls = rollsOf(8, 3, grains(31)),
    beta = 0.7,
    loss = (bubble) =>
      rolls.reduce((sum, roll) => sum + term.error(codeOf(bubble, roll), x), 0) / rolls.length + beta * klOf(bubble);
  const found = slopesAt(term, x, START, beta, rolls);
  for (const name of /** @type {("mean" | "logvar")[]} */ (["mean", "logvar"]))
    for (let d = 0; d < 3; d++) {
      const moved = (step) => ({ ...START, [name]: START[name].map((v, k) => (k === d ? v + step : v)) }),
        wanted = (loss(moved(1e-3)) - loss(moved(-1e-3))) / 2e-3;
      assert.ok(Math.abs(found[name][d] - wanted) < 5e-3, `${name} ${d}: ${found[name][d]} is not ${wanted}`);
    }
});

test("a bubble that settles costs less, and one that has settled stays", () => {
  const term = slopeOf(LINEAR, "bce"),
    x = random(40, 6).map((v) => (v + 1) / 2),
    rolls = rollsOf(400, 3, grains(41)),
    costs = (bubble) => rolls.map((roll) => term.error(codeOf(bubble, roll), x));
  const settle = (start, seed) => {
    const own = new Settling(term, x, start, 1, grains(seed));
    while (!own.done) own.step();
    assert.equal(own.steps, STEPS);
    const { gap, error } = gapOf(costs(start), costs(own.at), klOf(start) - klOf(own.at));
    return { gap, error, at: own.at };
  };
  const first = settle({ mean: START.mean, logvar: START.logvar }, 42);
  assert.ok(first.gap > 10 * first.error && first.gap > 0.1, `${first.gap} ± ${first.error}`);
  const again = settle(first.at, 43);
  assert.ok(Math.abs(again.gap) < 0.02, `${again.gap}`);
  assert.ok(movedBy(first.at, again.at) < 0.1);
});

test("without a picture to copy, a bubble becomes that of the dice", () => {
  const flat = {
    at: (z) => ({ error: 0, slope: new Float32Array(z.length), logits: new Float32Array(0) }),
    error: () => 0,
  };
  const own = new Settling(flat, [], { mean: [0.3, -0.2], logvar: [-0.4, 0.3] }, 1, grains(50));
  while (!own.done) own.step();
  for (const v of [...own.at.mean, ...own.at.logvar]) assert.ok(Math.abs(v) < 0.02, `${v}`);
});

test("the gap's uncertainty is that of pairs of opposite rolls", () => {
  const { gap, error } = gapOf([3, 5, 4, 6], [1, 1, 2, 2], 0.5); // pairs: 2 and 4
  assert.equal(gap, 3.5);
  assert.ok(Math.abs(error - 1) < 1e-12);
});

test("what is stopped goes no further, though the work before it was over at once and led to it", async () => {
  const bubble = Object.create(Scene.prototype);
  let steps = 0;
  function* endless() {
    for (;;) yield () => steps++;
  }
  bubble.work([1], Number, () => bubble.work(endless(), (step) => step(), assert.fail));
  bubble.stopWork();
  const before = steps;
  assert.ok(before > 0);
  await new Promise((later) => setTimeout(later, 30)); // as long as several pieces of it
  assert.equal(steps, before);
});
