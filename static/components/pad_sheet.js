// What is on the drawing pad: strokes and pictures in their order. A picture covers what was there before it, and the
// first stroke after it begins a drawing of its own; whatever is taken back shows again what it covered.
import { adler32, bytes } from "../lib/codec.js";
import { base64, middle } from "../lib/shrink.js";

const PEN = 11; // pixels: about the width of MNIST's strokes

/** @typedef {number[][]} Stroke  its points */
/**
 * @typedef {{image: any, packed: string, sum: number, name?: string, seen?: boolean}} Picture
 *   packed: its file, as Python gets it; seen: whether the image is what Python made of it
 */
/** @typedef {import("../lib/payloads").Drawn} Drawn */

/** @returns {Picture} a picture, shown by an image or canvas, of a file in base64 */
export const pictureOf = (image, packed) => ({ image, packed, sum: adler32(bytes(packed)) });

/** The picture on top, if one is. @returns {Picture | null} */
export const shown = (things) => (things.at(-1)?.image ? things.at(-1) : null);

/** The strokes that can be seen. @returns {Stroke[]} */
export const strokesOf = (things) => things.slice(things.findLastIndex(({ image }) => image) + 1);

/** Whether a drawing whose strokes are no longer known lies below them. */
const hasBase = (things, base) => !!base && !things.some(({ image }) => image);

/** Draw all of it on a square canvas, which is left empty if there is nothing. */
export function draw(canvas, things, base) {
  const g = canvas.getContext("2d", { willReadFrequently: true }),
    size = canvas.width,
    picture = shown(things);
  const empty = !things.length && !base;
  canvas.classList.toggle("empty", empty); // says “draw here”
  if (empty) return g.clearRect(0, 0, size, size);
  g.fillStyle = "#000";
  g.fillRect(0, 0, size, size);
  if (picture) {
    const [left, top, side] = middle(picture.image.width, picture.image.height);
    g.imageSmoothingQuality = "high";
    return g.drawImage(picture.image, left, top, side, side, 0, 0, size, size);
  }
  if (hasBase(things, base)) g.drawImage(base, 0, 0);
  g.strokeStyle = "#fff";
  g.lineCap = g.lineJoin = "round";
  g.lineWidth = PEN;
  for (const points of strokesOf(things)) {
    g.beginPath();
    g.moveTo(...points[0]);
    for (const p of points) g.lineTo(...p);
    g.stroke();
  }
}

/** What Python is told of it, once it is drawn. @returns {Drawn} */
export function drawn(canvas, things, base) {
  const picture = shown(things);
  if (picture) return { kind: "picture", packed: picture.packed, sum: picture.sum };
  if (!things.length && !base) return { kind: "pixels", packed: "", sum: 0 };
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height),
    grey = new Uint8Array(data.length / 4);
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
  return { kind: "pixels", packed: base64(grey), sum: adler32(grey) };
}
