// The graph of the computation: values flow forward as dots, gradients flow back as diamonds, as far as they get.
import { alpha, eachFrame, paint, pixelsOf, sharp } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { chips, whenever } from "../lib/controls.js";
import { describe, rich } from "../lib/dom.js";
import { pointOf } from "../lib/geometry.js";
import { pair, say } from "../lib/numbers.js";
import { palette } from "../lib/plane.js";
import { playButton } from "../lib/play_button.js";
import { inSight } from "../lib/sight.js";
import { recall, recallOne, remember } from "../lib/url.js";
import { EDGES, ROUND, STEPS, backAlong, dotsAlong, gradients, passAt, reached } from "./flow.js";
import { LAYOUTS, curveOf, at as placeOn, lengthOf } from "./flow_layout.js";

const node = (name, colour, inside) => `<div class="node ${name} ${colour}" data-node="${name}">${inside}</div>`;
const two = (title) => `<small>${title}</small><b></b><i class="back"></i>`;
export const FLOW = `
  <div class="ll-flow">
    <div class="stage" role="group" aria-label="The computation, from the picture to the loss">
      <canvas class="edges" aria-hidden="true"></canvas>
      ${node("x", "x", '<small>x</small><canvas class="image given" role="img"></canvas>')}
      ${node("encoder", "encoder", "<span>encoder</span>")}
      ${node("mean", "mean", two("mean"))}${node("std", "mean", two("std"))}
      ${node("noise", "z", two("noise: the dice"))}
      ${node("times", "op", "×")}${node("plus", "op", "+")}
      ${node("draw", "z", "<small>roll the dice in here</small><b>z ~ N(mean, std²)</b><i class='back'></i>")}
      ${node("z", "z", two("z"))}
      ${node("decoder", "decoder", "<span>decoder</span>")}
      ${node("out", "decoder", '<small>picture</small><canvas class="image made" role="img"></canvas>')}
      ${node("loss", "ink", '<small>loss</small><b></b><canvas class="image pixels" role="img"></canvas>')}
    </div>
    <div class="bar controls">
      <button type="button" class="play">▶</button>
      <button type="button" class="roll">Roll again</button>
      <p class="pass"></p>
    </div>
  </div>`;
const WAYS = { inside: "Drawn inside", trick: "The trick" };
const APART = 24; // pixels between two dots
const LARGEST = 9; // half a diamond, of the largest gradient of a picture's rolls
const LEAST = 2;

export class FlowView {
  /** @type {any} */ root;
  /** @type {import("../lib/payloads").NoiseData} */ data;
  /** @type {import("./draws.js").Draws} */ draws;
  /** @type {import("../lib/decoder.js").Decode} */ decode;
  seconds = 0; // of this round
  before = 0;
  odd = false;
  steepest = 1; // of the picture's slopes
  passed = "";
  /** @type {any} */ measured = null;
  /** @type {any} */ curves = [];

  /**
   * @param {any} root
   * @param {import("../lib/payloads").NoiseData} data
   * @param {import("./draws.js").Draws} draws
   * @param {import("../lib/decoder.js").Decode} decode
   */
  constructor(root, data, draws, decode) {
    Object.assign(this, { root, data, draws, decode });
    this.find = (selector) => root.querySelector(`.ll-flow ${selector}`);
    this.losses = floats(data.loss);
    this.slopes = floats(data.slope);
    this.pictures = bytes(data.pictures);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.roll = recall("roll", 0, 0, draws.rolls - 1) | 0;
    const ways = Object.keys(WAYS);
    this.way = recallOne("way", ["trick", "inside"]);
    this.ways = chips(root.querySelector(".ways"), Object.values(WAYS), (k) => this.choose(ways[k]));
    this.find(".roll").onclick = () => this.next(true);
    this.player = playButton(this.find(".play"), () => this.run(), "Play the computation");
    this.layoutSoon = eachFrame(() => this.layout());
    this.stops = [() => this.player.pause(), whenever(this.find(".stage"), () => this.layoutSoon())];
    if (!this.calm) this.player.play();
  }

  end = () => {
    for (const stop of this.stops) stop();
  };

  run() {
    this.before = 0;
    const { wake, end } = inSight(this.find(".stage"), (now) => this.tick(now));
    wake();
    return end;
  }

  choose(way) {
    remember("way", (this.way = way));
    this.seconds = passAt(this.seconds).backwards ? this.seconds : 0;
    this.show();
  }

  /** The next roll of the dice, from the beginning. */
  next(byHand) {
    this.roll = (this.roll + 1) % this.draws.rolls;
    if (byHand) remember("roll", this.roll);
    this.seconds = 0;
    this.show();
  }

  tick(now) {
    if (!this.root.isConnected) return false;
    const passed = this.before ? Math.min(now - this.before, 100) / 1000 : 0;
    this.before = now;
    this.seconds += passed;
    this.odd = !this.odd; // every other frame is smooth enough
    if (this.odd && this.seconds < ROUND) return;
    if (this.seconds >= ROUND) this.next(false);
    else this.draw();
  }

