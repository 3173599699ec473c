import assert from "node:assert/strict";
import { test } from "node:test";
import { middles, overlap, placed } from "../../static/lib/labels.js";

const area = { left: 50, top: 10, width: 400, height: 300 };
const digit = (x, y) => ({ x, y, width: 20, height: 18 });

/** A cloud of dots, always the same. */
function cloud(count, x, y, spread) {
  let seed = 7;
  const dice = () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
  return Array.from({ length: count }, () => [x + spread * dice(), y + spread * dice()]);
}

test("a name stands in the middle of its dots if nothing is there", () => {
  assert.deepEqual(placed([digit(200, 100)], [], area), [[200, 100]]);
});

test("names cover no dot, no other name, nothing that was there, and stay inside", () => {
  const dots = [...cloud(2000, 200, 150, 160), ...cloud(500, 300, 120, 100)],
    names = [...Array(10).keys()].map((k) => digit(180 + 8 * k, 130 + 3 * k)),
    taken = [{ x: 120, y: 60, width: 60, height: 60 }],
    places = placed(names, dots, area, { radius: 3, taken });
  assert.ok(places.every(Boolean));
  const boxes = places.map(([x, y]) => ({ x, y, width: 20, height: 18 }));
  for (const [k, box] of boxes.entries()) {
    assert.ok(!dots.some(([x, y]) => overlap(box, { x, y, width: 6, height: 6 })));
    assert.ok(![...boxes.slice(k + 1), ...taken].some((other) => overlap(box, other)));
    assert.ok(box.x >= 60 && box.x <= 440 && box.y >= 19 && box.y <= 301);
  }
});

test("a name that finds no free place near its dots is left out", () => {
  const dots = cloud(4000, 200, 150, 200);
  assert.deepEqual(placed([digit(200, 150)], dots, area, { reach: 40 }), [null]);
  assert.deepEqual(placed([{ x: 200, y: 150, width: 500, height: 18 }], [], area), [null]);
});

test("the middle of a class does not follow a few dots far out", () => {
  const frame = Float32Array.of(0, 0, 1, 1, 2, 2, 3, 3, 500, -500, 9, 9);
  assert.deepEqual(middles([[0, 1, 2, 3, 4], [5], []], frame), [[2, 1], [9, 9], null]);
});
