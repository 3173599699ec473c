// A random walk through the latent space, decoded in the browser: plays, scrubs and follows the epoch with no message.
import { decoderOf } from "../bridge/decoder_cache.js";
import { subscribe } from "../lib/bus.js";
import { colour, eachFrame, paint, sharp, fit, suit } from "../lib/canvas.js";
import { floats } from "../lib/codec.js";
import { whenever } from "../lib/controls.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { say } from "../lib/numbers.js";
import { playButton, playSlider } from "../lib/play_button.js";
import { inSight } from "../lib/sight.js";

const LOOP = 90; // seconds for the whole closed walk at speed 1
const TRAIL = 10,
  EVERY = 1; // pictures behind the present one, seconds apart
const PAUSE = 100; // milliseconds that it goes on at most in one frame: out of sight it stands

const HTML = `
  <div class="ll-wander">
    <div class="stage"><canvas class="big" role="img"></canvas>
      <figure><canvas class="dials" role="img"></canvas><figcaption class="quiet"></figcaption></figure></div>
    <div class="bar">
      <button type="button" class="play" aria-label="Play">▶</button>
      <input type="range" min="0" max="${LOOP}" step="0.05" value="0" aria-label="Where on the walk, in seconds">
      <label class="quiet">speed
        <select aria-label="Speed">
          <option value="0.5">½ ×</option><option value="1" selected>1 ×</option>
          <option value="2">2 ×</option><option value="4">4 ×</option>
        </select></label>
      <output></output>
    </div>
    <div class="ll-rows">
      <div class="label">The last steps<small>one for each second</small></div>
      <div class="strip" style="--edge: var(--ll-decoder)">
        <canvas class="trail" role="img" aria-label="The last pictures of the walk"></canvas>
      </div>
    </div>
  </div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").WalkData>} component */
export default function (component) {
  const { data } = component;
  const [root, isNew] = mount(component, HTML);
  const end = () => ((root.version = null), root.stops?.forEach((stop) => stop()), (root.stops = []));
  if (root.version === data.version) return end;
  end();
  root.version = data.version;
  suit(root, data.size);
  const { epochs, size } = data,
    $ = (s) => root.querySelector(s),
    [big, slider, speed] = [".big", ".bar input", "select"].map($),
    along = walkOf(data),
    codeAt = codes(data),
    drawTrail = trail($(".trail"), size);
  let epoch = epochs.at(-1),
    seconds = isNew ? 0 : +slider.value,
    last = 0; // when it was moved on
  fit(big, size.width, size.height);

  const draw = () => {
    const decode = decoderOf(data.run, epoch),
      z = along(seconds);
    slider.value = seconds;
    slider.setAttribute("aria-valuetext", `second ${Math.round(seconds)} of ${LOOP}`);
    $("output").textContent = `${Math.floor(seconds)} of ${LOOP} s`;
    if (decode) {
      const there = codeAt(z, epoch);
      paint(big, decode(there), size, 0, 255);
      big.dataset.z = [...there].join();
      drawTrail(Math.floor(seconds / EVERY), epoch, (t) => decode(codeAt(along(t), epoch)));
    }
    drawDials(root, z);
    $("figcaption").textContent = decode
      ? `The code’s ${z.length === 1 ? "number" : `${z.length} numbers`}, between −3 and 3. Lines at −2, 0 and 2.`
      : "One moment: this epoch’s decoder is loading.";
    big.dataset.epoch = decode ? epoch : "";
    big.setAttribute("aria-label", `What the decoder draws now, epoch ${epoch}`);
  };
  const moves = inSight(root, (now) => {
    if (!player.playing()) return false;
    seconds = (seconds + (Math.min(now - last, PAUSE) / 1000) * +speed.value) % LOOP;
    last = now;
    draw();
  });
  const player = playButton($(".play"), () => ((last = performance.now()), moves.wake(), () => {}));
  playSlider(slider, player, (chosen) => ((seconds = chosen), draw()));
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) player.play();
  root.stops = [
    followEpoch(data.run, epochs, (now) => ((epoch = now), draw())),
    subscribe("decoder", (name) => name === `${data.run}@${epoch}` && draw()),
    whenever($(".dials"), eachFrame(draw)),
    moves.end,
  ];
  return end;
}

/** The walk at a time, in the knobs' units: vae_core.analysis.sampling.random_walk. */
function walkOf({ waves, latent_dim: d, coefficients: text }) {
  const coefficients = floats(text);
  return (t) => {
    const z = new Float32Array(d);
    for (let k = 0; k < waves; k++) {
      const turn = (2 * Math.PI * (k + 1) * t) / LOOP,
        c = Math.cos(turn),
        s = Math.sin(turn);
      for (let i = 0; i < d; i++) z[i] += c * coefficients[k * d + i] + s * coefficients[(waves + k) * d + i];
    }
    return z;
  };
}

/** From the knobs' units to the code of an epoch. */
function codes({ epochs, ...data }) {
  const [shift, scale] = [data.shift, data.scale].map(floats);
  return (z, epoch) => {
    const first = epochs.indexOf(epoch) * z.length;
    return Float32Array.from(z, (v, i) => shift[first + i] + scale[first + i] * v);
  };
}

/** The numbers of the code as bars. */
function drawDials(root, z) {
  const dials = root.querySelector(".dials"),
    { g, width, height } = sharp(dials),
    step = width / z.length,
    middle = height / 2,
    unit = height / 6.6,
    thick = Math.min(step * 0.6, 26);
  g.strokeStyle = colour(root, "--ll-line");
  for (const v of [-2, 0, 2]) g.strokeRect(0, middle - v * unit, width, 0);
  g.fillStyle = colour(root, "--ll-z");
  z.forEach((v, i) => {
    const h = Math.max(-3.2, Math.min(3.2, v)) * unit;
    g.fillRect((i + 0.5) * step - thick / 2, middle - Math.max(h, 0), thick, Math.max(Math.abs(h), 1));
  });
  const numbers = [...z].map((v) => say(v, 1)).join(", ");
  dials.setAttribute("aria-label", `The ${z.length} numbers of the code now: ${numbers}`);
}

/** A function that draws the last pictures of the walk, if they are others than before. */
function trail(canvas, size) {
  const scratch = document.createElement("canvas"),
    g = canvas.getContext("2d");
  let drawn = null;
  fit(canvas, TRAIL * size.width, size.height);
  return (now, epoch, pictureAt) => {
    if (drawn === `${now}|${epoch}`) return;
    drawn = `${now}|${epoch}`;
    for (let k = 0; k < TRAIL; k++) {
      paint(scratch, pictureAt((now - TRAIL + 1 + k) * EVERY), size, 0, 255);
      g.drawImage(scratch, k * size.width, 0);
    }
  };
}
