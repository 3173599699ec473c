// A training is born: pictures and a map that move while it learns, and that play again when it is over.
import { subscribe } from "../lib/bus.js";
import { busy, playing } from "../lib/busy.js";
import { picture, suit } from "../lib/canvas.js";
import { bytes, halves } from "../lib/codec.js";
import { element, mount } from "../lib/dom.js";
import { epochOf, followEpoch, setAddress, setEpoch } from "../lib/epoch.js";
import { turned } from "../lib/geometry.js";
import { every, playButton, playSlider } from "../lib/play_button.js";
import { fromAddress, inAddress } from "../lib/url.js";
import { Scene, seen } from "./scene.js";

const HTML = `
  <p class="words"><b></b> <span class="quiet"></span></p>
  <div class="stage">
    <figure class="copies"><figcaption>
      <b><i class="x"></i>Test pictures <span class="quiet">and</span> <i class="decoder"></i>rebuilt</b>
      <small>picture → code → picture</small></figcaption><canvas role="img"></canvas></figure>
    <figure class="samples"><figcaption><b><i class="z"></i>Samples</b> <small>from the same rolls</small></figcaption>
      <canvas role="img"></canvas></figure>
    <figure class="plane"><figcaption><b><i class="z"></i>The plane</b>
      <small>what is drawn at each place</small></figcaption><canvas role="img"></canvas></figure>
    <figure class="map"><figcaption><b><i class="mean"></i>The map</b>
      <small>where the test pictures go</small></figcaption><canvas role="img"></canvas></figure>
  </div>
  <div class="bar" hidden>
    <button type="button" class="play"></button>
    <input type="range" min="0" step="1" aria-label="Time of the training">
    <output></output>
  </div>`;
const BETWEEN = 240; // from one moment to the next, where two come at once
const CALM = 2000; // the same for those who want less motion
const STEP = 650; // of the film

/** @param {import("../lib/payloads").Component<import("../lib/payloads").BirthData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(component, HTML);
  if (root.version === data.version) return root.end;
  root.end?.();
  root.version = data.version;
  root.classList.add("ll-birth");
  root.classList.toggle("two", data.side > 0);
  suit(root, data.size);
  const scene = new Scene(root, data);
  const stop = data.film ? follow(root, data, scene) : watch(root, data, scene);
  root.end = () => {
    root.version = null;
    stop();
    scene.end();
  };
  return root.end;
}

/** While it learns: each moment as it comes. */
function watch(root, data, scene) {
  const calm = scene.calm ? CALM : BETWEEN;
  let waiting = [],
    timer = 0,
    last = seen.get(data.run)?.name;
  say(root, "The network is being made.", "Its first guesses come in a moment.");
  root.querySelector(".bar").hidden = true;
  const show = (moment) => {
    seen.set(data.run, moment);
    root.dataset.moment = moment.name;
    const place = momentWords(moment);
    scene.show(unpacked(moment, data), place.aloud);
    say(root, place.words, place.note);
  };
  const next = () => {
    const moment = scene.calm ? waiting.pop() : waiting.shift();
    if (scene.calm) waiting = [];
    timer = moment ? window.setTimeout(next, calm) : 0;
    if (moment) show(moment);
  };
  if (last) show(seen.get(data.run));
  const unsubscribe = subscribe(`moments ${data.run}`, (told) => {
    for (const moment of told ?? []) if (moment.name !== last) waiting.push(moment);
    last = told?.at(-1)?.name ?? last;
    if (waiting.length > 3) waiting = waiting.slice(-2); // a page that was not seen for a while
    if (!timer && waiting.length) next();
  });
  return () => (unsubscribe(), clearTimeout(timer));
}

function momentWords({ epoch, step }) {
  const round = Math.floor(epoch) + 1,
    share = Math.round(100 * (epoch % 1));
  if (!step)
    return {
      words: "The untrained network’s first guesses.",
      note: "It has not learned anything yet.",
      aloud: "untrained",
    };
  const words = epoch % 1 ? `Epoch ${round}, ${share}% of it` : `Epoch ${epoch}`;
  return { words, note: `after ${step.toLocaleString("en")} steps`, aloud: `${words}, after ${step} steps` };
}

