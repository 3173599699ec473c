// Messages to Python: one at a time, and again until they are answered.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { settled } from "./page.js";

const { publish } = await import("../../static/lib/bus.js");
const { default: turn } = await import("../../static/bridge/refresh.js");
const { default: rest } = await import("../../static/bridge/settled_epoch.js");
const { setEpoch } = await import("../../static/lib/epoch.js");

async function pass(t, milliseconds) {
  for (let gone = 0; gone < milliseconds; gone += 10) {
    t.mock.timers.tick(10);
    await settled();
  }
}

const part = (name, token, here = {}) => {
  const setTriggerValue = mock.fn();
  return { data: { name, token }, parentElement: here, setTriggerValue };
};
const asked = (component) => component.setTriggerValue.mock.calls.map(({ arguments: [, token] }) => token);

test("a part that was drawn from what is newest asks nothing", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  publish("turn state one", "paused");
  const state = part("state one", "paused");
  const end = turn(state);
  await pass(t, 10_000);
  assert.deepEqual(asked(state), []);
  end();
});

test("a lost answer is asked for again, though the poll of a paused training says nothing new", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const here = {};
  const state = part("state two", "running", here);
  turn(state);
  publish("turn state two", "paused"); // once: the poll repeats itself from here on, and the browser then tells nothing
  await pass(t, 1000);
  assert.deepEqual(asked(state), ["paused"]);
  await pass(t, 6000);
  assert.deepEqual(asked(state), ["paused", "paused", "paused"]);
  const drawn = part("state two", "paused", here);
  const end = turn(drawn);
  await pass(t, 10_000);
  assert.equal(asked(state).length, 3);
  assert.deepEqual(asked(drawn), []);
  end();
});

test("an answer that is already old is followed by another question", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const here = {};
  const first = part("state three", "paused", here);
  turn(first);
  publish("turn state three", "running");
  await pass(t, 20);
  publish("turn state three", "paused again"); // the state has changed between two looks
  await pass(t, 20);
  assert.deepEqual(asked(first), ["running", "paused again"]);
  const second = part("state three", "running", here); // both were answered by one drawing, of the first
  const end = turn(second);
  await pass(t, 3000);
  assert.deepEqual(asked(second), ["paused again"]);
  end();
  await pass(t, 10_000);
  assert.equal(asked(second).length, 1);
});

test("two parts whose turn comes at once ask in two messages", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const [state, pictures] = [part("state four", "old"), part("pictures four", "old")];
  const ends = [turn(state), turn(pictures)];
  publish("turn state four", "new");
  publish("turn pictures four", "new");
  await settled();
  assert.deepEqual([asked(state).length, asked(pictures).length], [1, 0]);
  await pass(t, 10);
  assert.deepEqual([asked(state).length, asked(pictures).length], [1, 1]);
  for (const end of ends) end();
  await pass(t, 20);
});

test("a part that is gone asks no more", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const state = part("state five", "old");
  const end = turn(state);
  publish("turn state five", "new");
  end();
  await pass(t, 10_000);
  assert.deepEqual(asked(state), []);
});

test("the epoch at which one rests is told once one rests, and again if it was lost", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const setStateValue = mock.fn(),
    here = {};
  const end = rest({ data: { run: "r", epochs: [0, 1, 2], epoch: 2 }, parentElement: here, setStateValue });
  setEpoch("r", 0);
  await pass(t, 390);
  setEpoch("r", 1); // still on its way
  await pass(t, 390);
  assert.equal(setStateValue.mock.callCount(), 0);
  await pass(t, 20);
  assert.deepEqual(setStateValue.mock.calls[0].arguments, ["epoch", 1]);
  await pass(t, 3000);
  assert.equal(setStateValue.mock.callCount(), 2);
  end();
  await pass(t, 10_000);
  assert.equal(setStateValue.mock.callCount(), 2);
});
