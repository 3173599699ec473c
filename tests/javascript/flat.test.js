import assert from "node:assert/strict";
import { test } from "node:test";
import { summed } from "../../static/lib/flat.js";

test("a copy is the mean and so much of each fixed picture, and is never darker than black or lighter than white", () => {
  const basis = [0.5, 0.25, 1, 0, 0.5, -2]; // mean, then two pictures of two pixels
  assert.deepEqual([...summed(basis, [0.25, 0.5], 0, new Float32Array(2))], [0.5, 0.25]);
  assert.deepEqual([...summed(basis, [0.25, 0.5], 1, new Float32Array(2))], [0.75, 0.25]);
  assert.deepEqual([...summed(basis, [0.25, 0.5], 2, new Float32Array(2))], [1, 0]);
});
