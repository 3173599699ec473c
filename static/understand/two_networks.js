// The lecture's figure 1: the classic autoencoder beside the VAE, as SVG in the lecture's colours, with real pictures.
import { svg } from "../lib/charts.js";

const [WIDE, HIGH] = [420, 170],
  MIDDLE = 78,
  SIDE = 66; // of a picture

/**
 * A diagram: its drawing, and where its two pictures are shown.
 *
 * @param {boolean} noisy whether it is the VAE
 */
export function diagram(noisy) {
  const what = noisy ? WORDS.vae : WORDS.classic,
    chart = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": what });
  const [given, copy] = [picture(2, "x", "x"), picture(WIDE - SIDE - 2, "decoder", "x̂, the copy")];
  chart.append(given.group, copy.group, trapezoid(92, 142, "encoder"), trapezoid(WIDE - 142, WIDE - 92, "decoder"));
  chart.append(arrow(70, 90), arrow(WIDE - 90, WIDE - 71));
  chart.append(...(noisy ? bubbleAndNoise() : point()));
  return { chart, given: given.image, copy: copy.image };
}

const WORDS = {
  classic: "A picture x goes through the encoder to a code h, and through the decoder to its copy.",
  vae:
    "A picture x goes through the encoder to a mean and a standard deviation. Noise times the deviation, plus the " +
    "mean, is z, which goes through the decoder to the copy.",
};

/** The middle of the classic one: the code. */
const point = () => [
  arrow(144, 182),
  box(184, MIDDLE - 17, 52, 34, "mean", "h"),
  arrow(238, WIDE - 144),
  text(WIDE / 2, MIDDLE + 36, "a point", "mean"),
];

/** The middle of the VAE: mean and std, noise from outside, and z. */
const bubbleAndNoise = () => [
  arrow(144, 158, MIDDLE - 22, MIDDLE - 22),
  arrow(144, 158, MIDDLE + 22, MIDDLE + 22),
  box(160, MIDDLE - 36, 44, 28, "mean", "mean"),
  box(160, MIDDLE + 8, 44, 28, "mean", "std"),
  arrow(205, 225, MIDDLE - 20, MIDDLE - 6),
  arrow(205, 225, MIDDLE + 20, MIDDLE + 6),
  box(227, MIDDLE - 15, 32, 30, "z", "z"),
  arrow(260, WIDE - 144),
  box(214, MIDDLE + 52, 58, 26, "z", "noise", true),
  arrow(243, 243, MIDDLE + 51, MIDDLE + 17),
  text(160, MIDDLE + 54, "a bubble", "mean", "start"),
];

function picture(x, name, label) {
  const group = svg("g", { class: name }),
    image = svg("image", { x, y: MIDDLE - SIDE / 2, width: SIDE, height: SIDE, class: "pixels" });
  group.append(
    svg("rect", { x, y: MIDDLE - SIDE / 2, width: SIDE, height: SIDE, class: "black" }),
    image,
    svg("rect", { x, y: MIDDLE - SIDE / 2, width: SIDE, height: SIDE, rx: 3, class: "rim" }),
    text(x + SIDE / 2, MIDDLE + SIDE / 2 + 17, label, name),
  );
  return { group, image };
}

/** The encoder narrows to the right, the decoder to the left. */
function trapezoid(left, right, name) {
  const [first, last] = name === "encoder" ? [54, 34] : [34, 54],
    group = svg("g", { class: name }),
    points = `${left},${MIDDLE - first} ${right},${MIDDLE - last} ${right},${MIDDLE + last} ${left},${MIDDLE + first}`;
  group.append(
    svg("polygon", { points, class: "shape" }),
    text((left + right) / 2, MIDDLE + 4, name, name, "middle", "strong small"),
  );
  return group;
}

function box(x, y, width, height, name, label, dashed = false) {
  const group = svg("g", { class: name });
  group.append(
    svg("rect", { x, y, width, height, rx: 6, class: dashed ? "shape dashed" : "shape" }),
    text(x + width / 2, y + height / 2 + 5, label, name, "middle", "strong"),
  );
  return group;
}

const text = (x, y, words, name, anchor = "middle", more = "") =>
  svg("text", { x, y, "text-anchor": anchor, class: `${name} ${more}` }, words);

function arrow(x0, x1, y0 = MIDDLE, y1 = MIDDLE) {
  const turn = (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI,
    group = svg("g", { class: "arrow" });
  group.append(
    svg("line", { x1: x0, y1: y0, x2: x1, y2: y1 }),
    svg("path", { d: "M0 0L-7 3.5L-7 -3.5Z", transform: `translate(${x1} ${y1}) rotate(${turn})` }),
  );
  return group;
}
