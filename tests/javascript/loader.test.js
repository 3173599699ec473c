// What begins and ends a component: whose file comes a little later than it is asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { start } from "../../static/bridge/loader.js";
import { underWay } from "../../static/lib/busy.js";

/** What a component's module has been told, in turn. */
const told = /** @type {string[]} */ ([]);
Object.assign(globalThis, { told });
const MODULE = `data:text/javascript,export default ({ name }) => {
  if (name === "trouble") throw new Error(name);
  told.push(name + " runs");
  return () => told.push(name + " stops");
}; //`;
globalThis.document = /** @type {any} */ ({
  documentElement: { dataset: {} },
  createElement: () => ({ dataset: {} }),
  head: { append: (link) => link.onload(), querySelectorAll: () => [] },
});

const at = (name) => (name === "style.css" ? "http://here/style.css" : MODULE);
const begin = (place, name) => {
  const state = /** @type {any} */ ({});
  start({ parentElement: place, name }, "a module", at, state);
  return state;
};
/** Until all that was begun has run. */
const rest = () => new Promise((f) => setTimeout(f, 50));

/** @param {() => Promise<void>} f */
async function heard(f) {
  told.length = 0;
  await f();
  await rest();
  return [...told];
}

test("a component runs, and ends once", async () => {
  const said = await heard(async () => {
    const state = begin({}, "one");
    await rest();
    state.end();
    state.end();
  });
  assert.deepEqual(said, ["one runs", "one stops"]);
});

test("one that is taken away before it began does not run", async () => {
  assert.deepEqual(await heard(async () => begin({}, "one").end()), []);
});

test("what ran ends also if its page goes just as it is told something new", async () => {
  const said = await heard(async () => {
    const place = {};
    begin(place, "old data");
    await rest();
    begin(place, "new data").end(); // Streamlit ends the last start alone
  });
  assert.deepEqual(said, ["old data runs", "old data stops"]);
});

test("a start that fails says so, and what ran before it ends all the same", async (t) => {
  const reported = t.mock.fn();
  Object.assign(globalThis, { reportError: reported });
  const said = await heard(async () => {
    const place = {};
    begin(place, "old data");
    await rest();
    const state = begin(place, "trouble");
    await rest();
    assert.deepEqual(underWay(), []);
    state.end();
  });
  assert.deepEqual(said, ["old data runs", "old data stops"]);
  assert.deepEqual(
    reported.mock.calls.map(({ arguments: [trouble] }) => trouble.message),
    ["trouble"],
  );
});

test("one that is mounted again in the same place is not stopped by the one before", async () => {
  const said = await heard(async () => {
    const place = {},
      first = begin(place, "first");
    begin(place, "second");
    first.end();
  });
  assert.deepEqual(said, ["second runs"]);
});
