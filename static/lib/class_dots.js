// The dots of a map on a canvas, each in the colour of its class: for pages that only show them.
import { classColour, colour, sharp } from "./canvas.js";
import { frameOf } from "./geometry.js";

const FEW = 300; // dots, of which fewer are drawn larger

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} points x, y of each
 * @param {Uint8Array} labels the class of each
 * @param {{range: number[][], opacity: number}} look range: of the window, across and up
 */
export function drawDots(canvas, points, labels, { range, opacity }) {
  const { g, width, height } = sharp(canvas),
    { x, y } = frameOf({ l: 0, r: 0, t: 0, b: 0 }, width, height, range),
    size = labels.length < FEW ? 7 : 3;
  g.globalAlpha = opacity;
  for (const c of new Set(labels)) {
    g.fillStyle = colour(document.body, classColour(c));
    for (let i = 0; i < labels.length; i++)
      if (labels[i] === c) g.fillRect(x(points[2 * i]) - size / 2, y(points[2 * i + 1]) - size / 2, size, size);
  }
}
