// The trainings to choose from: a card each, in which our own model of it learns in a loop.
import { tile, picture } from "../lib/canvas.js";
import { element, mount } from "../lib/dom.js";
import { every } from "../lib/play_button.js";

const STEP = 700, // milliseconds of a frame
  REST = 3; // frames for which the last one stays

/** @typedef {import("../lib/payloads").PresetCardsData} Data */
/** @typedef {import("../lib/payloads").PresetCardsAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setStateValue } = component;
  const [root] = mount(component, `<fieldset class="ll-cards" aria-label="What do you want to train?"></fieldset>`);
  const box = root.firstElementChild;
  root.films ??= [];
  while (box.children.length < data.cards.length) box.append(made());
  data.cards.forEach((card, k) => {
    const node = /** @type {HTMLElement} */ (box.children[k]),
      input = node.querySelector("input");
    input.checked = card.name === data.chosen;
    input.onchange = () => setStateValue("chosen", card.name);
    node.querySelector("b").textContent = card.label;
    node.querySelector("span").textContent = card.sentence;
    node.querySelector("small").textContent = card.time;
    node.querySelector("figure").hidden = !card.film;
    root.films[k] ??= card.film ? film(node, data, card) : null; // goes on while other settings change
  });
  return () => {
    for (const stop of root.films) stop?.();
    root.films = null;
  };
}

function made() {
  const node = element("label", {});
  node.innerHTML = `<input type="radio" name="ll-preset"><figure><canvas role="img"></canvas>
    <figcaption></figcaption></figure><b></b><span></span><small></small>`;
  return node;
}

/**
 * Show the frames of a card one after another, for as long as it is there. Returns what stops it.
 *
 * @param {HTMLElement} node
 * @param {Data} data
 * @param {import("../lib/payloads").PresetCard} card
 */
function film(node, { columns, rows }, { captions, film: sheet, size, model }) {
  const canvas = node.querySelector("canvas"),
    caption = node.querySelector("figcaption");
  let stop = () => {};
  let ended = false;
  canvas.setAttribute("aria-label", `What our model learned (${model}): ${captions.join(", ")}`);
  picture(sheet, size).then((image) => {
    if (ended) return;
    canvas.width = columns * size.width;
    canvas.height = rows * size.height;
    const g = canvas.getContext("2d");
    const show = (line) => {
      for (let k = 0; k < columns * rows; k++) tile(g, image, line, k, k % columns, Math.floor(k / columns));
      caption.textContent = captions[line];
    };
    const last = captions.length - 1;
    let at = last;
    show(at);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    stop = every(STEP, () => {
      at = (at + 1) % (last + REST);
      show(Math.min(at, last));
    });
  });
  return () => ((ended = true), stop());
}
