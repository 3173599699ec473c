// The epoch slider: one film for the whole visit. Scrubbing sends nothing to the server.
import { svg } from "../lib/charts.js";
import { element, mount } from "../lib/dom.js";
import { epochOf, followEpoch, setAddress, setEpoch } from "../lib/epoch.js";
import { every, playButton, playSlider } from "../lib/play_button.js";
import { playing } from "../lib/busy.js";
import { fromAddress, inAddress } from "../lib/url.js";

const HTML = `
  <div class="bar">
    <button type="button" class="back" aria-label="One epoch back">‹</button>
    <button type="button" class="play" aria-label="Play the epochs">▶</button>
    <button type="button" class="next" aria-label="One epoch on">›</button>
    <div class="track"><svg aria-hidden="true"></svg><input type="range" min="0" step="1" aria-label="Epoch"></div>
    <output></output>
  </div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").EpochSliderData>} component */
export default function (component) {
  const { run, epochs, losses, of } = component.data; // of: all that the training was to have
  const [root, isNew] = mount(component, HTML);
  const [back, play, next] = root.querySelectorAll("button"),
    slider = root.querySelector("input"),
    out = root.querySelector("output");
  const atEnd = !isNew && root.run === run && +slider.value === +slider.max;
  if (root.run !== run) root.player?.pause(); // the film of another model, which must not go on in this one's place
  Object.assign(root, { run, epochs }); // a film that plays sees what has come since it began
  slider.max = epochs.length - 1;
  // Who looks at the newest epoch of a running training goes on looking at the newest.
  if (atEnd && epochOf(run) !== null && epochOf(run) !== epochs.at(-1)) setEpoch(run, epochs.at(-1));
  setAddress(run);
  const last = () => root.epochs.length - 1;
  const go = (place) => setEpoch(root.run, root.epochs[Math.min(Math.max(place, 0), last())]);
  const film = (end) => {
    if (+slider.value === last()) go(0);
    const done = playing();
    const stop = every(Math.max(120, Math.min(600, 6000 / root.epochs.length)), () => {
      go(+slider.value + 1);
      if (+slider.value >= last()) end(); // at once: what the last epoch sets going is no film any more
    });
    return () => (stop(), done());
  };
  const player = (root.player ??= playButton(play, film, "Play the epochs"));
  playSlider(slider, player, go);
  back.onclick = () => (player.pause(), go(+slider.value - 1));
  next.onclick = () => (player.pause(), go(+slider.value + 1));
  root.stop?.();
  root.stop = followEpoch(run, epochs, (epoch) => {
    slider.value = epochs.indexOf(epoch);
    const [unit, words] = epoch === 0 ? ["", "untrained"] : ["epoch ", `${epoch} of ${of}`],
      loss = `test loss ${losses[epochs.indexOf(epoch)].toFixed(1)}`;
    const note = epochs.length === 1 ? "only this epoch is kept" : epoch === 0 ? "it draws noise" : loss;
    out.replaceChildren(element("span", { textContent: unit }), words, element("small", { textContent: note }));
    out.title = loss;
    slider.setAttribute("aria-valuetext", `${unit}${words}, ${loss}`);
    curve(root, losses, epochs.indexOf(epoch));
  });
  if (fromAddress("play") && epochs.length > 1) {
    // a link that starts the film, once
    inAddress({ play: null });
    player.play();
  }
  root.classList.toggle("still", epochs.length === 1); // there is nothing to play
  return () => (player.pause(), root.stop());
}

/** The test loss over the slider, with a dot at the present epoch: the marker on the loss curve, on every page. */
function curve(root, losses, at) {
  const chart = root.querySelector("svg"),
    width = 300,
    height = 24,
    known = losses.length > 2 ? losses.slice(1) : losses;
  const low = Math.min(...known),
    high = Math.max(...known); // the untrained net would flatten all others
  const place = (v, k) => [
    (k / (losses.length - 1 || 1)) * width,
    3 + (1 - (Math.min(v, high) - low) / (high - low || 1)) * (height - 6),
  ];
  chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
  chart.setAttribute("preserveAspectRatio", "none");
  const points = losses.map((v, k) => place(v, k).join()).join(" "),
    [x, y] = place(losses[at], at);
  chart.replaceChildren(
    svg("polyline", { points, class: "all" }),
    // A round cap is a dot however the box is stretched.
    svg("line", { x1: x, x2: x, y1: y, y2: y + 0.01, class: "dot" }),
  );
}
