// A knob for each number of the code: its strip of pictures is the slider. Decoded in the browser, without a message.
import { send } from "../bridge/ask.js";
import { decoderOf } from "../bridge/decoder_cache.js";
import { subscribe } from "../lib/bus.js";
import { fit, paint, picture, sleeper, suit, tile } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { mount, refill } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { gauss, say } from "../lib/numbers.js";
import { busy } from "../lib/busy.js";
import { inAddress } from "../lib/url.js";

const SHOWN = 8; // knobs before one asks for all
const HTML = `
  <div class="ll-knobs">
    <div class="stage">
      <canvas class="big" role="img"></canvas>
      <div class="what quiet"></div>
      <div class="bar">
        <button type="button" class="back">Back to the start</button>
        <button type="button" class="dice">Roll the dice</button>
      </div>
      <div class="begin">
        <span>Start at</span><div class="offered" role="group" aria-label="Where the knobs begin"></div>
      </div>
    </div>
    <div class="rows"></div>
    <button type="button" class="more" hidden></button>
  </div>`;

/** @typedef {import("../lib/payloads").KnobsData} Data */
/** @typedef {import("../lib/payloads").KnobsAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setStateValue } = component;
  const [root] = mount(component, HTML);
  root.send = (place) => send(() => setStateValue("start", place));
  const end = () => ((root.version = null), root.stops?.forEach((stop) => stop()), (root.stops = []));
  if (root.version === data.version) return end;
  end();
  root.version = data.version;
  suit(root, data.size);
  const $ = (s) => root.querySelector(s),
    code = codeOf(data),
    rows = data.order.map((dim) => knob(dim, data)),
    board = { root, data, code, rows, film: null, use: floats(data.use), dead: bytes(data.dead) },
    { show, arrived, stop } = drawing(board);
  rows.forEach(({ slider, dim }, k) => (slider.oninput = () => (code.turn(dim, +slider.value), show(k))));
  $(".rows").replaceChildren(...rows.map((r) => r.row));
  fit($(".big"), data.size.width, data.size.height);
  code.toStart(); // a knob may be turned before the strips' pictures are here
  $(".more").onclick = () => ((root.all = true), fold(board), show());
  $(".back").onclick = () => (code.toStart(), show());
  $(".dice").onclick = () => (code.roll(), show());
  Promise.all([picture(data.film, data.size), picture(data.pictures, data.size)]).then(([film, pictures]) => {
    if (root.version !== data.version) return;
    board.film = film;
    offerStarts(root, data, pictures);
    root.stops = [
      followEpoch(data.run, data.epochs, (epoch) => {
        code.goTo(epoch);
        measure(board);
        fold(board);
        show();
      }),
      subscribe("decoder", arrived),
      stop,
    ];
  });
  return end;
}

const ends = (steps) => ({
  low: steps[0],
  high: steps.at(-1),
  half: (steps.at(-1) - steps[0]) / (steps.length - 1) / 2, // of a picture on the strip
});

/** Where the knobs stand (z), and the code that they make at an epoch. */
function codeOf({ epochs, steps, latent_dim: d, ...data }) {
  const [shift, scale, starts] = [data.shift, data.scale, data.starts].map(floats),
    z = new Float32Array(d);
  const me = {
    z,
    epoch: epochs.at(-1),
    line: epochs.length - 1,
    turned: false,
    number: (dim, v) => shift[me.line * d + dim] + scale[me.line * d + dim] * v,
    all: () => Float32Array.from(z, (v, dim) => me.number(dim, v)),
    toStart() {
      me.turned = false;
      for (let k = me.line * d, i = 0; i < d; i++) z[i] = (starts[k + i] - shift[k + i]) / (scale[k + i] || 1);
    },
    turn(dim, v) {
      z[dim] = Math.min(Math.max(v, steps[0]), steps.at(-1));
      me.turned = true;
    },
    roll() {
      for (let i = 0; i < d; i++) z[i] = gauss();
      me.turned = true;
    },
    goTo(epoch) {
      [me.epoch, me.line] = [epoch, epochs.indexOf(epoch)];
      if (!me.turned) me.toStart();
    },
  };
  return me;
}

/** A knob: name, how much its number is used, and the strip of pictures, which is its slider. */
function knob(dim, { steps, size }) {
  const row = document.createElement("div");
  row.className = "knob";
  row.innerHTML = `<div class="name"><b></b><span class="use"><i></i></span><small></small></div>
    <div class="track"><canvas></canvas><input type="range"><u></u></div>`;
  /** @type {any[]} */
  const [canvas, slider, thumb, bar, small] = ["canvas", "input", "u", "i", "small"].map((s) => row.querySelector(s));
  const { low, high, half } = ends(steps);
  fit(canvas, steps.length * size.width, size.height);
  row.querySelector("b").textContent = `Number ${dim + 1}`;
  Object.assign(slider, { min: low - half, max: high + half, step: half / 10 });
  slider.setAttribute("aria-label", `Number ${dim + 1} of the code`);
  return { row, canvas, slider, dim, thumb, bar, small };
}

