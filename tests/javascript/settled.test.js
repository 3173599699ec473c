import assert from "node:assert/strict";
import { test } from "node:test";
import { busy, later } from "../../static/lib/busy.js";
import { kindOf } from "../../static/lib/settled.js";

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

test("what a message of Streamlit's is about is read behind its hash and its metadata", () => {
  const message = (hex) => Uint8Array.from(hex.match(/../g), (byte) => Number.parseInt(byte, 16));
  const before = `0a3c${"61".repeat(60)}12070801120300ac02`; // a hash of 60 letters, metadata with a path
  assert.equal(kindOf(message(`${before}22031a0178`)), 4); // new_session
  assert.equal(kindOf(message(`${before}3000`)), 6); // script_finished
  assert.equal(kindOf(message(`${before}9a01030a0161`)), 19); // file_urls_response
  assert.equal(kindOf(message("22031a0178")), 4);
  for (const broken of ["", before, before.slice(0, 8), "80"])
    assert.equal(kindOf(message(broken || "00").subarray(0, broken.length / 2)), 0);
});
