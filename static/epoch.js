// The epoch slider: one film for the whole visit. Scrubbing sends nothing to the server.
import { mount, wish, epochOf, setAddress, setEpoch, followEpoch } from "./lab.js";

const HTML = `
  <div class="bar">
    <button type="button" class="back" aria-label="One epoch back">‹</button>
    <button type="button" class="play" aria-label="Play the epochs">▶</button>
    <button type="button" class="next" aria-label="One epoch on">›</button>
    <input type="range" min="0" step="1" aria-label="Epoch">
    <output></output>
  </div>`;

export default function (component) {
  const { run, epochs } = component.data;
  const [root, isNew] = mount(component, HTML);
  const [back, play, next] = root.querySelectorAll("button"), slider = root.querySelector("input"), out = root.querySelector("output");
  if (isNew) root.timer = 0;
  const atEnd = !isNew && root.run === run && +slider.value === +slider.max;
  root.run = run;
  slider.max = epochs.length - 1;
  // Who looks at the newest epoch of a running training goes on looking at the newest.
  if (atEnd && epochOf(run) !== null && epochOf(run) !== epochs.at(-1)) setEpoch(run, epochs.at(-1));
  setAddress(run);
  const go = (place) => setEpoch(run, epochs[Math.min(Math.max(place, 0), epochs.length - 1)]);
  const stop = () => {
    clearInterval(root.timer);
    root.timer = 0;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play the epochs");
  };
  slider.oninput = () => (stop(), go(+slider.value));
  back.onclick = () => (stop(), go(+slider.value - 1));
  next.onclick = () => (stop(), go(+slider.value + 1));
  play.onclick = () => {
    if (root.timer) return stop();
    if (+slider.value === epochs.length - 1) go(0);
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    root.timer = setInterval(() => {
      if (+slider.value >= epochs.length - 1) return stop();
      go(+slider.value + 1);
    }, Math.max(120, Math.min(600, 6000 / epochs.length)));
  };
  root.stop?.();
  root.stop = followEpoch(run, epochs, (epoch) => {
    slider.value = epochs.indexOf(epoch);
    out.textContent = epoch === 0 ? "untrained" : `epoch ${epoch} of ${epochs.at(-1)}`;
    slider.setAttribute("aria-valuetext", out.textContent);
  });
  if (wish("play") && epochs.length > 1) { // a link that starts the film, once
    wish("play", null);
    play.onclick();
  }
  root.style.display = epochs.length > 1 ? "" : "none";
  return () => (stop(), root.stop());
}
