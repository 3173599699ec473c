import assert from "node:assert/strict";
import { test } from "node:test";
import { playButton, playSlider } from "../../static/lib/play_button.js";

const fakeButton = () => ({ setAttribute: (name, value) => (names[name] = value) });
const names = {};

test("a button plays, pauses, and shows which of both comes next", () => {
  const button = fakeButton(),
    heard = [];
  const player = playButton(button, () => (heard.push("start"), () => heard.push("stop")), "Play the epochs");
  assert.deepEqual([button.textContent, names["aria-label"], player.playing()], ["▶", "Play the epochs", false]);
  button.onclick();
  assert.deepEqual([button.textContent, names["aria-label"], player.playing()], ["❚❚", "Pause", true]);
  player.play(); // plays already
  button.onclick();
  player.pause(); // and rests already
  assert.deepEqual([button.textContent, names["aria-label"], player.playing()], ["▶", "Play the epochs", false]);
  assert.deepEqual(heard, ["start", "stop"]);
});

test("what ends by itself can be played again", () => {
  const button = fakeButton();
  let end = () => {},
    stopped = 0;
  const player = playButton(button, (over) => ((end = over), () => stopped++));
  player.play();
  end();
  assert.deepEqual([player.playing(), stopped, button.textContent], [false, 1, "▶"]);
  player.play();
  assert.ok(player.playing());
});

test("whoever takes hold of a slider stops what plays, also where that moves nothing yet", () => {
  const slider = /** @type {any} */ ({}),
    player = playButton(fakeButton(), () => () => {}),
    chosen = [],
    press = (key) => slider.onkeydown({ key, preventDefault() {} });
  playSlider(slider, player, (value) => chosen.push(value));
  const holds = [() => slider.onpointerdown(), ...["ArrowRight", "End", "PageDown"].map((key) => () => press(key))];
  for (const hold of holds) {
    player.play();
    hold();
    assert.ok(!player.playing());
  }
  player.play();
  press("Tab");
  assert.ok(player.playing());
  press(" ");
  assert.ok(!player.playing());
  press(" ");
  assert.ok(player.playing());
  assert.deepEqual(chosen, []);
  slider.value = "7";
  slider.oninput();
  assert.deepEqual([chosen, player.playing()], [[7], false]);
});
