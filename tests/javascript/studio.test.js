// The ways in of own pictures, with as much of a page as they touch.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

/** An element that lets everything be done to it, and finds whatever is asked for in it. */
function thing(properties = {}) {
  const found = new Map();
  return {
    hidden: false,
    value: "",
    focused: false,
    dataset: {},
    style: {},
    attributes: {},
    children: /** @type {any[]} */ ([]),
    classList: { add() {}, remove() {}, toggle() {} },
    querySelector: (name) => found.get(name) ?? found.set(name, thing()).get(name),
    querySelectorAll: () => [],
    setAttribute(name, value) {
      this.attributes[name] = value;
    },
    replaceChildren(...children) {
      this.children = children;
    },
    prepend() {},
    append() {},
    matches: (sign) => sign === ":focus" && found.get("focused"),
    focus: () => found.set("focused", true),
    blur: () => found.set("focused", false),
    select() {},
    setPointerCapture() {},
    getBoundingClientRect: () => ({ left: 0, top: 0, width: 256, height: 256 }),
    getContext: () => new Proxy({}, { get: (made, name) => made[name] ?? (() => {}) }),
    ...properties,
  };
}

Object.assign(globalThis, { document: { createElement: () => thing() } });
const { chooser } = await import("../../static/pictures/studio.js");
const { pad } = await import("../../static/pictures/pad.js");

/** A pad beside the field and the chips of the classes; ``sent`` is the class of each drawing. */
function atThePad(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const memory = { way: "draw", class: "A", chosen: true },
    sent = /** @type {string[]} */ ([]),
    sheet = thing(),
    root = thing();
  sheet.querySelector(".by-itself input").checked = true;
  const drawing = pad(sheet, () => sent.push(memory.class));
  const { show, commit } = chooser(root, memory, drawing);
  show(["A", "B"]);
  const at = (kind) =>
    sheet
      .querySelector("canvas")
      [kind]({ pointerId: 1, button: 0, buttons: 1, clientX: 9, clientY: 9, preventDefault() {} });
  const draw = () => (at("onpointerdown"), at("onpointermove"), at("onpointerup"));
  const field = root.querySelector(".class"),
    chips = () => root.querySelector(".chips").children;
  return { memory, sent, drawing, draw, field, chips, show, commit, byItself: sheet.querySelector(".by-itself input") };
}

test("a drawing is of the class in which it was drawn, however soon another is chosen", (t) => {
  const { sent, draw, chips, field, memory } = atThePad(t);
  draw();
  t.mock.timers.tick(400);
  chips()[1].onclick();
  assert.deepEqual(sent, ["A"]);
  draw();
  chips()[2].onclick(); // + New class
  assert.deepEqual([sent, memory.class, field.value], [["A", "B"], "Class 3", "Class 3"]);
  t.mock.timers.tick(5000);
  assert.equal(sent.length, 2, "each once");
});

test("a name that is being typed is a class once it is finished, and no page that is drawn anew takes it away", (t) => {
  const { sent, draw, field, show, memory } = atThePad(t);
  draw();
  field.focus();
  field.value = "ca";
  field.oninput?.();
  t.mock.timers.tick(5000);
  show(["A", "B", "C"]);
  assert.deepEqual([sent, memory.class, field.value], [["A"], "A", "ca"]);
  field.value = "cat";
  field.onkeydown({ key: "Enter" });
  draw();
  t.mock.timers.tick(5000);
  assert.deepEqual(sent, ["A", "cat"]);
});

test("without the pad's own Next a drawing waits for its button, and is of the class of that moment", (t) => {
  const { sent, draw, chips, byItself, drawing } = atThePad(t);
  byItself.checked = false;
  draw();
  chips()[1].onclick();
  drawing.end();
  assert.deepEqual(sent, []);
});

test("a drawing that waits is finished when the page is left", (t) => {
  const { sent, draw, drawing } = atThePad(t);
  draw();
  drawing.end();
  assert.deepEqual(sent, ["A"]);
});
