// A class: what of a teacher's address goes to the phones, and which keys begin and end presenter mode.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { placeOf } = await import("../../static/shell/seat.js");
const { meaning } = await import("../../static/shell/present.js");

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
