import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cellAt,
  closest,
  columnsFor,
  averageOf,
  frameOf,
  inside,
  nearest,
  pinched,
  pointOf,
  round,
  squareOf,
  ticks,
  turned,
  towards,
  turnTo,
  zoomed,
} from "../../static/lib/geometry.js";

const area = frameOf({ l: 10, r: 10, t: 20, b: 30 }, 220, 150, [
  [-1, 1],
  [0, 4],
]);

test("a frame maps numbers to pixels and back", () => {
  assert.deepEqual([area.left, area.top, area.width, area.height], [10, 20, 200, 100]);
  assert.deepEqual([area.x(-1), area.x(1), area.y(4), area.y(0)], [10, 210, 20, 120]);
  const [x, y] = area.code(area.x(0.3), area.y(1.7));
  assert.ok(Math.abs(x - 0.3) < 1e-12 && Math.abs(y - 1.7) < 1e-12);
});

test("a box without room divides by nothing", () => {
  const none = frameOf({ l: 52, r: 8, t: 34, b: 48 }, 0, 0, [
    [0, 1],
    [0, 1],
  ]);
  assert.ok(Number.isFinite(none.x(0.5)) && none.code(3, 3).every(Number.isFinite));
});

test("the nearest dot, within reach and inside the frame", () => {
  const dots = Float32Array.of(0, 2, 0.1, 2, 5, 2); // the last stands outside
  const at = (x, y) => [area.x(x), area.y(y)];
  assert.equal(nearest(dots, area, at(0.02, 2), 14), 0);
  assert.equal(nearest(dots, area, at(0.09, 2), 14), 1);
  assert.equal(nearest(dots, area, at(-0.9, 3.9), 14), null);
  assert.equal(nearest(dots, area, at(5, 2), 14), null);
  assert.equal(nearest(new Float32Array(0), area, at(0, 2), 14), null);
});

test("inside a loop, also one that bends", () => {
  const hook = [
    [0, 0],
    [10, 0],
    [10, 10],
    [6, 10],
    [6, 4],
    [0, 4],
  ];
  assert.ok(inside(hook, 1, 1) && inside(hook, 8, 9));
  assert.ok(!inside(hook, 3, 8) && !inside(hook, -1, 1) && !inside(hook, 11, 1));
  assert.ok(!inside([], 0, 0) && !inside([[1, 1]], 1, 1));
});

test("round numbers for axes", () => {
  assert.deepEqual([0.9, 1.4, 1.6, 3.4, 3.6, 7.4, 8, 0.03].map(round), [1, 1, 2, 2, 5, 5, 10, 0.02]);
  assert.deepEqual(ticks(-4.2, 4.1), [-4, -3, -2, -1, 0, 1, 2, 3, 4]);
  assert.deepEqual(ticks(70, 71), [70, 70.1, 70.2, 70.3, 70.4, 70.5, 70.6, 70.7, 70.8, 70.9, 71]);
  assert.deepEqual(ticks(3, 3), [3]); // no room between
  assert.ok(!ticks(-1, 1).some((v) => Object.is(v, -0)));
});

test("points of a flat list, their average, and the square about the centre", () => {
  assert.deepEqual(pointOf(Float32Array.of(1, 2, 3, 4), 1), [3, 4]);
  assert.deepEqual(averageOf([pointOf([0, 1], 0), pointOf([9, 9, 2, 4], 1)]), [1, 2.5]);
  assert.deepEqual(squareOf(2).flat(), [-2, 2, -2, 2]);
});

test("a map is turned, or flipped, to where its dots stood", () => {
  const dots = [1, 0, 0, 2, -3, 1, 0.5, -2];
  for (const flip of [1, -1])
    for (const angle of [0, 1, 3, -2]) {
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const moved = turned(dots, [c, -s * flip, s, c * flip]);
      const back = turned(moved, turnTo(moved, dots));
      dots.forEach((v, k) => assert.ok(Math.abs(back[k] - v) < 1e-5));
    }
  assert.deepEqual(turnTo([0, 0, 0, 0], dots), [1, 0, 0, 1]);
  assert.deepEqual(turnTo([], []), [1, 0, 0, 1]);
  const [a, b] = turnTo(dots, dots.slice(0, 4)); // of fewer, the first count
  assert.ok(Math.abs(Math.hypot(a, b) - 1) < 1e-9);
});

