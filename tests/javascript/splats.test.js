import assert from "node:assert/strict";
import { test } from "node:test";
import { disc, Splats } from "../../static/lib/splats.js";

const at = ({ pixels, width }, x, y) => [...pixels.slice(4 * (y * width + x), 4 * (y * width + x) + 4)];

test("a disc covers as much as a circle of its radius, wherever in a pixel its middle lies", () => {
  for (const radius of [1.5, 2, 3.7])
    for (const mask of disc(radius).masks) {
      const area = mask.reduce((sum, share) => sum + share, 0);
      assert.ok(Math.abs(area / (Math.PI * radius * radius) - 1) < 0.05, `${radius}: ${area}`);
    }
});

test("its middle lies where it was laid, to an eighth of a pixel", () => {
  for (const [x, y] of [
    [10, 10],
    [10.3, 9.8],
    [10.99, 10.5],
    [8.26, 11.74],
  ]) {
    const splats = new Splats(20, 20);
    splats.lay(disc(3), x, y, [255, 0, 0], 1);
    let [sum, across, down] = [0, 0, 0];
    for (let j = 0; j < 20; j++)
      for (let i = 0; i < 20; i++) {
        const share = at(splats, i, j)[3];
        [sum, across, down] = [sum + share, across + share * (i + 0.5), down + share * (j + 0.5)];
      }
    assert.ok(Math.abs(across / sum - 0.5 - (x - 0.5)) <= 0.15, `${across / sum} for ${x}`);
    assert.ok(Math.abs(down / sum - 0.5 - (y - 0.5)) <= 0.15, `${down / sum} for ${y}`);
  }
});

test("a later dot lies over an earlier one as paint of its strength does", () => {
  const splats = new Splats(9, 9);
  splats.lay(disc(3), 4.5, 4.5, [200, 0, 0], 0.5);
  assert.deepEqual(at(splats, 4, 4), [200, 0, 0, 128]);
  splats.lay(disc(3), 4.5, 4.5, [0, 100, 0], 0.5);
  // Porter and Duff's "over": 0.5 of the new, and half of the old's half.
  const [red, green, , opaque] = at(splats, 4, 4);
  assert.ok(Math.abs(opaque - 255 * 0.75) <= 1.5 && Math.abs(red - 200 / 3) <= 1.5 && Math.abs(green - 200 / 3) <= 1.5);
  splats.clear();
  assert.ok(splats.pixels.every((value) => value === 0));
});

test("what lies outside is cut off, and what is no number is not laid", () => {
  const splats = new Splats(6, 5);
  for (const [x, y] of [
    [0, 0],
    [5.9, 4.9],
    [-1, 2],
    [3, -1.2],
    [-40, 3],
    [3, 1e9],
    [NaN, 2],
    [2, Infinity],
  ])
    splats.lay(disc(2.5), x, y, [1, 2, 3], 1);
  assert.equal(splats.pixels.length, 4 * 6 * 5);
  assert.equal(at(splats, 0, 0)[3], 255);
  assert.equal(at(splats, 2, 3)[3], 0);
});
