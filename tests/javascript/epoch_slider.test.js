// The one film of the visit: of which model it is, and of which epochs.
import { visit } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const node = () => ({
  setAttribute() {},
  removeAttribute() {},
  replaceChildren() {},
  append() {},
  classList: { toggle() {} },
});
globalThis.document = { createElement: node, createElementNS: node };
const { default: epochSlider } = await import("../../static/components/epoch_slider.js");
const { fromAddress } = await import("../../static/lib/url.js");

/** A slider as ``mount`` finds it from the second call on; ``tell`` is a message of Python. */
function mounted() {
  const parts = { svg: node(), output: node(), input: Object.assign(node(), { value: "0", max: "0" }) },
    buttons = [node(), node(), node()];
  const root = { ...node(), querySelector: (name) => parts[name], querySelectorAll: () => buttons },
    tell = (run, of) => {
      const epochs = Array.from({ length: of + 1 }, (_, epoch) => epoch),
        data = { run, epochs, losses: epochs.map((epoch) => 200 - epoch), of };
      return epochSlider({ parentElement: { querySelector: () => root }, data });
    };
  return { ...parts, play: buttons[1], tell };
}

test("a film stops where another model comes in its place, and never writes the one before into the address", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  visit("/latent?run=a&epoch=2");
  const { play, tell } = mounted();
  tell("a", 10);
  play.onclick();
  t.mock.timers.tick(1300); // two epochs of it
  assert.equal(play.textContent, "❚❚");
  tell("b", 5);
  assert.equal(play.textContent, "▶");
  t.mock.timers.tick(10_000);
  assert.deepEqual([fromAddress("run"), play.textContent], ["b", "▶"]);
});

test("a film goes on through epochs that have come since it began, to the last one, and ends there", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  visit("/latent?run=c");
  const { play, input, tell } = mounted();
  tell("c", 4);
  play.onclick(); // from the first
  t.mock.timers.tick(700);
  tell("c", 7);
  assert.equal(play.textContent, "❚❚");
  t.mock.timers.tick(10_000);
  assert.deepEqual([+input.value, play.textContent], [7, "▶"]);
});
