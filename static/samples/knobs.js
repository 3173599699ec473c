// A knob for each number of the code: its strip of pictures is the slider. Decoded in the browser, without a message.
import { send } from "../bridge/ask.js";
import { decoderOf } from "../bridge/decoder_cache.js";
import { animate, paint, picture, tile, fit } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { mount } from "../lib/dom.js";
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
  const { epochs, order, steps, size, latent_dim: d } = data,
    version = data.version,
    $ = (s) => root.querySelector(s);
  const [use, starts, shift, scale] = [data.use, data.starts, data.shift, data.scale].map(floats),
    dead = bytes(data.dead);
  const low = steps[0],
    high = steps.at(-1),
    half = (high - low) / (steps.length - 1) / 2;
  let line = epochs.length - 1,
    epoch = epochs[line],
    turned = false,
    film = null,
    all = root.all ?? false;
  const z = new Float32Array(d); // in the knobs' units
  const code = () => Float32Array.from(z, (v, i) => shift[line * d + i] + scale[line * d + i] * v);
  const toStart = () => {
    turned = false;
    for (let i = 0; i < d; i++) z[i] = (starts[line * d + i] - shift[line * d + i]) / (scale[line * d + i] || 1);
  };

  const rows = order.map((dim, k) => {
    const row = document.createElement("div");
    row.className = "knob";
    row.innerHTML = `<div class="name"><b></b><span class="use"><i></i></span><small></small></div>
      <div class="track"><canvas></canvas><input type="range"><u></u></div>`;
    const canvas = row.querySelector("canvas"),
      slider = row.querySelector("input");
    fit(canvas, steps.length * size.width, size.height);
    row.querySelector("b").textContent = `Number ${dim + 1}`;
    Object.assign(slider, { min: low - half, max: high + half, step: half / 10 });
    slider.setAttribute("aria-label", `Number ${dim + 1} of the code`);
    slider.oninput = () => {
      z[dim] = Math.min(Math.max(+slider.value, low), high);
      turned = true;
      show(k);
    };
    return {
      row,
      canvas,
      slider,
      dim,
      thumb: row.querySelector("u"),
      bar: row.querySelector("i"),
      small: row.querySelector("small"),
    };
  });
  $(".rows").replaceChildren(...rows.map((r) => r.row));
  fit($(".big"), size.width, size.height);
  toStart(); // a knob may be turned before the strips' pictures are here

  const thumbs = () =>
    rows.forEach(({ slider, dim, thumb }) => {
      slider.value = String(z[dim]);
      slider.setAttribute("aria-valuetext", say(z[dim], 1));
      const inside = Math.min(Math.max(z[dim], low - half), high + half);
      thumb.style.left = `${(100 * (inside - low + half)) / (high - low + 2 * half)}%`;
      thumb.dataset.value = say(z[dim], 1);
    });
  let jobs = [],
    waiting = false; // for a decoder that is on its way
  let done = null;
  const said = () => {
    const some = jobs.length > 0 || waiting;
    if (some) done ||= busy("strips of pictures");
    else done = void done?.();
  };
  /** Draw the picture now, the strips a few at each frame: all that would not fit into one. */
  const show = (own = -1) => {
    thumbs();
    const decode = decoderOf(data.run, epoch),
      big = $(".big");
    waiting = turned && !decode;
    big.setAttribute("aria-label", `What the decoder draws for these ${d} numbers, epoch ${epoch}`);
    if (!turned && film) {
      tile(big.getContext("2d"), film, line, 0);
      rows.forEach(({ canvas }, k) =>
        steps.forEach((_, s) => tile(canvas.getContext("2d"), film, line, 1 + k * steps.length + s, s)),
      );
      jobs = [];
    } else if (decode) {
      paint(big, decode(code()), size, 0, 255);
      jobs = rows.flatMap((_, k) => (k === own || (!all && k >= SHOWN) ? [] : steps.map((_, s) => [k, s])));
    }
    // Paler while it is not yet from here.
    rows.forEach(({ canvas }, k) => (canvas.style.opacity = jobs.some(([row]) => row === k) ? "0.45" : ""));
    big.dataset.z = [...code()].join();
    big.dataset.epoch = turned && !decode ? "" : String(epoch);
    $(".what").textContent =
      turned && !decode
        ? "One moment: this epoch’s decoder is loading."
        : turned
          ? "Your own mix of numbers, decoded. The strips show where each knob leads from here."
          : data.place === null
            ? "All knobs in the middle. Drag along a strip to turn its knob."
            : "The chosen test picture’s code. Drag along a strip to turn its knob.";
    said();
  };
  const scratch = document.createElement("canvas");
  const work = () => {
    const until = performance.now() + 8,
      decode = jobs.length ? decoderOf(data.run, epoch) : null;
    while (decode && jobs.length && performance.now() < until) {
      const [k, s] = jobs.shift(),
        { dim, canvas } = rows[k],
        there = code();
      there[dim] = shift[line * d + dim] + scale[line * d + dim] * steps[s];
      paint(scratch, decode(there), size, 0, 255);
      canvas.getContext("2d").drawImage(scratch, s * size.width, 0);
      if (s === steps.length - 1) canvas.style.opacity = "";
    }
    if (waiting && decoderOf(data.run, epoch)) show();
    said();
    return root.isConnected;
  };

  const measure = () => {
    const most = Math.max(...use.subarray(line * d, line * d + d), 1e-9);
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
  };
  const fold = () => {
    rows.forEach(({ row }, k) => (row.hidden = !all && k >= SHOWN));
    const more = $(".more"),
      hidden = rows.slice(SHOWN),
      sleeping = hidden.filter((r) => dead[line * d + r.dim]).length;
    more.hidden = all || !hidden.length;
    more.textContent = `Show the other ${hidden.length} knobs` + (sleeping ? ` (${sleeping} dead)` : "");
  };
  $(".more").onclick = () => ((root.all = all = true), fold(), turned && show());
  $(".back").onclick = () => (toStart(), show());
  $(".dice").onclick = () => {
    for (let i = 0; i < d; i++) z[i] = gauss();
    turned = true;
    show();
  };
  const offered = $(".offered");
  const choice = (place, name, draw) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.setAttribute("aria-label", name);
    button.setAttribute("aria-pressed", String(place === data.place));
    button.title = name;
    draw(button);
    button.onclick = () => (inAddress({ start: place === null ? null : place + 1 }), root.send(place ?? -1));
    return button;
  };
  Promise.all([picture(data.film, size, "webp"), picture(data.pictures, size)]).then(([strips, pictures]) => {
    if (root.version !== version) return;
    film = strips;
    offered.replaceChildren(
      choice(null, "The middle", (b) => (b.textContent = "middle")),
      ...data.offered.map(([place, name], k) =>
        choice(place, `A test picture of ${name}`, (b) => {
          const canvas = Object.assign(document.createElement("canvas"), { width: size.width, height: size.height });
          tile(canvas.getContext("2d"), pictures, 0, k);
          b.append(canvas);
        }),
      ),
    );
    root.stops = [
      followEpoch(data.run, epochs, (now) => {
        [epoch, line] = [now, epochs.indexOf(now)];
        if (!turned) toStart();
        measure();
        fold();
        show();
      }),
      animate(work),
      () => ((jobs = []), (waiting = false), said()),
    ];
  });
  return end;
}
