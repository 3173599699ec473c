import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./page.js";

visit("/latent");
const { isolation } = await import("../../static/components/latent_map/legend.js");
const { classColour, isFine, source } = await import("../../static/lib/canvas.js");

test("pointing at a class isolates it, a press keeps it, another or Escape frees it", () => {
  let told = 0;
  const only = isolation(() => told++);
  const shown = () => [0, 1, 2].filter(only.shows);
  assert.deepEqual(shown(), [0, 1, 2]);
  only.point(1);
  assert.deepEqual([only.lit(), only.kept(), shown()], [1, -1, [1]]);
  only.point(-1);
  assert.deepEqual(shown(), [0, 1, 2]);
  only.point(2);
  only.press(2);
  only.point(-1);
  assert.deepEqual([only.kept(), shown()], [2, [2]]);
  only.point(0); // another one is shown while one points at it
  assert.deepEqual([only.kept(), shown()], [2, [0]]);
  only.point(-1);
  assert.deepEqual(shown(), [2]);
  only.press(2); // although the pointer is still there
  assert.deepEqual([only.kept(), shown()], [-1, [0, 1, 2]]);
  only.press(1);
  only.free();
  assert.deepEqual([only.kept(), shown()], [-1, [0, 1, 2]]);
  const before = told;
  only.free();
  only.point(-1);
  assert.equal(told, before); // nothing has changed
});

test("each of many classes has a colour of its own, named in the style; then they begin anew", () => {
  const colours = Array.from({ length: 96 }, (_, c) => classColour(c));
  assert.equal(colours[9], "var(--ll-c9)");
  assert.equal(new Set(colours.slice(0, 48)).size, 48);
  assert.deepEqual(colours.slice(48), colours.slice(0, 48));
});

test("large pictures are drawn smoothly", () => {
  assert.ok(isFine({ height: 64, width: 64 }) && isFine({ height: 20, width: 48 }));
  assert.ok(!isFine({ height: 28, width: 28 }) && !isFine({ height: 32, width: 32 }));
});

test("a picture says of which kind it is by its first bytes", () => {
  assert.equal(source("iVBORw0KGgo"), "data:image/png;base64,iVBORw0KGgo");
  assert.equal(source("UklGRiIAAABX"), "data:image/webp;base64,UklGRiIAAABX");
});
