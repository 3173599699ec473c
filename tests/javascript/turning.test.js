// Points in space and their turns (static/lib/turning.js).
import assert from "node:assert/strict";
import { test } from "node:test";
import { dotsOf } from "../../static/lib/codec.js";
import { frameOf, within } from "../../static/lib/geometry.js";
import { evened, pulled, seen, spotOf, times, UNTURNED } from "../../static/lib/turning.js";

const close = (one, two, by = 1e-9) => one.forEach((v, k) => assert.ok(Math.abs(v - two[k]) < by, `${one} and ${two}`));
const across = (turn) => [0, 1, 2].map((i) => [0, 1, 2].map((j) => turn[3 * j + i]));
const transposed = (turn) => across(turn).flat();

test("a pull moves what is in front with the finger, and what is behind against it", () => {
  const turn = pulled(UNTURNED, 0.1, 0.2);
  const [front, back] = [spotOf([0, 0, 1], turn, 1), spotOf([0, 0, -1], turn, 1)];
  assert.ok(front[0] > 0 && front[1] > 0);
  assert.ok(back[0] < 0 && back[1] < 0);
});

test("after ten thousand pulls a turn is still one: no point comes nearer to the middle, and none is mirrored", () => {
  let turn = UNTURNED;
  for (let k = 0; k < 10_000; k++) turn = pulled(turn, 0.02 * Math.sin(k), 0.013 * Math.cos(0.7 * k));
  close(times(turn, transposed(turn)), UNTURNED);
  const [a, b, c, d, e, f, g, h, i] = turn;
  close([a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)], [1]);
});

test("pulls one way and back again undo each other", () => {
  const start = pulled(pulled(UNTURNED, 0.4, 0), 0, -0.3);
  close(pulled(pulled(start, 0.5, 0), -0.5, 0), start);
});

test("unturned, a dot in the plane of the middle stands where it is, and a nearer one farther out", () => {
  const points = [0.5, -0.25, 0, 0.5, -0.25, 0.8, 0.5, -0.25, -0.8],
    flat = new Float32Array(6),
    near = new Float32Array(3);
  seen(points, UNTURNED, 1, flat, near);
  assert.deepEqual([flat[0], flat[1]], [0.5, -0.25]);
  assert.ok(flat[2] > 0.5 && flat[4] < 0.5);
  close([...near], [0, 0.8, -0.8], 1e-6);
  seen([0, 1, 1e6], UNTURNED, 1, flat, near); // one that lies absurdly far out is still in front of one's eye
  assert.ok(flat[1] > 0 && Number.isFinite(flat[1]));
});

test("a window is made even, never smaller", () => {
  for (const [width, height] of [
    [600, 300],
    [300, 600],
  ]) {
    const [[x0, x1], [y0, y1]] = evened([[-2, 2], [-2, 2]], width, height); // biome-ignore format: one line
    close([(x1 - x0) / width], [(y1 - y0) / height]);
    assert.ok(x0 <= -2 && x1 >= 2 && y0 <= -2 && y1 >= 2);
  }
});

test("the dots of a map in space are unpacked, also an odd number of them", () => {
  const raw = Uint8Array.of(0x00, 0x0f, 0xff, 0x80, 0x00, 0x00); // 0, 4095, 2048, and nothing
  const dots = dotsOf(raw, [
    [-1, 0, 10],
    [1, 5, 20],
  ]);
  assert.equal(dots.length, 3);
  close([...dots], [-1, 5, 10 + (10 * 2048) / 4095], 1e-5);
});

test("a loop holds the dots that are drawn in it", () => {
  const area = frameOf({ l: 0, r: 0, t: 0, b: 0 }, 100, 100, [[0, 1], [0, 1]]); // biome-ignore format: one line
  const loop = [
    [10, 10],
    [60, 10],
    [60, 60],
    [10, 60],
  ];
  assert.deepEqual(within(loop, [0.3, 0.7, 0.9, 0.9, 0.5, 0.45], area), [0, 2]);
});
