// The curves of a long training: which heights they show, and where their names stand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { heights, spaced } from "../../static/understand/longer.js";

const line = (xs, ys, spread = xs.map(() => 0)) => ({ name: "", colour: "z", dashed: false, xs, ys, spread });

test("the first two epochs of a loss do not flatten all the others, and bands fit in", () => {
  const [low, high] = heights([line([1, 2, 3, 4], [190, 130, 120, 110])]);
  assert.ok(low < 110 && low > 100 && high > 120 && high < 130);
  const [least, most] = heights([line([1, 3], [5, 6], [0.5, 1])]);
  assert.ok(least < 4.5 && most > 7);
});

test("names keep their distance and their order", () => {
  assert.deepEqual(spaced([50, 20, 90], 13), [50, 20, 90]);
  const [a, b, c] = spaced([50, 52, 51], 13);
  assert.ok(a < c && c < b && c - a >= 13 && b - c >= 13);
});