  /** Show what was measured for the picture and the roll: the model's own bubble, whatever was dragged below. */
  show() {
    const { draws, roll, decode, pictures } = this,
      { example } = draws,
      [mean, std, noise] = [draws.ownMean(), draws.ownStd(), pointOf(draws.noise, roll)],
      z = mean.map((v, d) => v + noise[d] * std[d]),
      k = example * draws.rolls + roll;
    const made = Float32Array.from(decode(z)),
      count = pixelsOf(decode.size),
      truth = Float32Array.from(pictures.subarray(example * count, (example + 1) * count), (v) => v / 255),
      wrong = made.map((v, i) => v - truth[i]);
    const measured = { mean, std, noise, z, loss: this.losses[k], slope: pointOf(this.slopes, k), wrong };
    this.measured = measured;
    const slopes = this.slopes.subarray(example * draws.rolls * 2, (example + 1) * draws.rolls * 2);
    this.steepest = Math.max(...Array.from({ length: draws.rolls }, (_, i) => Math.hypot(...pointOf(slopes, i))));
    this.found = gradients(this.way, { slope: measured.slope, noise, std, pixels: Math.hypot(...wrong) });
    this.showNodes(truth, made);
    this.passed = "";
    this.layout();
  }

  showNodes(truth, made) {
    const { find, way, measured, decode, data, draws } = this,
      name = data.names[draws.example];
    find(".stage").dataset.graph = way;
    this.ways.show((k) => Object.keys(WAYS)[k] === way);
    for (const part of ["mean", "std", "noise", "z"]) find(`[data-node=${part}] b`).textContent = pair(measured[part]);
    find("[data-node=loss] b").textContent = `${say(measured.loss, 1)} nats`;
    paint(find(".given"), truth, decode.size, 0, 255);
    paint(find(".made"), made, decode.size, 0, 255);
    paintWrong(find(".pixels"), measured.wrong, decode.size, palette(this.root));
    describe(find(".given"), `${data.redrawn ? "A redrawn" : "A test"} picture of ${name}`);
    describe(find(".made"), `What the decoder draws from z at ${pair(measured.z)}`);
    describe(find(".pixels"), "The gradient at each pixel: where the picture is too dark, and where it is too bright");
    for (const part of ["mean", "std", "noise", "z"]) {
      const slope = this.found[part];
      find(`[data-node=${part}] .back`).textContent = slope ? `◆ gradient ${pair(slope, 1)}` : "no gradient";
    }
    find("[data-node=draw] .back").textContent = "the gradient stops here";
    const sent = Object.entries(this.found).map(([part, vector]) => [part, vector?.join() ?? ""]);
    Object.assign(find(".stage").dataset, Object.fromEntries(sent), { roll: this.roll, loss: measured.loss });
  }

  layout() {
    const stage = this.find(".stage"),
      box = stage.getBoundingClientRect();
    if (!box.width || !this.measured) return;
    const layout = LAYOUTS[box.width < 900 ? "narrow" : "wide"];
    stage.dataset.layout = layout.name;
    const { height } = stage.getBoundingClientRect(); // the layout may have another
    const boxes = {};
    for (const part of stage.querySelectorAll(".node")) {
      const [x, y] = layout.places[part.dataset.node];
      part.style.left = `${100 * x}%`;
      part.style.top = `${100 * y}%`;
      const { offsetWidth: wide, offsetHeight: high } = part;
      boxes[part.dataset.node] = { x: x * box.width, y: y * height, wide, high };
    }
    this.curves = EDGES[this.way]
      .filter(({ from, to }) => layout.name === "wide" || from !== "x" || to !== "loss")
      .map((edge) => {
        const curve = curveOf(boxes[edge.from], boxes[edge.to], edge.from === "x" && edge.to === "loss");
        return { edge, curve, long: lengthOf(curve), back: backAlong(edge, this.found) };
      });
    this.draw();
  }

  draw() {
    if (!this.measured) return;
    const { g } = sharp(this.find(".edges")),
      paints = palette(this.root),
      pass = this.calm ? { backwards: true, steps: STEPS } : passAt(this.seconds);
    for (const each of this.curves) drawCurve(g, each, paints);
    for (const each of this.curves) {
      if (!pass.backwards || this.calm) this.drawForward(g, each, paints, this.calm ? STEPS : pass.steps);
      if (pass.backwards) this.drawBack(g, each, paints, pass.steps);
    }
    this.showPass(pass);
  }

  drawForward(g, { edge, curve, long }, paints, steps) {
    const front = reached(edge, steps, false),
      paint = paints[COLOURS[edge.from]];
    for (const share of dotsAlong(long, apartOn(long), this.seconds * 70, front)) {
      const [x, y] = placeOn(curve, share);
      g.beginPath();
      g.arc(x, y, 3.5, 0, 7);
      Object.assign(g, { fillStyle: paint }).fill();
    }
  }

