// A class: what of a teacher's address goes to the phones, and which keys begin and end presenter mode.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { placeOf } = await import("../../static/shell/seat.js");
const { meaning, stepAfter } = await import("../../static/shell/present.js");

test("a teacher's place is the page and what stands after it, but for what is the teacher's alone", () => {
  assert.deepEqual(placeOf("/morph", "?run=lecture&epoch=3&room=BDHJ&present=1&tour=2&play=1&done=in-use.3"), {
    page: "morph",
    choices: { run: "lecture", epoch: "3" },
  });
  assert.deepEqual(placeOf("/base/path/latent", ""), { page: "latent", choices: {} });
  assert.deepEqual(placeOf("/", ""), { page: "", choices: {} });
});

const press = (key, target = {}, more = {}) => ({ key, target: { closest: () => null, ...target }, ...more });

test("P begins and ends presenter mode, Escape ends it, and in a field both are letters", () => {
  assert.equal(meaning(press("p"), false), "toggle");
  assert.equal(meaning(press("p"), true), "toggle");
  assert.equal(meaning(press("Escape"), true), "end");
  assert.equal(meaning(press("Escape"), false), null);
  assert.equal(meaning(press("p", { closest: () => ({}) }), false), null);
  assert.equal(meaning(press("p", {}, { ctrlKey: true }), false), null);
  assert.equal(meaning(press("p", {}, { repeat: true }), false), null);
});

test("the arrow keys lead from step to step of the lesson, and nowhere before the first and after the last", () => {
  const tops = [300, 900, 1500];
  assert.equal(stepAfter("ArrowRight", tops, 100), 0, "the first is still to come");
  const at = (k) => tops.map((top) => top - tops[k] + 80);
  assert.equal(stepAfter("ArrowRight", at(0), 100), 1);
  assert.equal(stepAfter("ArrowDown", at(1), 100), 2);
  assert.equal(stepAfter("ArrowLeft", at(1), 100), 0);
  assert.equal(stepAfter("ArrowRight", at(2), 100), null);
  assert.equal(stepAfter("ArrowLeft", at(0), 100), null);
  assert.equal(stepAfter("x", at(0), 100), null);
  assert.equal(stepAfter("ArrowRight", [], 100), null);
});
