// A class's drawings on the map: all can be seen, each as near to its place as there is room.
import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";

const { apart, inWords, sideOf, spotOf } = await import("../../static/classroom/class_map.js");

const area = { width: 500, height: 500 };
/** @param {number} count @param {(k: number) => number[]} at */
const spots = (count, at) => Array.from({ length: count }, (_, k) => at(k));

/** How much two squares of this side cover each other, each way. */
const covered = (one, other, side) => Math.min(...[0, 1].map((k) => side - Math.abs(one[k] - other[k])));

test("thirty drawings of one place lie beside each other, inside the map", () => {
  const side = sideOf(30, area.width),
    found = apart(
      spots(30, (k) => [490 + (k % 3), 20]),
      side,
      area,
    );
  for (const [i, one] of found.entries()) {
    for (const value of one) assert.ok(value >= side / 2 - 1e-9 && value <= 500 - side / 2 + 1e-9);
    for (const other of found.slice(0, i)) assert.ok(covered(one, other, side) < side / 2, `${one} on ${other}`);
  }
});

test("who has room stays where it belongs", () => {
  const places = [
    [100, 100],
    [300, 100],
    [200, 400],
  ];
  for (const [k, at] of apart(places, 50, area).entries())
    assert.ok(Math.hypot(at[0] - places[k][0], at[1] - places[k][1]) < 0.1);
});

test("the more there are, the smaller each is, and a few are not enormous", () => {
  const sides = [1, 10, 30, 100, 300].map((count) => sideOf(count, 600));
  assert.deepEqual(
    sides,
    sides.toSorted((a, b) => b - a),
  );
  assert.ok(sides[0] < 70 && sides.at(-1) >= 16);
});

test("up is up: the largest second number stands on top", () => {
  const range = [
    [-2, 2],
    [-1, 3],
  ];
  assert.deepEqual(spotOf(range, 400, 200, { x: -2, y: 3 }), [0, 0]);
  assert.deepEqual(spotOf(range, 400, 200, { x: 0, y: 1 }), [200, 100]);
});

test("those who hear the page are told how many there are", () => {
  const said = (count, label) =>
    inWords(/** @type {any} */ ({ drawings: Array(count), names: ["nought", "one"], label }));
  assert.equal(said(1, 1), "Map of the model with 1 drawing, each meant as one");
  assert.equal(said(12, null), "Map of the model with 12 drawings");
});
