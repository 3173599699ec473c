// The morph player: rows of frames that follow the finger, play and loop. Fed once; sends nothing.
import { setStep } from "../lib/bus.js";
import { animate, picture, fit, tile } from "../lib/canvas.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { playButton } from "../lib/play_button.js";

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
  root.classList.add("ll-player");
  const stage = root.querySelector(".stage"),
    play = root.querySelector(".play"),
    slider = root.querySelector("input");
  const out = root.querySelector("output"),
    film = root.querySelector(".film");
  const frames = data.frames;
  slider.max = frames - 1;
  let epoch = null,
    player = null,
    unfollow = () => {};
  Promise.all(data.rows.map((row) => picture(row.png, data.size))).then((images) => {
    if (root.version !== data.version) return;
    const views = data.rows.map((row) => {
      const figure = document.createElement("figure"),
        canvas = document.createElement("canvas"),
        name = document.createElement("figcaption");
      fit(canvas, data.size.width, data.size.height);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", row.alt);
      figure.style.setProperty("--edge", `var(--ll-${row.edge})`);
      name.textContent = row.label;
      name.append(Object.assign(document.createElement("small"), { textContent: row.note }));
      figure.append(canvas, name);
      return { figure, canvas, row };
    });
    stage.replaceChildren(...views.map((v) => v.figure));
    const line = (row) => (row.epochs ? Math.max(row.epochs.indexOf(epoch), 0) : 0);
    const show = () => {
      const k = +slider.value;
      views.forEach(({ canvas, row }, i) => tile(canvas.getContext("2d"), images[i], line(row), k));
      out.textContent = `${Math.round((100 * k) / (frames - 1))}%`;
      setStep(data.run, k / (frames - 1)); // the dot on the map follows
    };
    const strips = data.rows.map((row) => {
      const name = Object.assign(document.createElement("div"), { className: "label", textContent: row.label });
      const box = Object.assign(document.createElement("div"), { className: "strip" }),
        canvas = document.createElement("canvas");
      box.style.setProperty("--edge", `var(--ll-${row.edge})`);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${row.alt}, step by step`);
      fit(canvas, data.film * data.size.width, data.size.height);
      box.append(canvas);
      canvas.onpointerdown = (e) => {
        // a step that one points at is the one shown
        const across = canvas.getBoundingClientRect(),
          s = Math.floor(((e.clientX - across.left) / across.width) * data.film);
        slider.value = Math.round((Math.min(Math.max(s, 0), data.film - 1) * (frames - 1)) / (data.film - 1));
        pause();
        show();
      };
      return { name, box, canvas, row };
    });
    film.replaceChildren(...strips.flatMap((s) => [s.name, s.box]));
    const showFilm = () =>
      strips.forEach(({ canvas, row }, i) => {
        for (let s = 0; s < data.film; s++) {
          const k = Math.round((s * (frames - 1)) / (data.film - 1));
          tile(canvas.getContext("2d"), images[i], line(row), k, s);
        }
      });
    slider.oninput = () => (pause(), show());
    slider.onkeydown = (e) => {
      // the space bar, as in any player
      if (e.key === " ") e.preventDefault(), play.click();
    };
    player = playButton(play, () => {
      root.still = false;
      const start = performance.now() - (2500 * +slider.value) / (frames - 1);
      const stop = animate((now) => {
        const t = ((now - start) / 2500) % 2; // there and back in five seconds
        slider.value = Math.round((t < 1 ? t : 2 - t) * (frames - 1));
        show();
      });
      return () => (stop(), (root.still = true)); // another pair, or another path, does not start by itself again
    });
    unfollow = followEpoch(data.run, data.epochs, (e) => ((epoch = e), show(), showFilm()));
    if (data.autoplay && !root.still && !matchMedia("(prefers-reduced-motion: reduce)").matches) player.play();
  });
  const pause = () => (player.pause(), (root.still = true));
  root.end = () => {
    const { still } = root; // what ends with its page was not paused by anybody
    player?.pause();
    Object.assign(root, { version: null, still });
    unfollow();
  };
  return () => root.end();
}