/** The picture is drawn at once, the strips a few at each frame (``work``): all that would not fit into one. */
function drawing(board) {
  const { root, data, code, rows } = board,
    big = root.querySelector(".big"),
    scratch = document.createElement("canvas"),
    decoder = () => decoderOf(data.run, code.epoch);
  let jobs = [],
    waiting = false, // for a decoder that is on its way
    seen = /** @type {any} */ (undefined), // the one of what is shown
    done = null;
  const said = () => {
    if (jobs.length || waiting) done ||= busy("strips of pictures");
    else done = void done?.();
  };
  const show = (own = -1) => {
    const decode = (seen = decoder());
    moveThumbs(board);
    waiting = code.turned && !decode;
    if (!code.turned && board.film) {
      fromFilm(board);
      jobs = [];
    }
    if (decode) {
      paint(big, decode(code.all()), data.size, 0, 255);
      jobs = rows.flatMap((_, k) => (k === own || (!root.all && k >= SHOWN) ? [] : data.steps.map((_, s) => [k, s])));
    }
    // Paler while it is not yet from here. Of the film it is from here, and only a little blurred.
    rows.forEach(
      ({ canvas }, k) => (canvas.style.opacity = code.turned && jobs.some(([row]) => row === k) ? "0.45" : ""),
    );
    big.dataset.z = [...code.all()].join();
    big.dataset.epoch = waiting ? "" : String(code.epoch);
    big.setAttribute("aria-label", `What the decoder draws for these ${data.latent_dim} numbers, epoch ${code.epoch}`);
    root.querySelector(".what").textContent = words(waiting, code.turned, data.place);
    said();
    if (jobs.length) worker.wake();
  };
  const work = () => {
    const until = performance.now() + 8,
      decode = jobs.length ? decoder() : null;
    while (decode && jobs.length && performance.now() < until) {
      const [k, s] = jobs.shift(),
        { dim, canvas } = rows[k],
        there = code.all();
      there[dim] = code.number(dim, data.steps[s]);
      paint(scratch, decode(there), data.size, 0, 255);
      canvas.getContext("2d").drawImage(scratch, s * data.size.width, 0);
      if (s === data.steps.length - 1) canvas.style.opacity = "";
    }
    said();
    return !!decode && jobs.length > 0;
  };
  const worker = sleeper(work),
    arrived = () => decoder() !== seen && show();
  return { show, arrived, stop: () => (worker.end(), (jobs = []), (waiting = false), said()) };
}

function words(waiting, turned, place) {
  if (waiting) return "One moment: this epoch’s decoder is loading.";
  if (turned) return "Your own mix of numbers, decoded. The strips show where each knob leads from here.";
  if (place === null) return "All knobs in the middle. Drag along a strip to turn its knob.";
  return "The chosen test picture’s code. Drag along a strip to turn its knob.";
}

/** The picture and the strips of the start, which came with the page, a little blurred: until the decoder is here. */
function fromFilm({ root, data: { steps }, code, rows, film }) {
  tile(root.querySelector(".big").getContext("2d"), film, code.line, 0);
  rows.forEach(({ canvas }, k) =>
    steps.forEach((_, s) => tile(canvas.getContext("2d"), film, code.line, 1 + k * steps.length + s, s)),
  );
}

function moveThumbs({ data, code: { z }, rows }) {
  const { low, high, half } = ends(data.steps);
  rows.forEach(({ slider, dim, thumb }) => {
    slider.value = String(z[dim]);
    slider.setAttribute("aria-valuetext", say(z[dim], 1));
    const inside = Math.min(Math.max(z[dim], low - half), high + half);
    thumb.style.left = `${(100 * (inside - low + half)) / (high - low + 2 * half)}%`;
    thumb.dataset.value = say(z[dim], 1);
  });
}

/** How much each number is used at this epoch. */
function measure({ data, code: { line, epoch }, rows, use, dead }) {
  const d = data.latent_dim,
    { low, high } = ends(data.steps),
    most = Math.max(...use.subarray(line * d, line * d + d), 1e-9);
  rows.forEach(({ row, dim, bar, small, canvas }) => {
    const value = use[line * d + dim],
      isDead = dead[line * d + dim] === 1;
    bar.style.width = `${(100 * value) / most}%`;
    small.textContent =
      (data.classic ? `std ${say(value, 1)}` : `${value < 0.1 ? say(value, 2) : say(value, 1)} nats`) +
      (isDead ? " · dead" : "");
    row.classList.toggle("dead", isDead);
    canvas.setAttribute("role", "img");
    canvas.setAttribute(
      "aria-label",
      `Number ${dim + 1} from ${say(low, 0)} to ${say(high, 0)}, decoded, epoch ${epoch}`,
    );
  });
}

/** Hide the knobs beyond the first few, and say how many there are. */
function fold({ root, data, code, rows, dead }) {
  rows.forEach(({ row }, k) => (row.hidden = !root.all && k >= SHOWN));
  const more = root.querySelector(".more"),
    hidden = rows.slice(SHOWN),
    sleeping = hidden.filter((r) => dead[code.line * data.latent_dim + r.dim]).length;
  more.hidden = root.all || !hidden.length;
  more.textContent = `Show the other ${hidden.length} knobs` + (sleeping ? ` (${sleeping} dead)` : "");
}

/** The middle and some test pictures, to start at. */
function offerStarts(root, data, pictures) {
  const choice = (place, name, ...face) => {
    const button = Object.assign(document.createElement("button"), { type: "button", title: name });
    button.setAttribute("aria-label", name);
    button.dataset.key = `start ${place}`; // two may have one name
    button.setAttribute("aria-pressed", String(place === data.place));
    button.append(...face);
    button.onclick = () => (inAddress({ start: place === null ? null : place + 1 }), root.send(place ?? -1));
    return button;
  };
  const { width, height } = data.size;
  refill(root.querySelector(".offered"), [
    choice(null, "The middle", "middle"),
    ...data.offered.map(([place, name], k) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      tile(canvas.getContext("2d"), pictures, 0, k);
      return choice(place, name, canvas);
    }),
  ]);
}
