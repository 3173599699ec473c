import assert from "node:assert/strict";
import { test } from "node:test";
import { busy, later } from "../../static/settled.js";

test("a timer runs once, or not at all when it is cancelled", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const ran = [];
  later("a", () => ran.push("a"), 10);
  later("b", () => ran.push("b"), 10).cancel();
  t.mock.timers.tick(20);
  assert.deepEqual(ran, ["a"]);
});

test("whoever was busy may say twice that it is over", () => {
  const done = busy("x");
  done();
  assert.doesNotThrow(done);
});
