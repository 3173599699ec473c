// What lies on the drawing pad: the last picture, or the strokes since it.
import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";

const { adler32 } = await import("../../static/lib/codec.js");
const { drawn, pictureOf, shown, strokesOf } = await import("../../static/components/pad_sheet.js");
const { isField } = await import("../../static/lib/incoming.js");

const stroke = (x) => [
  [x, 0],
  [x, 9],
];
const photo = pictureOf({ width: 3, height: 2 }, btoa("a picture"));
/** A canvas of two pixels, of which red is what counts. */
const canvas = {
  width: 2,
  height: 1,
  getContext: () => ({ getImageData: () => ({ data: [7, 0, 0, 255, 200, 0, 0, 255] }) }),
};

test("a picture covers what was drawn, a stroke begins anew, and taking back uncovers", () => {
  const things = [stroke(1), stroke(2)];
  assert.deepEqual([shown(things), strokesOf(things).length], [null, 2]);
  things.push(photo);
  assert.deepEqual([shown(things), strokesOf(things).length], [photo, 0]);
  things.push(stroke(3));
  assert.deepEqual([shown(things), strokesOf(things)], [null, [stroke(3)]]);
  things.pop();
  assert.equal(shown(things), photo);
  things.pop();
  assert.equal(strokesOf(things).length, 2);
});

test("Python is told the file of a picture, the pixels of strokes, and of an empty pad nothing", () => {
  assert.deepEqual(drawn(canvas, [stroke(1), photo], null), { kind: "picture", packed: photo.packed, sum: photo.sum });
  const grey = Uint8Array.of(7, 200);
  const pixels = { kind: "pixels", packed: btoa(String.fromCharCode(...grey)), sum: adler32(grey) };
  assert.deepEqual(drawn(canvas, [photo, stroke(1)], null), pixels);
  assert.deepEqual(drawn(canvas, [], {}), pixels);
  assert.deepEqual(drawn(canvas, [], null), { kind: "pixels", packed: "", sum: 0 });
});

test("a paste belongs to a field of text, not to a slider", () => {
  const element = (css) => ({ matches: (wanted) => wanted.split(/,(?![^(]*\))/).some((one) => one.trim() === css) });
  assert.equal(isField(element("textarea")), true);
  assert.equal(isField(null), false);
});