  /** Diamonds, as large as the gradient: four times the gradient, twice as wide. */
  drawBack(g, { edge, curve, long, back }, paints, steps) {
    const front = reached(edge, steps, true);
    if (!back || !front) return;
    const half = Math.max(LEAST, LARGEST * Math.min(1, Math.sqrt(back / this.steepest)));
    for (const share of dotsAlong(long, apartOn(long), this.seconds * 70 + (this.calm ? APART / 2 : 0), front)) {
      const [x, y] = placeOn(curve, 1 - share);
      g.beginPath();
      for (const [dx, dy] of DIAMOND) g.lineTo(x + dx * half, y + dy * half);
      g.closePath();
      Object.assign(g, { lineWidth: 2, strokeStyle: paints.page }).stroke();
      Object.assign(g, { fillStyle: paints.ink }).fill();
    }
  }

  /** What happens, in words; and the gradients at the parts that it has reached. */
  showPass({ backwards, steps }) {
    const step = backwards ? Math.floor(steps) : -1,
      key = `${backwards} ${step} ${this.way} ${this.roll}`;
    if (this.passed === key) return;
    this.passed = key;
    const { find, way, measured, found } = this;
    find(".stage").dataset.pass = backwards ? "backward" : "forward";
    for (const [part, begins] of Object.entries(SHOWN_AFTER))
      find(`[data-node=${part}]`).classList.toggle("told", backwards && step >= begins);
    const { noise, slope, loss } = measured;
    const words = backwards ? BACKWARD[way] : FORWARD_WORDS[way];
    const text = words
      .replace("{noise}", pair(noise))
      .replace("{slope}", pair(slope, 1))
      .replace("{loss}", say(loss, 1))
      .replace("{std}", found.std ? pair(found.std, 1) : "");
    if (find(".pass").dataset.text === text) return;
    find(".pass").dataset.text = text;
    rich(find(".pass"), text);
  }
}

/** Pixels between two dots on an edge so long: one at least is always to be seen. */
const apartOn = (long) => Math.min(APART, 0.9 * long);

const DIAMOND = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
];
const COLOURS = {
  x: "x",
  encoder: "encoder",
  mean: "mean",
  std: "mean",
  noise: "z",
  times: "z",
  plus: "z",
  draw: "z",
  z: "z",
  decoder: "decoder",
  out: "decoder",
}; // prettier-ignore
// After which step of the way back a part has its gradient.
const SHOWN_AFTER = { z: 3, draw: 4, noise: 6, std: 6, mean: 6 };
const FORWARD_WORDS = {
  trick:
    "**Forward.** The dice were rolled first: noise {noise}. The encoder’s std is multiplied by it, its mean is " +
    "added, and that is z. The decoder’s picture costs {loss} nats.",
  inside:
    "**Forward.** The encoder says where the bubble is, and z is drawn somewhere in it. The decoder’s picture costs " +
    "{loss} nats. Forward, nobody can tell this from the trick.",
};
const BACKWARD = {
  trick:
    "**Backward.** At z the gradient is {slope}. Through the sum it reaches the mean as it is. Through the product " +
    "it is multiplied by the noise and reaches the std: {std}. Both go on into the encoder, which learns.",
  inside:
    "**Backward.** The gradient reaches z, {slope}, and stops there: a roll of the dice has no slope. Nobody can say " +
    "how mean and std should change. The decoder learns. The encoder hears of the penalty alone, and nothing of the " +
    "picture.",
};

/** An edge, with a small arrow at its end. */
function drawCurve(g, { curve, long }, paints) {
  const [start, one, two, tip] = curve,
    neck = placeOn(curve, 1 - 8 / long),
    turn = Math.atan2(tip[1] - neck[1], tip[0] - neck[0]);
  g.beginPath();
  g.moveTo(start[0], start[1]);
  g.bezierCurveTo(one[0], one[1], two[0], two[1], tip[0], tip[1]);
  Object.assign(g, { strokeStyle: alpha(paints.quiet, 0.55), lineWidth: 1.75 }).stroke();
  g.beginPath();
  g.moveTo(tip[0], tip[1]);
  for (const side of [2.6, -2.6]) g.lineTo(tip[0] + 9 * Math.cos(turn + side), tip[1] + 9 * Math.sin(turn + side));
  Object.assign(g, { fillStyle: paints.quiet }).fill();
}

/** The gradient at each pixel on black: what is missing in the colour of x, what is too much in the decoder's. */
function paintWrong(canvas, wrong, size, paints) {
  const [missing, much] = [paints.x, paints.decoder].map((text) =>
      text
        .match(/[\d.]+/g)
        .slice(0, 3)
        .map(Number),
    ),
    pixels = size.height * size.width,
    values = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const own = wrong[i] > 0 ? much : missing,
      share = Math.min(1, Math.abs(wrong[i]) * 1.4);
    for (let c = 0; c < 3; c++) values[c * pixels + i] = own[c] * share;
  }
  paint(canvas, values, { ...size, channels: 3 });
}
