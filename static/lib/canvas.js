// Drawing: colours of the style, sharp canvases, pictures and sheets of them, frames.
import { busy } from "./busy.js";

/**
 * The size of one picture of a dataset.
 *
 * @typedef {{channels: number, height: number, width: number}} Size
 */

/**
 * Base64 of a PNG or WebP to something that drawImage takes; of a sheet, ``cell`` is the size of one of its pictures.
 *
 * @returns {Promise<HTMLImageElement & {cell: Size}>}
 */
export async function picture(text, cell) {
  const image = new Image(),
    done = busy("a picture");
  image.src = source(text);
  try {
    await image.decode();
  } finally {
    done();
  }
  return Object.assign(image, { cell });
}

/** The address of a picture that came as base64; each kind begins with bytes of its own. */
export const source = (text) => `data:image/${text.startsWith("UklGR") ? "webp" : "png"};base64,${text}`;

/** What a CSS variable, or any other colour of CSS, is at an element, as rgb(), for canvases and charts. */
export function colour(element, name) {
  const probe = document.createElement("span");
  probe.style.cssText = `color: ${name.startsWith("--") ? `var(${name})` : name}; display: none`;
  element.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

export const alpha = (rgb, a) => rgb.replace(/^rgb\(([^)]+)\)$/, `rgba($1, ${a})`);

/** Draw with the screen's own pixels: sizes the canvas to its box, returns its context scaled to CSS pixels. */
export function sharp(canvas) {
  const { width, height } = canvas.getBoundingClientRect(),
    ratio = devicePixelRatio || 1;
  const w = Math.round(width * ratio),
    h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  return { g, width, height };
}

/** A layer as large as a canvas that is drawn on in CSS pixels: emptied, sharp, to be copied onto that one. */
export function layer(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  const g = canvas.getContext("2d");
  g.scale(ratio, ratio);
  return g;
}

/** Write one picture's bytes (or numbers 0..1 with scale 255), channel by channel, into a canvas of its size. */
export function paint(canvas, values, { channels, height, width }, offset = 0, scale = 1) {
  fit(canvas, width, height);
  const g = canvas.getContext("2d"),
    image = g.createImageData(width, height),
    pixels = width * height,
    step = channels > 1 ? pixels : 0;
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = values[offset + c * step + i] * scale;
    image.data[4 * i + 3] = 255;
  }
  g.putImageData(image, 0, 0);
}

/**
 * Write light (0 black, 1 white, times scale) as ink of so much strength on nothing.
 *
 * @param {ImageData} image
 * @param {ArrayLike<number>} light
 * @param {number[]} ink red, green, blue
 * @param {number} scale
 */
export function inked({ data }, light, ink, scale) {
  for (let i = 0, at = 0; at < data.length; i++, at += 4) {
    [data[at], data[at + 1], data[at + 2]] = ink;
    data[at + 3] = light[i] * scale;
  }
}

export const GAP = 4; // pixels between large pictures, which may be light at their rims
const FINE = 48; // pixels to a side, from which a picture is drawn smoothly; of a smaller one every pixel can be seen

/** Whether pictures are so large that they look better smooth, and that they need a gap between them. */
export const isFine = ({ height, width }) => Math.max(height, width) >= FINE;

/** Show the pictures in an element as their size asks for: style.css draws them so. Returns the element. */
export function suit(element, size) {
  element.style.setProperty("--ll-pixels", isFine(size) ? "auto" : "pixelated");
  return element;
}

/** Numbers to a picture. */
export const pixelsOf = ({ channels, height, width }) => channels * height * width;

/** Make a canvas so large; what was on it is lost only if it was not. */
export function fit(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
}

const COLOURS = 48; // of classes, in style.css

/** The colour of a class in CSS. Where there are more classes than colours, these begin anew. */
export const classColour = (c) => `var(--ll-c${c % COLOURS})`;

/**
 * An animation that sleeps: once woken it calls f at the screen's rate, until f returns false; then not, until it is
 * woken again. A frame that fails does not end it, and says so, but not again and again.
 *
 * @param {(now: number) => boolean | void} f
 */
export function sleeper(f) {
  let id = 0, // of the frame that is asked for
    ended = false,
    told = "";
  const wake = () => {
    if (!id && !ended) id = requestAnimationFrame(frame);
  };
  const frame = (now) => {
    id = 0;
    try {
      if (f(now) !== false) wake();
    } catch (trouble) {
      wake();
      if (told === String(trouble)) return;
      told = String(trouble);
      throw trouble;
    }
  };
  return { wake, end: () => ((ended = true), cancelAnimationFrame(id)) };
}

/** Call f at the screen's rate until it returns false. Returns a function that stops it. */
export function animate(f) {
  const { wake, end } = sleeper(f);
  wake();
  return end;
}

/** A function that lets f run once in the next frame, however often it is called before. */
export function eachFrame(f) {
  let asked = false;
  return () => {
    if (!asked) requestAnimationFrame(() => ((asked = false), f()));
    asked = true;
  };
}

/** Copy picture number k of a line of a sheet to a canvas: at the place of its cell (column, row). */
export function tile(g, sheet, line, k, column = 0, row = 0, gap = 0) {
  const { width: w, height: h } = sheet.cell;
  g.drawImage(sheet, k * w, line * h, w, h, column * (w + gap), row * (h + gap), w, h);
}

/** A canvas as a PNG file, each pixel enlarged to whole squares. */
export function savePng(canvas, name, wanted = 1120) {
  const scale = Math.max(Math.round(wanted / canvas.width), 1),
    big = document.createElement("canvas");
  [big.width, big.height] = [canvas.width * scale, canvas.height * scale];
  const g = big.getContext("2d");
  g.imageSmoothingEnabled = false;
  g.drawImage(canvas, 0, 0, big.width, big.height);
  big.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
