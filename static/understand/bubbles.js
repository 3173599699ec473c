// The bubbles of some pictures under several betas, over the epochs.
import { chips, slider } from "../lib/controls.js";
import { every, playButton, takesHold } from "../lib/play_button.js";
import { recall, recallOne, remember } from "../lib/url.js";
import { BubblePanel } from "./bubble_panel.js";
import { VIEWS } from "./bubble_views.js";
import { askWhenSeen, built, keepDrawn, renewed, whenInflated } from "./shared.js";

/** @typedef {import("../lib/payloads").BubblesData} Data */

const HTML = `
  <div class="bar wrap choices">
    <span class="bar wrap views"></span>
    <span class="bar wrap which"><span class="name">Digits</span><span class="bar wrap digits ten"></span></span>
  </div>
  <div class="bar wrap">
    <button type="button" class="play" aria-label="Play the epochs">▶</button>
    <div class="time" style="flex: 1; min-width: 14rem"></div>
  </div>
  <div class="key"></div>
  <div class="ll-four"></div>`;
const VIEW_KEYS = Object.keys(VIEWS);
const FRAME = 600; // milliseconds an epoch is shown when they play

/** @typedef {import("../lib/payloads").WhenSeenAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return () => root.end();
  let shown = false;
  const unasked = askWhenSeen(
    root,
    () => !shown,
    () => component.setStateValue("wanted", 1),
  );
  const build = (numbers) => {
    shown = true;
    show(root, data, numbers);
  };
  return built(root, (f) => whenInflated("bubbles at every epoch", f), build, unasked);
}

/** @param {any} root @param {Data} data @param {Uint8Array<ArrayBuffer>[]} numbers */
function show(root, data, numbers) {
  const find = (selector) => root.querySelector(selector),
    box = find(".ll-four"),
    state = stateInAddress(data);
  box.replaceChildren();
  const panels = data.panels.map((source, k) => new BubblePanel(box, source, numbers[k], data, state));
  const change = (name, value) => (remember(name, value), root.redraw());
  const viewNames = Object.values(VIEWS).map(({ name }) => name),
    views = chips(find(".views"), viewNames, (k) => change("view", (state.view = VIEW_KEYS[k])));
  const chooseClass = (k) => {
    if (!state.classes.delete(k)) state.classes.add(k);
    if (!state.classes.size) state.classes.add(k); // none at all would be an empty page
    change("digits", [...state.classes].sort().join(""));
  };
  const classes = chips(find(".digits"), data.names, chooseClass, { classes: true });
  const player = addEpochs(root, data.epochs, state.epoch, (epoch) => change("epoch", (state.epoch = epoch)));
  const draw = () => {
    views.show((k) => state.view === VIEW_KEYS[k]);
    classes.show((k) => state.classes.has(k));
    find(".which").classList.toggle("away", state.view === "together");
    find(".key").innerHTML = VIEWS[state.view].key;
    for (const panel of panels) panel.show();
  };
  return keepDrawn(root, box, draw, player.pause, () => panels.forEach((panel) => panel.plane.end()));
}

/** What the visitor has chosen before, as far as there is such a thing. */
function stateInAddress({ names, epochs }) {
  const digits = recall("digits", [...names.keys()].join("")),
    classes = [...digits].map(Number).filter((c) => c < names.length),
    epoch = recall("epoch", epochs.at(-1));
  return {
    view: recallOne("view", VIEW_KEYS),
    epoch: epochs.includes(epoch) ? epoch : epochs.at(-1),
    classes: new Set(classes.length ? classes : names.keys()),
  };
}

/** The slider of the epochs and the button that plays them; choose(epoch). Returns the player. */
function addEpochs(root, epochs, epoch, choose) {
  const box = root.querySelector(".time"),
    last = epochs.length - 1;
  box.replaceChildren();
  const time = slider(box, {
    name: "Epoch",
    range: [0, last, 1],
    value: epochs.indexOf(epoch),
    text: (k) => (epochs[k] ? `${epochs[k]} of ${epochs[last]}` : "untrained"),
    change: (k) => (player.pause(), choose(epochs[k])),
  });
  const go = (k) => (time.set(k), choose(epochs[k]));
  const film = (end) => {
    if (+time.input.value === last) go(0);
    return every(FRAME, () => (+time.input.value < last ? go(+time.input.value + 1) : end()));
  };
  const player = playButton(root.querySelector(".play"), film, "Play the epochs");
  takesHold(time.input, player.pause, player.toggle);
  return player;
}
