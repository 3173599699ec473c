import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { arrange, refill } from "../../static/lib/dom.js";

/** A box that notes which of its children were moved: a browser takes the focus from those. */
function boxOf(...children) {
  const box = {
    children: /** @type {any[]} */ ([]),
    moved: /** @type {string[]} */ ([]),
    insertBefore(child, next) {
      if (box.children.includes(child)) box.moved.push(child.name);
      box.children = box.children.filter((each) => each !== child);
      box.children.splice(next ? box.children.indexOf(next) : box.children.length, 0, child);
    },
  };
  const child = (name) => ({ name, remove: () => (box.children = box.children.filter((each) => each.name !== name)) });
  const all = Object.fromEntries([...children, "new"].map((name) => [name, child(name)]));
  box.children = children.map((name) => all[name]);
  /** @param {string} names */
  const becomes = (names) => {
    arrange(/** @type {any} */ (box), /** @type {any} */ ([...names.split(" ").map((name) => all[name])]));
    return box.children.map(({ name }) => name).join(" ");
  };
  return { box, becomes };
}

test("children that stand at their place are not moved", () => {
  const { box, becomes } = boxOf("a", "b", "c");
  assert.equal(becomes("a b c"), "a b c");
  assert.equal(becomes("a b c new"), "a b c new");
  assert.equal(becomes("b c new"), "b c new"); // the first has gone
  assert.equal(becomes("a b new"), "a b new");
  assert.deepEqual(box.moved, []);
});

test("children come into their order", () => {
  const { becomes } = boxOf("a", "b", "c");
  assert.equal(becomes("c a new b"), "c a new b");
});

/** A box of things that take the focus, each with its words, and a key or a text that is typed. */
function fields(...things) {
  const made = (things) =>
    things.map(([words, { key, typed } = /** @type {any} */ ({})]) => ({
      textContent: words,
      getAttribute: () => null,
      dataset: key ? { key } : {},
      ...(typed === undefined ? {} : { value: typed, selectionStart: typed.length, selectionEnd: typed.length }),
      focus() {
        document.activeElement = this;
      },
      setSelectionRange(from, to) {
        Object.assign(this, { selectionStart: from, selectionEnd: to });
      },
      onblur: () => left.push(words),
    }));
  const left = [],
    document = { activeElement: /** @type {any} */ (null) };
  let children = made(things);
  const box = {
    contains: (each) => children.includes(each),
    querySelectorAll: () => children,
    replaceChildren(...others) {
      const gone = children.includes(document.activeElement) ? document.activeElement : null;
      document.activeElement = null;
      children = others;
      gone?.onblur?.(); // as browsers do
    },
  };
  Object.assign(globalThis, { document });
  const becomes = (...things) => refill(/** @type {any} */ (box), /** @type {any} */ (made(things)));
  return {
    becomes,
    left,
    focus: (k) => children[k].focus(),
    focused: () => children.indexOf(document.activeElement),
    at: (k) => children[k],
  };
}

test("the focus stays with what stands for the same; of two that sound alike none is it, unless a key tells them", () => {
  const one = fields(["Leave"], ["Show all 50"], ["Show all 50"]);
  one.focus(0);
  one.becomes(["Join in"], ["Leave"]);
  assert.equal(one.focused(), 1);
  const alike = fields(["Show all 50"], ["Show all 50"]);
  alike.focus(1);
  alike.becomes(["Show all 50"], ["Show all 50"]);
  assert.equal(alike.focused(), -1);
  alike.focus(1);
  alike.becomes(["Show all 50"]); // of which of the two?
  assert.equal(alike.focused(), -1);
  const told = fields(["Show all 50", { key: "all A" }], ["Show all 50", { key: "all B" }]);
  told.focus(1);
  told.becomes(["Show all 50", { key: "all A" }], ["Show fewer", { key: "all B" }]);
  assert.equal(told.focused(), 1);
  told.becomes(["Show all 50", { key: "all A" }], ["Show fewer"]);
  assert.equal(told.focused(), -1);
});

test("what is being typed stays, the cursor with it, and is not taken for finished", () => {
  const { becomes, left, focus, focused, at } = fields(["Class", { key: "name A", typed: "A" }], ["Remove"]);
  focus(0);
  at(0).value = "half a na";
  at(0).selectionStart = at(0).selectionEnd = 4;
  becomes(["Remove"], ["Class", { key: "name B", typed: "B" }], ["Class", { key: "name A", typed: "A" }]);
  assert.equal(focused(), 2);
  assert.deepEqual([at(2).value, at(2).selectionStart, at(1).value], ["half a na", 4, "B"]);
  assert.deepEqual(left, []);
});
