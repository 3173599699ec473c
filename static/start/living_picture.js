// The start page: a picture, the encoder, its bubble on the map, a roll of the dice, the decoder, and what it draws.
import { animate, paint, sharp } from "../lib/canvas.js";
import { bytes } from "../lib/codec.js";
import { decoder } from "../lib/decoder.js";
import { describe, element, mount, rich } from "../lib/dom.js";
import { pair } from "../lib/numbers.js";
import { palette } from "../lib/plane.js";
import { followArrows, followPointer } from "../lib/drag.js";
import { dot, ring } from "../lib/shapes.js";
import { backdrops, placesOn } from "./backdrop.js";
import { drawLens, lensPlaces } from "./lens.js";
import { Sample } from "./sample.js";

/** @typedef {import("../lib/payloads").LivingPictureData} Data */

const HTML = `
  <div class="ll-living">
    <div class="top">
      <div class="chooser" role="group" aria-label="Choose a picture"></div>
      <span class="quiet">Point at any part, or tap it, to read what it does.</span>
    </div>
    <div class="chain">
      <figure class="x"><canvas role="img" tabindex="0" data-part="x"></canvas>
        <figcaption><b class="x">x</b>, a picture</figcaption></figure>
      <button type="button" class="box encoder" data-part="encoder">encoder</button>
      <figure class="middle"><canvas class="map" tabindex="0" role="application"></canvas></figure>
      <button type="button" class="box decoder" data-part="decoder">decoder</button>
      <figure class="out"><canvas class="image" role="img" tabindex="0" data-part="out"></canvas>
        <figcaption>what it draws</figcaption></figure>
    </div>
    <div class="sum">
      <button type="button" class="term mean" data-part="mean"></button><span>+</span>
      <button type="button" class="term eps" data-part="eps"></button><span>×</span>
      <button type="button" class="term std" data-part="std"></button><span>=</span>
      <button type="button" class="term z" data-part="z"></button>
      <button type="button" class="dice">Roll again</button>
    </div>
    <div class="explain" aria-live="polite"><p></p><code></code></div>
  </div>`;
const PAUSE = 1700; // milliseconds from one roll by itself to the next
const ROLLS = 5; // rolls by itself for one picture
const PATIENCE = 12_000; // milliseconds after a touch until it rolls by itself
const HELD = 4000; // milliseconds that z stays where the visitor has put it
const ORDER = [..."9017638425"]; // of the classes, when it takes the next by itself

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  const { data } = component;
  const [root, isNew] = mount(component, HTML);
  if (!isNew) return root.end;
  const map = root.querySelector(".map"),
    examples = data.digits.map((each) => ({ ...each, pixels: bytes(each.image) })),
    sample = new Sample(examples.find(({ name }) => name === "9") ?? examples[0]),
    draw = drawing(root, data, sample),
    count = bytes(data.labels).length;
  let touched = -Infinity; // when the visitor last did something
  const touch = () => (touched = performance.now());
  const roll = () => {
    sample.roll();
    showNumbers(root, sample, count);
  };
  const choose = (example) => {
    sample.choose(example);
    showExample(root, example, data.decoder.size);
    roll();
  };
  const hold = (z) => {
    touch();
    sample.hold(z);
    showNumbers(root, sample, count);
    draw();
  };
  followPointer(map, (x, y) => hold(placesOn(data.range, map.getBoundingClientRect()).code(x, y)));
  followArrows(map, (direction) => hold(sample.z.map((v, k) => v + 0.1 * direction[k])));
  root.querySelector(".dice").onclick = () => {
    touch();
    map.dataset.throws = 1 + +(map.dataset.throws ?? 0); // the tour counts them
    roll();
  };
  addChooser(root.querySelector(".chooser"), data.names, (name) => {
    touch();
    const those = examples.filter((example) => example.name === name);
    choose(those[(those.indexOf(sample.example) + 1) % those.length]); // again: another one of the class
  });
  explainParts(root, data.parts);

  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  choose(sample.example);
  sample.z = sample.target;
  draw();
  const stop = animate((now) => {
    if (!map.isConnected) return false;
    if (sample.held && now - touched < HELD) return;
    if (!calm && now > sample.rolledAt + PAUSE && now - touched > PATIENCE) rollAlone(sample, examples, roll, choose);
    else if (sample.held) roll();
    if (sample.move(now)) draw();
  });
  const resize = new ResizeObserver(draw);
  resize.observe(map);
  root.end = () => (stop(), resize.disconnect());
  return root.end;
}

