import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { arrange } from "../../static/lib/dom.js";

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