const say = (root, words, note) => {
  root.querySelector(".words b").textContent = words;
  root.querySelector(".words span").textContent = note;
};

/** A moment as the scene has it: sheets of one line, and dots. */
function unpacked(moment, { seen: size, tile, copies, samples, side }) {
  return {
    rebuilt: { sheet: sheetOf(moment.rebuilt, size, copies), line: 0 },
    samples: { sheet: sheetOf(moment.samples, size, samples), line: 0 },
    plane: side ? { sheet: sheetOf(moment.plane, tile, side * side), line: 0 } : null,
    points: halves(moment.points),
    window: moment.window,
  };
}

/** So many pictures, channel by channel, as a sheet of one line. */
function sheetOf(text, { channels, height, width }, count) {
  const values = bytes(text),
    pixels = height * width,
    step = channels > 1 ? pixels : 0;
  const canvas = element("canvas", { width: count * width, height });
  const g = canvas.getContext("2d"),
    image = g.createImageData(count * width, height);
  for (let k = 0; k < count; k++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const from = k * channels * pixels + y * width + x,
          to = 4 * (y * count * width + k * width + x);
        for (let c = 0; c < 3; c++) image.data[to + c] = values[from + c * step];
        image.data[to + 3] = 255;
      }
  g.putImageData(image, 0, 0);
  return Object.assign(canvas, { cell: { channels, height, width } });
}

/** When it is over: all that it drew, as a film. */
function follow(root, data, scene) {
  const { film, epochs } = data,
    bar = root.querySelector(".bar"),
    slider = root.querySelector("input"),
    out = root.querySelector("output");
  const done = busy("the film of a training");
  let ended = false,
    stop = () => {},
    at = -1;
  const nothing = film.plane ? picture(film.plane, data.tile) : null;
  const points = film.points.map(halves);
  const turn = scene.turnOf(points.at(-1)),
    frames = points.map((each) => turned(each, turn));
  scene.reaches(frames);
  Promise.all([picture(film.rebuilt, data.size), picture(film.samples, data.size), nothing]).then((sheets) => {
    done();
    if (ended) return;
    const go = (place) => {
      place = Math.min(Math.max(place, 0), frames.length - 1);
      const fresh = at < 0;
      at = place;
      const words = filmWords(film.times[place], data.of);
      slider.value = String(place);
      slider.setAttribute("aria-valuetext", words);
      out.textContent = words;
      root.dataset.time = film.times[place];
      const [rebuilt, samples, plane] = sheets.map((sheet) => sheet && { sheet, line: place });
      scene.show(
        { rebuilt, samples, plane, points: frames[place], window: film.windows[place] ?? null, reach: place },
        words,
        { still: fresh && !scene.shown },
      );
      setEpoch(data.run, Math.floor(film.times[place]));
    };
    slider.max = String(frames.length - 1);
    const player = playButton(
      bar.querySelector("button"),
      (end) => {
        if (at === frames.length - 1) go(0);
        const over = playing();
        const halt = every(scene.calm ? CALM : STEP, () => {
          go(at + 1);
          if (at === frames.length - 1) end();
        });
        return () => (halt(), over());
      },
      "Play how it learned",
    );
    playSlider(slider, player, go);
    bar.hidden = frames.length < 2;
    if (frames.length > 1) say(root, "How it learned.", "Press ▶ to see it from the start.");
    else say(root, "What it can do.", filmWords(film.times[0], data.of));
    setAddress(data.run);
    if (epochOf(data.run) === null) go(frames.length - 1);
    const unfollow = followEpoch(data.run, epochs, (epoch) => {
      if (at < 0 || Math.floor(film.times[at]) !== epoch) go(film.times.indexOf(epoch));
    });
    stop = () => (player.pause(), unfollow());
    if (fromAddress("play")) inAddress({ play: null }), player.play();
  }, done);
  return () => ((ended = true), stop());
}

function filmWords(time, of) {
  if (!time) return "untrained";
  return time < 1 ? `${Math.round(100 * time)}% of epoch 1` : `epoch ${time} of ${of}`;
}
