import assert from "node:assert/strict";
import { test } from "node:test";
import { followArrows, followDrag, followPointer } from "../../static/lib/drag.js";

test("a pointer is followed in an element's own pixels, pressed or not", () => {
  const element = { getBoundingClientRect: () => ({ left: 10, top: 20 }) },
    seen = [];
  followPointer(element, (...all) => seen.push(all));
  element.onpointermove({ type: "pointermove", clientX: 13, clientY: 24, buttons: 0 });
  element.onpointermove({ type: "pointermove", clientX: 13, clientY: 24, buttons: 1 });
  element.onpointerdown({ type: "pointerdown", clientX: 10, clientY: 20, buttons: 1 });
  element.onpointerdown({ type: "pointerdown", clientX: 10, clientY: 20, buttons: 2 });
  assert.deepEqual(seen, [
    [3, 4, false],
    [3, 4, true],
    [0, 0, true],
    [0, 0, false], // the right button asks for a menu
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

/** An element of which ``followDrag`` says what it hears; ``send`` is an event of a pointer there. */
function dragged(options = {}) {
  const element = { captured: [], setPointerCapture: (id) => element.captured.push(id) },
    heard = [],
    hear = (name) => (event) => void heard.push(name + event.pointerId);
  followDrag(element, {
    ...Object.fromEntries(["begin", "move", "end", "lost", "free"].map((name) => [name, hear(name)])),
    ...options,
  });
  const send = (kind, pointerId = 1, { button = 0, buttons = 1, ...more } = {}) =>
    element["on" + kind]({ pointerId, button: kind === "pointermove" ? -1 : button, buttons, ...more });
  return { element, heard, send };
}

test("one pointer is followed from its press to its release; a palm and other buttons are none of it", () => {
  const { element, heard, send } = dragged();
  send("pointermove", 1, { buttons: 0 });
  send("pointerdown", 1, { button: 2, buttons: 2 });
  send("pointerdown", 1);
  send("pointerdown", 2);
  send("pointermove", 2);
  send("pointermove", 1);
  send("pointerup", 2);
  send("pointerup", 1);
  send("lostpointercapture", 1); // after every release
  send("pointerup", 1);
  assert.deepEqual(heard, ["free1", "begin1", "move1", "end1"]);
  assert.deepEqual(element.captured, [1]);
});

test("a drag whose release never comes ends with the pointer, or with the first move without a button", () => {
  const moved = dragged();
  moved.send("pointerdown");
  moved.send("pointermove", 1, { buttons: 2 }); // a menu took the release
  moved.send("pointermove", 1, { buttons: 0 });
  assert.deepEqual(moved.heard, ["begin1", "lost1", "free1", "free1"]);
  const gone = dragged();
  gone.send("pointerdown", 7);
  gone.send("lostpointercapture", 7);
  gone.send("pointerdown", 8); // the next finger has another number
  gone.send("pointercancel", 8);
  gone.send("pointerdown", 9);
  gone.send("pointerdown", 9);
  assert.deepEqual(gone.heard, ["begin7", "lost7", "begin8", "lost8", "begin9", "lost9", "begin9"]);
});

test("what yields lets go when a second finger comes, and holds neither; a press may hold nothing", () => {
  const { heard, send } = dragged({ yields: () => true });
  send("pointerdown", 1);
  send("pointerdown", 2);
  send("pointermove", 1);
  send("pointerup", 2);
  send("pointerup", 1);
  assert.deepEqual(heard, ["begin1", "lost2", "free1"]);
  const idle = dragged({ begin: () => false });
  idle.send("pointerdown", 1);
  idle.send("pointerup", 1);
  assert.deepEqual([idle.heard, idle.element.captured], [[], []]);
});

test("without anything else to do where the release was lost, it is done as at the release", () => {
  const { heard, send } = dragged({ lost: undefined });
  send("pointerdown");
  send("pointercancel");
  assert.deepEqual(heard, ["begin1", "end1"]);
});

test("a touch whose end was lost blocks nothing: the next first finger says that it is gone", () => {
  const touch = { pointerType: "touch", isPrimary: true },
    pen = { pointerType: "pen", isPrimary: true };
  for (const yields of [undefined, () => true]) {
    const { element, heard, send } = dragged({ yields });
    send("pointerdown", 5, touch);
    send("pointerdown", 6, touch);
    send("pointermove", 6, touch);
    send("pointerup", 6, touch);
    assert.deepEqual(heard, ["begin5", "lost6", "begin6", "move6", "end6"]);
    assert.deepEqual(element.captured, [5, 6]);
  }
  const { heard, send } = dragged();
  send("pointerdown", 5, pen);
  send("pointerdown", 6, touch); // the palm beside a pen is the first finger, too
  send("pointerdown", 7, { ...touch, isPrimary: false });
  send("pointerup", 5, pen);
  assert.deepEqual(heard, ["begin5", "end5"]);
});
