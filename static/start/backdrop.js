// What stays on the start page's map: a dot for each picture, and the names of the classes.
import { bytes, floats } from "../lib/codec.js";
import { apart, frameOf, pointOf } from "../lib/geometry.js";
import { dot, outlined } from "../lib/shapes.js";

const NO_MARGIN = { l: 0, r: 0, t: 0, b: 0 };

/** From codes to places on a map of this size in pixels, and back. */
export function placesOn(range, { width, height }) {
  const frame = frameOf(NO_MARGIN, width, height, range);
  return { at: (code) => [frame.x(code[0]), frame.y(code[1])], code: frame.code };
}

/**
 * A function that gives the backdrop of a size, drawn anew only when the size or the colours change: the canvas, and
 * where the dots and the names stand on it.
 */
export function backdrops(data) {
  const canvas = document.createElement("canvas"),
    points = floats(data.points),
    labels = bytes(data.labels);
  let drawn = { key: "", canvas, dots: [], names: [] };
  return (width, height, paints) => {
    const key = [width, height, paints.ink].join();
    if (drawn.key === key) return drawn;
    const ratio = devicePixelRatio || 1,
      { at } = placesOn(data.range, { width, height }),
      fontSize = width < 320 ? 13 : 17;
    const dots = [...labels.keys()].map((i) => at(pointOf(points, i))),
      names = apart(data.centres.map(at), fontSize);
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.globalAlpha = 0.6;
    dots.forEach((place, i) => dot(g, place, 1.8, paints.c(labels[i])));
    g.globalAlpha = 1;
    Object.assign(g, { font: `700 ${fontSize}px sans-serif`, textAlign: "center", textBaseline: "middle" });
    names.forEach((place, c) => outlined(g, data.centres[c][2], place, paints.ink, paints.page));
    return (drawn = { key, canvas, dots, names });
  };
}