/** Left alone, it rolls by itself, and after some rolls takes a picture of the next class. */
function rollAlone(sample, examples, roll, choose) {
  if (++sample.rolledAlone < ROLLS) return roll();
  const order = ORDER.map((name) => examples.find((example) => example.name === name)).filter(Boolean);
  choose(order[(order.findIndex(({ name }) => name === sample.example.name) + 1) % order.length]);
}

/** A button for each class. */
function addChooser(box, names, choose) {
  for (const name of names)
    box.append(element("button", { type: "button", textContent: name, onclick: () => choose(name) }));
}

/** Each part says what it is, on hover, focus or tap. */
function explainParts(root, parts) {
  const explain = (name) => {
    const { words, where, code, colour } = parts[name];
    root.querySelector(".explain").style.setProperty("--edge", `var(--ll-${colour})`);
    rich(root.querySelector(".explain p"), words);
    root.querySelector(".explain code").replaceChildren(element("small", { textContent: where }), code);
  };
  for (const node of root.querySelectorAll("[data-part]"))
    node.onpointerenter = node.onfocus = node.onclick = () => explain(node.dataset.part);
  explain("x");
}

function showExample(root, { name, pixels }, size) {
  const canvas = root.querySelector("figure.x canvas");
  paint(canvas, pixels, size);
  describe(canvas, `A handwritten ${name}`);
  for (const button of root.querySelector(".chooser").children)
    button.setAttribute("aria-pressed", button.textContent === name);
}

/** The numbers under the picture: mean + noise × std = z. */
function showNumbers(root, { example: { name, mean, std }, noise, target }, count) {
  const write = (term, text) => (root.querySelector(`.term.${term}`).textContent = text);
  write("mean", `mean ${pair(mean)}`);
  write("std", `std ${pair(std)}`);
  write("eps", `noise ${pair(noise)}`);
  write("z", `z ${pair(target)}`);
  const what = `Map of ${count} digits. The ${name} has its mean at ${pair(mean)}. z stands at ${pair(target)}.`;
  describe(root.querySelector(".map"), `${what} Arrow keys move z.`);
  describe(root.querySelector(".image"), `What the decoder draws from z at ${pair(target)}`);
}

/** A function that draws the map, the lens on it, and what the decoder makes of z. */
function drawing(root, data, sample) {
  const map = root.querySelector(".map"),
    image = root.querySelector(".image"),
    decode = decoder(data.decoder),
    backdropOf = backdrops(data),
    lensOf = lensPlaces();
  return () => {
    const { g, width, height } = sharp(map);
    if (!width || !height) return; // not laid out yet
    const paints = palette(root),
      { at } = placesOn(data.range, { width, height }),
      mean = at(sample.example.mean);
    const backdrop = backdropOf(width, height, paints),
      lens = lensOf(backdrop, mean, width, height);
    g.drawImage(backdrop.canvas, 0, 0, width, height);
    drawLens(g, lens, mean, sample, paints);
    dot(g, mean, 5, paints.mean, paints.page);
    ring(g, at(sample.z), 9, paints.z, paints.page);
    paint(image, decode(sample.z), decode.size, 0, 255);
    const { centre, radius } = lens;
    Object.assign(map.dataset, { z: sample.z.join(), lens: [...centre, radius].join(), labels: backdrop.names.join() });
  };
}
