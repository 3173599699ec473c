import assert from "node:assert/strict";
import { test } from "node:test";
import { followArrows, followPointer } from "../../static/lib/drag.js";

test("a pointer is followed in an element's own pixels, pressed or not", () => {
  const element = { getBoundingClientRect: () => ({ left: 10, top: 20 }) },
    seen = [];
  followPointer(element, (...all) => seen.push(all));
  element.onpointermove({ type: "pointermove", clientX: 13, clientY: 24, buttons: 0 });
  element.onpointermove({ type: "pointermove", clientX: 13, clientY: 24, buttons: 1 });
  element.onpointerdown({ type: "pointerdown", clientX: 10, clientY: 20, buttons: 0 });
  assert.deepEqual(seen, [
    [3, 4, false],
    [3, 4, true],
    [0, 0, true],
  ]);
});

test("an arrow key is a direction and does not scroll; other keys are left alone", () => {
  const element = {},
    seen = [],
    stopped = [];
  followArrows(element, (direction) => seen.push(direction));
  for (const key of ["ArrowUp", "Tab", "ArrowLeft"])
    element.onkeydown({ key, preventDefault: () => stopped.push(key) });
  assert.deepEqual(seen, [
    [0, 1],
    [-1, 0],
  ]);
  assert.deepEqual(stopped, ["ArrowUp", "ArrowLeft"]);
});
