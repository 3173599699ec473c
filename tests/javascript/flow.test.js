import assert from "node:assert/strict";
import { test } from "node:test";
import { EDGES, ROUND, STEPS, backAlong, dotsAlong, gradients, passAt, reached } from "../../static/understand/flow.js";
import { LAYOUTS, at, curveOf, lengthOf } from "../../static/understand/flow_layout.js";

const measured = { slope: [3, -4], noise: [2, 0.5], std: [0.1, 0.2], pixels: 7 };
const edgeOf = (way, from, to) => EDGES[way].find((edge) => edge.from === from && edge.to === to);

test("with the trick the gradient reaches mean, std and noise by the chain rule", () => {
  const loss = ({ mean, std, noise }) => {
    const z = mean.map((m, d) => m + noise[d] * std[d]);
    return 3 * z[0] - 4 * z[1];
  };
  const at0 = { mean: [0.3, -1], std: measured.std, noise: measured.noise },
    found = gradients("trick", measured);
  for (const part of ["mean", "std", "noise"])
    for (const d of [0, 1]) {
      const moved = (by) => loss({ ...at0, [part]: at0[part].map((v, k) => (k === d ? v + by : v)) });
      assert.ok(Math.abs(found[part][d] - (moved(1e-4) - moved(-1e-4)) / 2e-4) < 1e-6, part);
    }
  assert.deepEqual([found.z, found.out], [[3, -4], [7]]);
});

test("drawn inside it reaches z, and nothing before", () => {
  const found = gradients("inside", measured);
  assert.deepEqual(found.z, [3, -4]);
  for (const part of ["mean", "std", "noise"]) assert.equal(found[part], null);
  assert.equal(backAlong(edgeOf("inside", "draw", "z"), found), 5);
  for (const [from, to] of [
    ["mean", "draw"],
    ["std", "draw"],
    ["encoder", "mean"],
    ["encoder", "std"],
    ["x", "encoder"],
  ])
    assert.equal(backAlong(edgeOf("inside", from, to), found), 0);
});

test("along each edge runs what its upper end gets", () => {
  const found = gradients("trick", measured),
    back = (from, to) => backAlong(edgeOf("trick", from, to), found);
  assert.equal(back("out", "loss"), 7);
  for (const [from, to] of [
    ["z", "decoder"],
    ["plus", "z"],
    ["mean", "plus"],
    ["times", "plus"],
    ["encoder", "mean"],
  ])
    assert.equal(back(from, to), 5, `${from} ${to}`);
  assert.equal(back("std", "times"), Math.hypot(6, -2));
  assert.equal(back("encoder", "std"), Math.hypot(6, -2));
  assert.equal(back("noise", "times"), Math.hypot(3 * 0.1, -4 * 0.2));
  assert.equal(back("x", "loss"), 0);
});

test("a pass goes through the parts in order, forward and then backward", () => {
  assert.deepEqual(passAt(0), { backwards: false, steps: 0 });
  assert.ok(passAt(ROUND - 0.01).backwards && passAt(ROUND - 0.01).steps === STEPS);
  for (const edges of Object.values(EDGES))
    for (const one of edges) {
      assert.deepEqual([reached(one, 0, false), reached(one, STEPS, false)], [0, 1]);
      assert.deepEqual([reached(one, 0, true), reached(one, STEPS, true)], [0, 1]);
      // Nothing leaves a part before all that comes into it has arrived; the way back is the same, reversed.
      for (const before of edges.filter(({ to }) => to === one.from)) {
        assert.ok(before.ends <= one.begins);
        assert.equal(reached(before, STEPS - one.begins, true), 0);
      }
    }
});

test("dots run on to the front, evenly", () => {
  const dots = dotsAlong(100, 20, 5, 0.5);
  assert.deepEqual(dots, [0.05, 0.25, 0.45]);
  assert.deepEqual(dotsAlong(100, 20, 5, 0), []);
});

test("lines begin and end beside their parts, and no part stands on another", () => {
  const sizes = { wide: [1120, 440], narrow: [340, 592] };
  for (const [name, [wide, high]] of Object.entries(sizes)) {
    const { places } = LAYOUTS[name],
      side = name === "wide" ? 74 : 50,
      box = (part) => ({ x: places[part][0] * wide, y: places[part][1] * high, wide: side, high: side });
    for (const way of ["inside", "trick"]) {
      const parts = new Set(EDGES[way].flatMap(({ from, to }) => [from, to]));
      for (const one of parts)
        for (const other of parts) {
          const [a, b] = [box(one), box(other)];
          if (one !== other) assert.ok(Math.abs(a.x - b.x) >= side || Math.abs(a.y - b.y) >= side, `${one} ${other}`);
        }
      for (const { from, to } of EDGES[way]) {
        const curve = curveOf(box(from), box(to)),
          away = (place, { x, y }) => Math.max(Math.abs(place[0] - x), Math.abs(place[1] - y));
        assert.ok(Math.abs(away(at(curve, 0), box(from)) - side / 2 - 4) < 1e-6);
        assert.ok(Math.abs(away(at(curve, 1), box(to)) - side / 2 - 4) < 1e-6);
        assert.ok(lengthOf(curve) >= Math.hypot(curve[3][0] - curve[0][0], curve[3][1] - curve[0][1]) - 1e-6);
      }
    }
  }
});
