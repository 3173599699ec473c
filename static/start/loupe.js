// The picture that the pointer, a finger or the keyboard's cross carries over the plane: what is decoded there, large.
import { paint, suit } from "../lib/canvas.js";
import { describe } from "../lib/dom.js";
import { pair } from "../lib/numbers.js";
import { carried } from "./view.js";

export const LOUPE = `
  <figure class="loupe" hidden><canvas role="img" aria-label="What the decoder draws at the pointer"></canvas>
    <figcaption></figcaption></figure>`;

/** Returns {show(z, place, finger, drawn), hide()}; drawn: a function that puts the picture on the canvas. */
export function loupe(root, size) {
  const figure = root.querySelector(".loupe"),
    canvas = suit(figure.querySelector("canvas"), size),
    caption = figure.querySelector("figcaption");
  return {
    show(z, place, finger, pixels) {
      figure.hidden = false;
      if (pixels instanceof HTMLCanvasElement) copy(canvas, pixels);
      else paint(canvas, pixels, size, 0, 255);
      caption.textContent = pair(z);
      canvas.dataset.z = z.join();
      describe(canvas, `What the decoder draws at ${pair(z)}`);
      const box = { width: figure.offsetWidth, height: figure.offsetHeight },
        [x, y] = carried(place, box, { width: root.clientWidth, height: root.clientHeight }, finger);
      figure.style.transform = `translate(${x}px, ${y}px)`;
    },
    hide: () => (figure.hidden = true),
  };
}

function copy(canvas, from) {
  [canvas.width, canvas.height] = [from.width, from.height];
  canvas.getContext("2d").drawImage(from, 0, 0);
}
