// What one sees while a bubble chooses for itself: both bubbles and pictures, what they cost, and the gap as it grows.
import { paint, suit } from "../lib/canvas.js";
import { svg } from "../lib/charts.js";
import { describe } from "../lib/dom.js";
import { ticks } from "../lib/geometry.js";
import { say } from "../lib/numbers.js";
import { Plane } from "../lib/plane.js";
import { movedBy, STEPS } from "../lib/settle.js";

/** @typedef {import("../lib/settle.js").Bubble} Bubble */

export const HTML = `
  <div class="bar wrap"><span class="models" role="group" aria-label="Model"></span>
    <span class="pictures" role="group" aria-label="Picture"></span></div>
  <div class="both">
    <section class="stage">
      <canvas class="plane"></canvas>
      <svg class="numbers" role="img" aria-label="Loading"></svg>
      <div class="key">
        <span class="encoder"><i class="dash"></i>the encoder’s bubble</span>
        <span class="mean"><i></i>its own choice</span>
      </div>
    </section>
    <section class="beside">
      <div class="shown">
        <figure><canvas class="image x" role="img"></canvas><figcaption>goes in</figcaption></figure>
        <figure><canvas class="image old" role="img"></canvas><figcaption>encoder’s mean</figcaption></figure>
        <figure><canvas class="image new" role="img"></canvas><figcaption>its own mean</figcaption></figure>
      </div>
      <div class="bar"><button type="button" class="go">Settle</button>
        <button type="button" class="back">Back</button></div>
      <table class="costs">
        <thead><tr><th scope="col">nats</th><th scope="col" class="encoder">encoder’s</th>
          <th scope="col" class="mean">its own</th></tr></thead>
        <tbody>
          <tr><th scope="row">reconstruction</th><td></td><td></td></tr>
          <tr><th scope="row" class="penalty">KL</th><td></td><td></td></tr>
          <tr class="sum"><th scope="row">loss</th><td></td><td></td></tr>
        </tbody>
      </table>
      <p class="say" aria-live="polite"></p>
      <svg class="gap" role="img" aria-label="Loading"></svg>
    </section>
  </div>`;
const ROOM = 1.5; // times what is between the middle of both bubbles and the rim
const SIDES = 2.6; // standard deviations that are shown at least

export class SettlingView {
  /** @type {any} */ root;
  /** @type {any} */ scene;

  /** @param {any} root @param {any} scene */
  constructor(root, scene) {
    Object.assign(this, { root, scene });
    this.find = (selector) => root.querySelector(selector);
    this.plane = new Plane(this.find(".plane"), (plane) => this.drawPlane(plane));
  }

  end() {
    this.plane.end();
  }

  show() {
    const { scene, find } = this,
      two = scene.model.latent_dim === 2;
    find(".plane").hidden = !two;
    find(".numbers").toggleAttribute("hidden", two);
    if (two) this.plane.show(windowOf(scene.answer, scene.bubble)).redraw();
    else drawNumbers(find(".numbers"), scene.answer, scene.own && scene.bubble);
    this.showPictures();
    this.showCosts();
    drawGap(find(".gap"), scene.points, scene.model.measured);
    const go = find(".go");
    const settled = !scene.running && !!scene.own?.done;
    go.textContent = scene.running ? "Stop" : scene.wanted ? "Loading the decoder…" : settled ? "Settled" : "Settle";
    go.disabled = scene.wanted || settled;
    find(".back").disabled = !scene.own;
    find(".say").textContent = this.saying();
    this.note();
  }

  /** What tests and those who hear the page are told. */
  note() {
    const { scene, root } = this,
      last = scene.points.at(-1),
      moved = movedBy(scene.answer, scene.bubble);
    describe(
      this.find(".plane"),
      `The encoder’s bubble, and the one that the picture chooses: ${say(moved)} standard deviations apart.`,
    );
    Object.assign(root.dataset, {
      run: scene.model.run,
      picture: scene.example,
      steps: scene.own?.steps ?? 0,
      gap: last ? last.gap : "",
      error: last ? last.error : "",
      moved,
      ready: !!scene.cost,
    });
  }