test("a hundred pictures stand ten by ten, on a phone five by twenty, and each place is one of them", () => {
  assert.equal(columnsFor(500, 100), 10);
  assert.equal(columnsFor(175, 100), 5);
  assert.equal(columnsFor(0, 1), 1);
  assert.equal(cellAt(0.35, 0.15, 10, 100), 13);
  assert.equal(cellAt(0.35, 0.15, 5, 100), 16);
  assert.equal(cellAt(0, 0, 10, 100), 0);
  assert.equal(cellAt(0.999, 0.999, 10, 100), 99);
  for (const [x, y] of [
    [-0.01, 0.5],
    [1, 0.5],
    [0.5, -0.01],
    [0.5, 1],
  ])
    assert.equal(cellAt(x, y, 10, 100), null);
  assert.equal(cellAt(0.9, 0.9, 3, 7), null); // no seventh beside it
});

test("the closest dot, and the next in the direction of an arrow key", () => {
  const spots = [
      [0, 0],
      [10, 2],
      [30, 0],
      [0, -20],
      [-5, 40],
    ],
    at = (dot) => spots[dot],
    all = [0, 1, 2, 3, 4];
  assert.equal(closest(all, at, [9, 0], 5), 1);
  assert.equal(closest(all, at, [20, 20], 5), null);
  assert.equal(closest([2, 3], at, [9, 0], Infinity), 2); // of these alone
  assert.equal(towards(all, at, 0, [1, 0]), 1);
  assert.equal(towards(all, at, 1, [1, 0]), 2);
  assert.equal(towards(all, at, 0, [0, -1]), 3); // up
  assert.equal(towards(all, at, 0, [0, 1]), 4);
  assert.equal(towards(all, at, 2, [1, 0]), null); // none is farther
});

const whole = [
  [-4, 4],
  [-2, 2],
];
/** The code at shares of a window from its left and its bottom. */
const codeAt = (window, spot) => window.map(([low, high], k) => low + spot[k] * (high - low));
const near = (a, b) => a.flat().every((v, i) => Math.abs(v - b.flat()[i]) < 1e-9);

test("a window comes nearer about what stays where it is, and never leaves its limits", () => {
  const about = [0.25, 0.75],
    window = zoomed(whole, 2, whole, about);
  assert.ok(near([codeAt(window, about)], [codeAt(whole, about)]));
  assert.deepEqual(
    window.map(([low, high]) => high - low),
    [4, 2],
  );
  const wide = (w) => w[0][1] - w[0][0];
  assert.equal(wide(zoomed(whole, 1e6, whole)), 0.5);
  assert.equal(wide(zoomed(zoomed(whole, 1e-6, whole), 0.5, whole)), 16);
});

test("two fingers: what lay between them still does, and a wider gap comes nearer", () => {
  const from = [
      [0.4, 0.5],
      [0.6, 0.5],
    ],
    to = [
      [0.3, 0.8],
      [0.7, 0.8],
    ],
    window = pinched(whole, [from, to], 1.5, whole);
  assert.ok(near([codeAt(window, [0.5, 0.8])], [codeAt(whole, [0.5, 0.5])]));
  assert.ok(near([window.map(([low, high]) => high - low)], [[4, 2]]));
  assert.ok(near(pinched(whole, [from, from], 1.5, whole), whole)); // they rest
  const both = from.map(([x, y]) => [x + 0.1, y - 0.2]); // moved together: nothing is nearer
  assert.ok(
    near(pinched(whole, [from, both], 1.5, whole), [
      [-4.8, 3.2],
      [-1.2, 2.8],
    ]),
  );
});
