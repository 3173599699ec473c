import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./page.js";

visit("/loss");
const { least, pureOf, splitBar } = await import("../../static/understand/ink.js");
const { bce } = await import("../../static/lib/formulas.js");

test("the least that a pixel costs is what a guess of itself costs, and no other guess costs less", () => {
  for (const x of [0.01, 0.2, 0.5, 0.77, 0.99]) {
    assert.ok(Math.abs(least(x) - bce(x, x)) < 1e-12);
    for (const guess of [x - 0.005, x + 0.005]) assert.ok(bce(x, guess) > least(x));
  }
  assert.ok(Math.abs(least(0.5) - Math.LN2) < 1e-12); // 0.69, as the page says
  assert.deepEqual([0, 1].map(least), [0, 0]);
});

test("pure pictures are black or white alone, split in the middle", () => {
  assert.deepEqual([...pureOf([0, 1, 127, 128, 254, 255])], [0, 0, 0, 255, 255, 255]);
});

test("a bar in two parts is as long as both together, and never longer than it can be", () => {
  const widths = (...of) => [...splitBar(...of).matchAll(/width:([\d.]+)%/g)].map((found) => +found[1]);
  assert.deepEqual(widths(46, 38, 168), [27.38, 22.62]);
  assert.deepEqual(widths(0, 50, 100), [0, 50]);
  assert.deepEqual(widths(0, 500, 100), [0, 100]);
});
