// The answers of a mission as pictures: one of them can be chosen, by a click or with the arrow keys.
import { send } from "../bridge/ask.js";
import { fit, picture, suit, tile } from "../lib/canvas.js";
import { element, mount } from "../lib/dom.js";

/** @typedef {import("../lib/payloads").PictureAnswersData} Data */
/** @typedef {import("../lib/payloads").PictureAnswersAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setStateValue } = component;
  const [root] = mount(component, `<fieldset class="ll-answers" aria-label="Your answer"></fieldset>`);
  root.choose = (k) => send(() => setStateValue("choice", k));
  if (root.version === data.version) return () => {};
  root.version = data.version; // what is chosen later stands here first
  suit(root, data.size);
  root.firstElementChild.replaceChildren(...data.answers.map((answer, k) => made(root, data, answer, k)));
  return () => {};
}

/**
 * One answer: its pictures and its letter.
 *
 * @param {any} root
 * @param {Data} data
 * @param {import("../lib/payloads").PictureAnswer} answer
 * @param {number} k
 */
function made(root, { size, columns, chosen, shown = false }, { label, alt, png }, k) {
  const node = element("label", {}),
    input = element("input", { type: "radio", name: "ll-answer", checked: k === chosen }),
    canvas = element("canvas", {});
  input.setAttribute("aria-label", alt);
  input.disabled = shown;
  input.onchange = () => root.choose(k);
  canvas.setAttribute("aria-hidden", "true");
  node.append(input, canvas, element("b", { textContent: label }));
  picture(png, size).then((sheet) => {
    const count = sheet.width / size.width;
    fit(canvas, columns * size.width, Math.ceil(count / columns) * size.height);
    const g = canvas.getContext("2d");
    for (let i = 0; i < count; i++) tile(g, sheet, 0, i, i % columns, Math.floor(i / columns));
  });
  return node;
}
