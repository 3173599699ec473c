// What stands beside the canvas of /bubbles: the two bubbles that are picked, what is decoded there, and the forces.
import { paint, pixelsOf, suit } from "../lib/canvas.js";
import { describe } from "../lib/dom.js";
import { pair as point, quantile, say, sized } from "../lib/numbers.js";
import { ellipseOf, turnBack } from "./glide.js";
import { paintDecoded, showFacts } from "./shared.js";

export const WORDS = `
  <section class="beside">
    <h4 class="two"></h4>
    <div class="shown three">
      <figure><canvas class="image one truth" role="img"></canvas><figcaption></figcaption></figure>
      <figure><canvas class="image here" role="img"></canvas><figcaption></figcaption></figure>
      <figure><canvas class="image other truth" role="img"></canvas><figcaption></figcaption></figure>
    </div>
    <p class="say" aria-live="polite"></p>
    <div class="bar wrap">
      <button type="button" class="strong">Strongest overlap</button>
      <button type="button" class="next">Next</button>
      <button type="button" class="closer" aria-pressed="false">Look closer</button>
    </div>
    <table class="forces">
      <thead><tr><th scope="col">force on</th><th scope="col">picture</th><th scope="col">penalty</th></tr></thead>
      <tbody></tbody>
    </table>
    <ul class="facts"></ul>
  </section>`;

const percent = (share) => (share < 0.01 ? "less than 1%" : `${Math.round(100 * share)}%`);

/** One sentence on how two bubbles of a model lie to each other. */
export function overlapInWords(share) {
  if (share >= 0.5) return `They overlap by ${percent(share)}. In there, the decoder has to draw both at once.`;
  if (share >= 0.01) return `They overlap by ${percent(share)}. Only a few rolls of one land in the other.`;
  return "They do not overlap, so the decoder can tell them apart. This is what it draws between them.";
}

/** The strength of each force on one bubble of a model: on its place and on its size. */
export function strengthsOf({ beta, onLogvar, logvars }, { push, pull }, i) {
  const sizes = [2 * i, 2 * i + 1];
  return {
    push: Math.hypot(...push),
    pull: Math.hypot(...pull),
    shrink: sizes.reduce((sum, k) => sum + onLogvar[k], 0),
    swell: sizes.reduce((sum, k) => sum + (beta * (1 - Math.exp(logvars[k]))) / 2, 0),
  };
}

/** Both pictures that are picked, and what a model's decoder draws at a place of the canvas. */
export function showPictures(root, { model, decode, place, pair, pictures, size, nameOf, redrawn }) {
  ["one", "other"].forEach((name, k) => {
    const canvas = root.querySelector(`.image.${name}`);
    canvas.closest("figure").style.visibility = pair ? "visible" : "hidden";
    if (!pair) return;
    suit(canvas, size);
    if (pictures) paint(canvas, pictures, size, pixelsOf(size) * pair[k]);
    canvas.nextElementSibling.textContent = `the ${nameOf(pair[k])}`;
    describe(canvas, `${redrawn ? "A redrawn" : "The test"} picture of a ${nameOf(pair[k])}`);
  });
  const canvas = root.querySelector(".image.here"),
    own = turnBack(model.turn, place);
  canvas.style.opacity = decode ? 1 : 0.25;
  canvas.nextElementSibling.textContent = `beta ${model.beta} draws ${pair ? "between" : "here"}`;
  describe(
    canvas,
    decode ? `What the decoder of beta ${model.beta} draws at z = ${point(own)}` : "Loading the decoder",
  );
  if (!decode) return;
  paintDecoded(suit(canvas, decode.size), decode, own);
  Object.assign(root.dataset, { z: own.join(), drawn: model.run });
}

/** The forces on the picked bubbles, or "–" between two models, where nothing was measured. */
export function showForces(root, rows) {
  const cell = (value, digits, colour) => `<td class="${colour}">${value === null ? "–" : say(value, digits)}</td>`;
  root.querySelector("table.forces tbody").innerHTML = rows
    .map(
      ({ name, push, pull, shrink, swell }) =>
        `<tr><th scope="row">${name}’s place</th>${cell(push, 1, "decoder")}${cell(pull, 1, "mean")}</tr>
         <tr><th scope="row">${name}’s size</th>${cell(shrink, 2, "decoder")}${cell(swell, 2, "mean")}</tr>`,
    )
    .join("");
}

/** Facts on all bubbles of a model. */
export function showAll(root, bubbles, touching) {
  const average = (f) => bubbles.reduce((sum, bubble) => sum + f(bubble), 0) / bubbles.length,
    size = ({ root: own }) => Math.hypot(...ellipseOf(own).axes) / Math.SQRT2,
    outwards = ({ mean }, [x, y]) => (mean[0] * x + mean[1] * y) / Math.hypot(...mean),
    pushes = bubbles.map((each) => outwards(each, each.push)),
    push = pushes.reduce((sum, v) => sum + v, 0) / pushes.length,
    error = Math.sqrt(pushes.reduce((sum, v) => sum + (v - push) ** 2, 0) / (pushes.length - 1) / pushes.length),
    median = quantile(bubbles.map(size), 0.5);
  showFacts(root.querySelector(".beside .facts"), [
    ["average push, outwards", `${say(push, 1)} ± ${say(error, 1)}`, "decoder"],
    ["average pull, inwards", say(-average((each) => outwards(each, each.pull)), 1), "mean"],
    ["median size (std)", sized(median)],
    ["distance from the centre", say(Math.sqrt(average(({ mean: [x, y] }) => x * x + y * y)))],
    ["overlap with another digit’s", `${touching.size} of ${bubbles.length}`],
  ]);
}
