// The morph player: rows of frames that follow the finger, play and loop. Fed once; sends nothing.
import { setStep, stepName } from "../lib/bus.js";
import { picture, fit, tile, suit } from "../lib/canvas.js";
import { mount, strip } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { playButton, playSlider } from "../lib/play_button.js";
import { shows, whileShown } from "../lib/sight.js";

const HTML = `
  <div class="stage"></div>
  <div class="bar">
    <button type="button" class="play" aria-label="Play">▶</button>
    <input type="range" min="0" value="0" step="1" aria-label="Morph: how far from the first picture to the second">
    <output>0%</output>
  </div>
  <div class="ll-rows film"></div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").PlayerData>} component */
export default function (component) {
  const { data } = component;
  const [root, isNew] = mount(component, HTML);
  if (!isNew && root.version === data.version) return root.end;
  root.end?.(); // which forgets the version: so it comes first
  root.version = data.version;
  suit(root, data.size);
  root.classList.add("ll-player");
  root.querySelector("input").max = data.frames - 1;
  let shown = null;
  Promise.all(data.rows.map((row) => picture(row.png, data.size))).then((images) => {
    if (root.version === data.version) shown = begin(root, data, images);
  });
  root.end = () => {
    const { still } = root; // what ends with its page was not paused by anybody
    shown?.player.pause();
    Object.assign(root, { version: null, still });
    shown?.unfollow();
  };
  return () => root.end();
}

/** Show the rows, and let them follow the slider, the player and the epoch. */
function begin(root, data, images) {
  const [play, slider, out] = [".play", "input", "output"].map((name) => root.querySelector(name)),
    last = data.frames - 1,
    views = data.rows.map((row) => large(row, data.size)),
    strips = data.rows.map((row) => film(row, data));
  let epoch = null;
  root.querySelector(".stage").replaceChildren(...views.map((v) => v.figure));
  root.querySelector(".film").replaceChildren(...strips.flatMap((s) => [s.name, s.box]));
  const line = ({ epochs }) => (epochs ? Math.max(epochs.indexOf(epoch), 0) : 0);
  const show = () => {
    const k = +slider.value;
    data.rows.forEach((row, i) => tile(views[i].canvas.getContext("2d"), images[i], line(row), k));
    out.textContent = `${Math.round((100 * k) / last)}%`;
    setStep(data.run, k / last); // the dot on the map follows
  };
  const frameOf = (s) => Math.round((s * last) / (data.film - 1));
  const showFilm = () =>
    data.rows.forEach((row, i) => {
      for (let s = 0; s < data.film; s++) tile(strips[i].canvas.getContext("2d"), images[i], line(row), frameOf(s), s);
    });
  const player = playButton(play, () => {
    root.still = false;
    const stop = thereAndBack(data.run, +slider.value / last, (share) => {
      const k = Math.round(share * last);
      if (k !== +slider.value) (slider.value = k), show(); // there are fewer frames than the screen has
    });
    return () => (stop(), (root.still = true)); // another pair, or another path, does not start by itself again
  });
  const pause = () => (player.pause(), (root.still = true));
  playSlider(slider, player, () => (pause(), show()));
  for (const { canvas } of strips)
    canvas.onpointerdown = (e) => {
      // a step that one points at is the one shown
      const across = canvas.getBoundingClientRect(),
        s = Math.floor(((e.clientX - across.left) / across.width) * data.film);
      slider.value = frameOf(Math.min(Math.max(s, 0), data.film - 1));
      pause();
      show();
    };
  const unfollow = followEpoch(data.run, data.epochs, (e) => ((epoch = e), show(), showFilm())),
    unseen = shows(stepName(data.run), root);
  if (data.autoplay && !root.still && !matchMedia("(prefers-reduced-motion: reduce)").matches) player.play();
  return { player, unfollow: () => (unfollow(), unseen()) };
}

/**
 * Where a run's morph stands, from 0 to 1 and back in five seconds, beginning at a share: while the player is in sight,
 * or a map on which it walks. Returns what stops it.
 */
function thereAndBack(run, from, step) {
  const start = performance.now() - 2500 * from;
  const moves = whileShown(stepName(run), (now) => {
    const t = (Math.max(now - start, 0) / 2500) % 2;
    step(t < 1 ? t : 2 - t);
  });
  moves.wake();
  return moves.end;
}

/** A row's present frame, large. */
function large({ label, note, alt, edge }, { width, height }) {
  const figure = document.createElement("figure"),
    canvas = document.createElement("canvas"),
    name = document.createElement("figcaption");
  fit(canvas, width, height);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", alt);
  figure.style.setProperty("--edge", `var(--ll-${edge})`);
  name.textContent = label;
  name.append(Object.assign(document.createElement("small"), { textContent: note }));
  figure.append(canvas, name);
  return { figure, canvas };
}

/** A row's frames beside each other. */
function film(row, data) {
  const made = strip(row.label, "", row.edge);
  made.canvas.setAttribute("aria-label", `${row.alt}, step by step`);
  fit(made.canvas, data.film * data.size.width, data.size.height);
  return made;
}