  saying() {
    const { scene } = this;
    if (scene.wanted) return "Loading the decoder: then the bubble settles.";
    if (!scene.own) return "Press Settle: the decoder stays as it is, and the bubble goes where its own loss is least.";
    const { gap, error } = scene.points.at(-1),
      moved = `Its mean has moved by ${say(movedBy(scene.answer, scene.bubble))} std.`;
    if (scene.running) return `Step ${scene.own.steps} of ${STEPS}. ${moved}`;
    if (!scene.own.done) return `Stopped at step ${scene.own.steps}. ${moved}`;
    return `Its own choice is cheaper by ${say(gap, 1)} ± ${say(2 * error, 1)} nats. ${moved}`;
  }

  showPictures() {
    const { scene, find } = this,
      { size } = scene.data,
      name = scene.data.names[scene.example];
    paint(suit(find(".image.x"), size), scene.picture, size, 0, 255);
    describe(find(".image.x"), `${scene.data.thing}: ${name}`);
    for (const [selector, bubble, what] of [
      [".image.old", scene.answer, "the encoder’s mean"],
      [".image.new", scene.own && scene.bubble, "the mean that it chose"],
    ]) {
      const canvas = find(selector);
      canvas.style.opacity = scene.decoder && bubble ? 1 : 0.2;
      describe(canvas, bubble ? `What the decoder draws at ${what}` : "Nothing yet");
      if (scene.decoder && bubble) paint(suit(canvas, size), scene.decoder.decode(bubble.mean), size, 0, 255);
    }
  }

  showCosts() {
    const { cost, model } = this.scene,
      rows = [...this.root.querySelectorAll(".costs tbody tr")],
      times = model.beta === 1 ? "" : `${model.beta} × `;
    rows[1].firstElementChild.textContent = `${times}KL`;
    const columns = [cost && [cost.before, model.beta * cost.kl], cost?.after && [cost.after, model.beta * cost.ownKl]];
    columns.forEach((terms, k) => {
      const all = terms ? [...terms, terms[0] + terms[1]] : [];
      rows.forEach((row, j) => (row.children[k + 1].textContent = terms ? say(all[j], 1) : "–"));
    });
  }

  /** @param {Plane} plane */
  drawPlane(plane) {
    const { answer, own, bubble, points } = this.scene,
      { paints, g } = plane;
    for (const k of [1, 2])
      plane.ring(answer.mean, stdOf(answer), paints.encoder, {
        k,
        wide: 2.5,
        dash: [6, 4],
        fill: k === 1 ? 0.08 : 0,
        least: 2,
      });
    plane.dot(answer.mean, paints.encoder, 5, 1);
    if (!own) return;
    for (const k of [1, 2])
      plane.ring(bubble.mean, stdOf(bubble), paints.mean, {
        k,
        wide: k === 1 ? 3 : 1.75,
        fill: k === 1 ? 0.2 : 0,
        least: 2,
      });
    g.beginPath();
    for (const each of [...points.map((point) => point.bubble), bubble]) {
      const [x, y] = plane.at(each.mean);
      g.lineTo(x, y);
    }
    Object.assign(g, { strokeStyle: paints.ink, lineWidth: 1.75, lineJoin: "round" }).stroke();
    plane.dot(bubble.mean, paints.mean, 6, 1);
  }
}

const stdOf = ({ logvar }) => Array.from(logvar, (v) => Math.exp(v / 2));

/** A square about the encoder's bubble, in which the own one fits. @param {Bubble} answer @param {Bubble} own */
function windowOf(answer, own) {
  const reach = [answer, own].map((bubble) =>
    Math.max(...[0, 1].map((d) => Math.abs(bubble.mean[d] - answer.mean[d]) + SIDES * stdOf(bubble)[d])),
  );
  const wide = Math.max(reach[0] * ROOM, reach[1]);
  return [0, 1].map((d) => [answer.mean[d] - wide, answer.mean[d] + wide]);
}

