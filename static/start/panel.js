// The panel beside the plane: which picture goes in, the equation with its numbers, what comes out, and words for each.
import { paint } from "../lib/canvas.js";
import { describe, element, rich } from "../lib/dom.js";
import { pair, say } from "../lib/numbers.js";
import { PARTS } from "./journey.js";

const TERMS = ["z", "mean", "std", "eps"];
const CALLED = { z: "z", mean: "mean", std: "std", eps: "noise" };
const SIGNS = ["=", "+", "×"];
const CHOSEN = "You have chosen **z** yourself: no picture went in, so there is no mean, no std and no noise.";

export const PANEL = `
  <div class="panel">
    <div class="chooser" role="group" aria-label="Choose a picture"></div>
    <div class="chain">
      <div class="way in">
        <canvas class="x" role="img" tabindex="0" data-part="x"></canvas>
        <button type="button" class="box encoder" data-part="encoder">encoder</button>
      </div>
      <div class="sum"></div>
      <div class="way out">
        <canvas class="image" role="img" tabindex="0" data-part="out"></canvas>
        <button type="button" class="box decoder" data-part="decoder">decoder</button>
      </div>
    </div>
    <div class="explain"><p aria-live="polite"></p><code hidden></code></div>
  </div>
  <button type="button" class="code" aria-pressed="false" aria-label="Show me the code"><i>&lt;/&gt;</i>
    <span>Show me the code</span></button>`;

/** A button with a small picture for each class, and one that opens the pad. */
export function addChooser(box, names, pictures, size, { choose, draw }) {
  for (const name of names) {
    const button = element("button", { type: "button", onclick: () => choose(name) }),
      canvas = document.createElement("canvas");
    paint(canvas, pictures.find((each) => each.name === name).pixels, size);
    describe(button, name);
    button.append(canvas);
    box.append(button);
  }
  const pad = element("button", { type: "button", className: "draw", textContent: "Draw", onclick: draw });
  pad.setAttribute("aria-expanded", "false");
  box.append(pad);
}

/** z = mean + std × noise: a button for each term, its two numbers under its name; and one for another noise. */
export function addEquation(box, roll) {
  TERMS.forEach((name, k) => {
    if (k) box.append(element("span", { className: "sign", textContent: SIGNS[k - 1] }));
    const button = element("button", { type: "button", className: `term ${name}` });
    button.dataset.part = name;
    const two = element("span", { className: "two" });
    two.append(element("span", {}), element("span", {}));
    button.append(element("small", { textContent: CALLED[name] }), two);
    box.append(button);
  });
  box.after(element("button", { type: "button", className: "dice", textContent: "Roll again", onclick: roll }));
}

/** Write the numbers, and what the canvases show, for those who hear the page. */
export function showNumbers(root, sample, count) {
  const { example, chosen, z, noise } = sample,
    { mean, std } = example;
  const write = (name, numbers) => {
    const term = root.querySelector(`.term.${name}`),
      [first, second] = term.querySelectorAll(".two span");
    [first.textContent, second.textContent] = numbers ? numbers.map((v) => say(v)) : ["–", "–"];
    term.setAttribute("aria-disabled", String(!numbers));
    describe(term, numbers ? `${CALLED[name]} ${pair(numbers)}` : `no ${CALLED[name]}: z was chosen by hand`);
  };
  write("mean", chosen ? null : mean);
  write("std", chosen ? null : std);
  write("eps", chosen ? null : noise);
  write("z", z);
  root.querySelector(".term.z small").textContent = chosen ? "chosen z" : "z";
  root.classList.toggle("chosen", !!chosen);
  const whose = isOwn(example.name) ? `Your ${example.name}` : `The ${example.name}`;
  const where = chosen ? "z was chosen by hand" : `${whose} has its mean at ${pair(mean)}`;
  const keys = "Arrow keys move a cross, Enter chooses its place.";
  describe(root.querySelector(".map"), `Plane with ${count} test pictures. ${where}; z stands at ${pair(z)}. ${keys}`);
  describe(root.querySelector(".image"), `What the decoder draws from z at ${pair(z)}`);
}

/** Whether it is the visitor's own: a drawing, or a picture; all others are called by their class. */
const isOwn = (name) => ["drawing", "picture"].includes(name);

/** The picture that goes in. */
export function showPicture(root, { name, pixels }, size) {
  const canvas = root.querySelector("canvas.x");
  paint(canvas, pixels, size);
  describe(canvas, isOwn(name) ? `Your ${name}, as the model gets it` : `A handwritten ${name}`);
  for (const button of root.querySelectorAll(".chooser button:not(.draw)"))
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-label") === name));
}

/** Which part is at work, and which have not been reached. */
export function light(root, { progress, lit }, chosen) {
  for (const name of PARTS) {
    const node = root.querySelector(`[data-part="${name}"]`),
      unused = chosen && !["z", "decoder", "out"].includes(name);
    node.classList.toggle("lit", lit === name);
    node.classList.toggle("waiting", unused || progress[name] === 0);
  }
}

/** Words for the part under the pointer or the focus, with its line of code if wanted; else for what happens. */
export function explaining(root, parts) {
  const box = root.querySelector(".explain"),
    [p, code, shown] = [box.querySelector("p"), box.querySelector("code"), root.querySelector("button.code")];
  let resting = "",
    told = "z";
  const say = (words, colour) => {
    box.style.setProperty("--edge", colour ? `var(--ll-${colour})` : "transparent");
    rich(p, words);
  };
  const explain = (name) => {
    told = name;
    const { words, where, code: line, colour } = parts[name];
    say(words, colour);
    code.replaceChildren(element("small", { textContent: where }), line);
  };
  for (const node of root.querySelectorAll("[data-part]")) {
    node.onpointerenter = node.onfocus = node.onclick = () => explain(node.dataset.part);
    node.onpointerleave = node.onblur = () => code.hidden && say(resting, "");
  }
  shown.onclick = () => {
    code.hidden = !code.hidden;
    shown.setAttribute("aria-pressed", String(!code.hidden));
    if (code.hidden) say(resting, "");
    else explain(told);
  };
  /** What stands there while nothing is pointed at. */
  return ({ example: { name }, chosen }) => {
    const what = isOwn(name) ? `Your **${name}**` : `This **${name}**`;
    const comes = `${what} goes in as 784 numbers and is squeezed into two. From those two alone it is drawn again.`;
    resting = chosen ? CHOSEN : comes;
    if (code.hidden) say(resting, "");
  };
}
