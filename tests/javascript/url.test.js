import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./page.js";

const { recall, recallOne } = await import("../../static/lib/url.js");

test("numbers and words of an address, within limits; anything else is the fallback", () => {
  visit("/loss?x=0.5&z=1,-2&kind=shift&bad=1e999&far=9&word=hello&empty=");
  assert.equal(recall("x", 1, 0, 1), 0.5);
  assert.deepEqual(recall("z", [0, 0]), [1, -2]);
  assert.equal(recall("z", 3), 3); // two where one is wanted
  assert.equal(recall("bad", 3), 3);
  assert.equal(recall("far", 3, 0, 8), 3);
  assert.equal(recall("word", "a"), "hello");
  assert.equal(recall("word", 2), 2);
  assert.equal(recall("empty", 2), 2);
  assert.equal(recall("gone", 2), 2);
  assert.equal(recallOne("kind", ["noise", "shift"]), "shift");
  assert.equal(recallOne("word", ["noise", "shift"]), "noise");
});
