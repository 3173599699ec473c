// A random walk through the latent space, decoded in the browser: plays, scrubs and follows the epoch with no message.
import { decoderOf } from "../bridge/decoder_cache.js";
import { animate, colour, paint, sharp, fit } from "../lib/canvas.js";
import { floats } from "../lib/codec.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { say } from "../lib/numbers.js";
import { playButton } from "../lib/play_button.js";

const LOOP = 90; // seconds for the whole closed walk at speed 1
const TRAIL = 10,
  EVERY = 1; // pictures behind the present one, seconds apart

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
  const { epochs, waves, size, latent_dim: d } = data,
    $ = (s) => root.querySelector(s);
  const [coefficients, shift, scale] = [data.coefficients, data.shift, data.scale].map(floats);
  const big = $(".big"),
    dials = $(".dials"),
    trail = $(".trail"),
    slider = $(".bar input"),
    speed = $("select");
  let line = epochs.length - 1,
    epoch = epochs[line],
    seconds = isNew ? 0 : +slider.value,
    last = 0,
    drawn = "";
  fit(trail, TRAIL * size.width, size.height);
  fit(big, size.width, size.height);

  /** The walk at a time, in the knobs' units: vae_core.analysis.sampling.random_walk. */
  const along = (t) => {
    const z = new Float32Array(d);
    for (let k = 0; k < waves; k++) {
      const turn = (2 * Math.PI * (k + 1) * t) / LOOP,
        c = Math.cos(turn),
        s = Math.sin(turn);
      for (let i = 0; i < d; i++) z[i] += c * coefficients[k * d + i] + s * coefficients[(waves + k) * d + i];
    }
    return z;
  };
  const code = (z) => Float32Array.from(z, (v, i) => shift[line * d + i] + scale[line * d + i] * v);

  function drawDials(z) {
    const { g, width, height } = sharp(dials),
      step = width / d,
      middle = height / 2,
      unit = height / 6.6;
    g.strokeStyle = colour(root, "--ll-line");
    for (const v of [-2, 0, 2]) g.strokeRect(0, middle - v * unit, width, 0);
    g.fillStyle = colour(root, "--ll-z");
    const thick = Math.min(step * 0.6, 26);
    z.forEach((v, i) => {
      const h = Math.max(-3.2, Math.min(3.2, v)) * unit;
      g.fillRect((i + 0.5) * step - thick / 2, middle - Math.max(h, 0), thick, Math.max(Math.abs(h), 1));
    });
    dials.setAttribute("aria-label", `The ${d} numbers of the code now: ${[...z].map((v) => say(v, 1)).join(", ")}`);
  }
  const scratch = document.createElement("canvas");
  let trailAt = null;
  function drawTrail(decode) {
    const now = Math.floor(seconds / EVERY),
      key = `${now}|${epoch}`;
    if (trailAt === key) return;
    trailAt = key;
    const g = trail.getContext("2d");
    for (let k = 0; k < TRAIL; k++) {
      paint(scratch, decode(code(along((now - TRAIL + 1 + k) * EVERY))), size, 0, 255);
      g.drawImage(scratch, k * size.width, 0);
    }
  }
  function draw() {
    const decode = decoderOf(data.run, epoch),
      z = along(seconds);
    slider.value = seconds;
    slider.setAttribute("aria-valuetext", `second ${Math.round(seconds)} of ${LOOP}`);
    $("output").textContent = `${Math.floor(seconds)} of ${LOOP} s`;
    if (decode) {
      const there = code(z);
      paint(big, decode(there), size, 0, 255);
      big.dataset.z = [...there].join();
      drawTrail(decode);
    }
    drawDials(z);
    $("figcaption").textContent = decode
      ? `The code’s ${d === 1 ? "number" : `${d} numbers`}, between −3 and 3. Lines at −2, 0 and 2.`
      : "One moment: this epoch’s decoder is loading.";
    big.dataset.epoch = decode ? epoch : "";
    big.setAttribute("aria-label", `What the decoder draws now, epoch ${epoch}`);
    drawn = look(decode);
  }
  const look = (decode) => [seconds, epoch, !!decode, dials.clientWidth, colour(root, "--ll-ink")].join();
  const player = playButton($(".play"), () => ((last = 0), () => {}));
  slider.oninput = () => (player.pause(), (seconds = +slider.value), draw());
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) player.play();
  root.stops = [
    followEpoch(data.run, epochs, (now) => ([epoch, line] = [now, epochs.indexOf(now)])),
    animate((now) => {
      if (player.playing() && last) seconds = (seconds + ((now - last) / 1000) * +speed.value) % LOOP;
      last = now;
      if (player.playing() || look(decoderOf(data.run, epoch)) !== drawn) draw();
    }),
  ];
  return end;
}