/** Mean and one standard deviation of each number, the encoder's beside its own. */
function drawNumbers(chart, answer, own) {
  const { width, height } = chart.getBoundingClientRect();
  if (!width) return;
  const [left, right, top, bottom] = [30, 6, 8, 22],
    d = answer.mean.length,
    slot = (width - left - right) / d,
    reach =
      Math.max(1, ...[answer, own ?? answer].flatMap((b) => stdOf(b).map((s, k) => Math.abs(b.mean[k]) + s))) * 1.04,
    Y = (v) => top + ((reach - v) / (2 * reach)) * (height - top - bottom);
  chart.replaceChildren(
    svg("rect", { x: left, width: width - left - right, y: Y(1), height: Y(-1) - Y(1), class: "band" }),
  );
  for (const tick of ticks(-reach, reach, 5)) {
    chart.append(svg("line", { x1: left, x2: width - right, y1: Y(tick), y2: Y(tick), class: "grid" }));
    chart.append(svg("text", { x: left - 6, y: Y(tick) + 4, "text-anchor": "end" }, String(tick).replace("-", "−")));
  }
  for (let k = 0; k < d; k++) {
    const x = left + (k + 0.5) * slot,
      wide = Math.min(9, slot * 0.3);
    chart.append(whisker(x - (own ? wide * 0.65 : 0), answer, k, { Y, wide, name: "encoder" }));
    if (own) chart.append(whisker(x + wide * 0.65, own, k, { Y, wide, name: "mean" }));
    if (slot > 17 || (k + 1) % 5 === 0) chart.append(svg("text", { x, y: height - 5, "text-anchor": "middle" }, k + 1));
  }
  const what = own ? "the encoder’s, and its own choice" : "the encoder’s";
  describe(chart, `Mean and standard deviation of each of ${d} numbers: ${what}. The band is one std of N(0, 1).`);
}

function whisker(x, bubble, k, { Y, wide, name }) {
  const group = svg("g", { class: name }),
    [mean, std] = [bubble.mean[k], Math.exp(bubble.logvar[k] / 2)];
  group.append(
    svg("line", { x1: x, x2: x, y1: Y(mean - std), y2: Y(mean + std), "stroke-width": wide, opacity: 0.45 }),
    svg("circle", { cx: x, cy: Y(mean), r: Math.max(2.5, wide * 0.55) }),
    svg("title", {}, `number ${k + 1}: mean ${say(mean)}, std ${say(std)}`),
  );
  return group;
}

/** How much cheaper the bubble has become, over its steps, and the average that was measured. */
function drawGap(chart, points, measured) {
  const { width, height } = chart.getBoundingClientRect();
  if (!width) return;
  const [left, right, top, bottom] = [34, 10, 10, 20],
    highest =
      Math.max(
        1,
        ...points.map(({ gap, error }) => gap + 2 * error),
        (measured?.gap ?? 0) + 2 * (measured?.error ?? 0),
      ) * 1.25,
    X = (step) => left + (step / STEPS) * (width - left - right),
    Y = (gap) => top + (1 - Math.max(gap, 0) / highest) * (height - top - bottom);
  chart.replaceChildren();
  for (const tick of ticks(0, highest, 3)) {
    chart.append(svg("line", { x1: left, x2: width - right, y1: Y(tick), y2: Y(tick), class: "grid" }));
    chart.append(svg("text", { x: left - 6, y: Y(tick) + 4, "text-anchor": "end" }, tick));
  }
  chart.append(svg("text", { x: left + 4, y: top + 8 }, "nats saved"));
  chart.append(svg("text", { x: left, y: height - 4 }, "step 0"));
  chart.append(svg("text", { x: width - right, y: height - 4, "text-anchor": "end" }, `step ${STEPS}`));
  if (measured) {
    const [low, high] = [measured.gap - 2 * measured.error, measured.gap + 2 * measured.error].map(Y);
    chart.append(svg("rect", { x: left, width: width - left - right, y: high, height: low - high, class: "band" }));
    chart.append(
      svg(
        "text",
        { x: width - right - 4, y: high - 4, "text-anchor": "end" },
        `average of ${measured.pictures} pictures`,
      ),
    );
  }
  if (points.length > 1) {
    const line = points.map(({ step, gap }) => `${X(step)},${Y(gap)}`).join(" ");
    chart.append(svg("polyline", { points: line, class: "curve" }));
    const { step, gap } = points.at(-1);
    chart.append(svg("circle", { cx: X(step), cy: Y(gap), r: 4.5, class: "end" }));
  }
  const last = points.at(-1)?.gap ?? 0;
  describe(
    chart,
    `What its own choice saves by now: ${say(last, 1)} nats${measured ? `; on average ${say(measured.gap, 1)}` : ""}`,
  );
}
