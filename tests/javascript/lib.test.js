import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { frame, visit } from "./page.js";

const lab = Object.assign(
  {},
  await import("../../static/lib/bus.js"),
  await import("../../static/lib/canvas.js"),
  await import("../../static/lib/epoch.js"),
  await import("../../static/lib/url.js"),
);

beforeEach(() => visit("/latent?run=a"));

test("the bus: what was told is heard by whoever comes later, until it ends", () => {
  const heard = [];
  lab.publish("bus", 1);
  const end = lab.subscribe("bus", (v) => heard.push(v));
  lab.publish("bus", 2);
  lab.publish("another", 3);
  end();
  lab.publish("bus", 4);
  assert.deepEqual(heard, [1, 2]);
  assert.equal(lab.latest("bus"), 4);
});

test("one frame, however often it is asked for", () => {
  const f = mock.fn();
  const soon = lab.eachFrame(f);
  soon();
  soon();
  assert.equal(f.mock.callCount(), 0);
  frame();
  assert.equal(f.mock.callCount(), 1);
  soon();
  frame();
  assert.equal(f.mock.callCount(), 2);
});

test("an animation goes on until it says that it is over", () => {
  let left = 3;
  lab.animate(() => --left > 0);
  for (let k = 0; k < 6; k++) frame();
  assert.equal(left, 0);
});

test("a frame that fails does not end an animation, and is told once", () => {
  let count = 0;
  const troubles = [],
    stop = lab.animate(() => {
      count++;
      if (count < 4) throw new Error("no room");
    });
  for (let k = 0; k < 6; k++)
    try {
      frame();
    } catch (trouble) {
      troubles.push(trouble.message);
    }
  assert.equal(count, 6);
  assert.deepEqual(troubles, ["no room"]);
  stop();
  frame();
  assert.equal(count, 6);
});

test("an animation sleeps when there is nothing to do, and is woken, also by what it does itself", () => {
  let left = 2,
    frames = 0;
  const { wake, end } = lab.sleeper(() => {
    frames++;
    if (frames === 4) wake();
    return --left > 0;
  });
  for (let k = 0; k < 3; k++) frame();
  assert.equal(frames, 0); // not before it is woken
  wake();
  wake();
  for (let k = 0; k < 6; k++) frame();
  assert.equal(frames, 2);
  left = 2;
  wake();
  for (let k = 0; k < 6; k++) frame();
  assert.equal(frames, 5); // its second frame woke it
  wake();
  end();
  wake();
  frame();
  assert.equal(frames, 5);
});

test("an epoch is kept by run, the nearest that is known is shown, and the address follows at rest", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const seen = [];
  const end = lab.followEpoch("a", [0, 5, 10], (e) => seen.push(e));
  lab.setEpoch("a", 4);
  lab.setEpoch("b", 1); // another run's
  lab.setEpoch("a", 9);
  end();
  lab.setEpoch("a", 0);
  assert.deepEqual(seen, [10, 5, 10]);
  assert.equal(lab.epochOf("b"), 1);
  assert.equal(location.search, "?run=a");
  t.mock.timers.tick(250);
  assert.equal(location.search, "?run=a&epoch=0");
  assert.equal(history.replaceState.mock.callCount(), 1);
});

test("what was put off is not written into another page's address", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  lab.inAddressSoon({ seed: 3 });
  visit("/morph");
  t.mock.timers.tick(250);
  assert.equal(location.search, "");
});

test("the address: names are set, removed, and left alone", () => {
  lab.inAddress({ seed: 4, part: null });
  assert.equal(location.search, "?run=a&seed=4");
  lab.inAddress({ run: null });
  assert.equal(lab.fromAddress("seed"), "4");
  assert.equal(lab.fromAddress("run"), null);
  const before = history.replaceState.mock.callCount();
  lab.inAddress({ seed: 4 }); // nothing new
  assert.equal(history.replaceState.mock.callCount(), before);
});

test("a colour with an opacity", () => assert.equal(lab.alpha("rgb(1, 2, 3)", 0.5), "rgba(1, 2, 3, 0.5)"));
