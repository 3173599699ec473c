import assert from "node:assert/strict";
import { test } from "node:test";
import { Sample } from "../../static/start/sample.js";

const example = { name: "3", mean: [1, -1], std: [0.5, 2] };

test("z flies to mean + noise × std, and then stays there", () => {
  const sample = new Sample(example);
  sample.choose(example);
  sample.roll();
  assert.deepEqual(sample.target, [1 + 0.5 * sample.noise[0], -1 + 2 * sample.noise[1]]);
  assert.deepEqual([sample.move(sample.rolledAt), sample.z], [true, [1, -1]]); // from the mean
  assert.ok(sample.move(sample.rolledAt + 1000));
  assert.deepEqual(sample.z, sample.target);
  assert.equal(sample.move(sample.rolledAt + 1001), false);
});

test("where the visitor holds z, the noise is what would have led there", () => {
  const sample = new Sample(example);
  sample.hold([2, 3]);
  assert.deepEqual([sample.held, sample.noise, sample.target], [true, [2, 2], [2, 3]]);
  sample.roll();
  assert.deepEqual([sample.held, sample.rolls.length], [false, 1]);
});
