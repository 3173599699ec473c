// What a network is made of: a bar for each layer, as high as it has numbers; stacked squares where it makes pictures.
import { svg } from "../lib/charts.js";
import { mount } from "../lib/dom.js";

const HIGH = 84,
  STEP = 76; // pixels: the tallest bar, and from one to the next

/** @param {import("../lib/payloads").Component<import("../lib/payloads").NetworkDiagramData>} component */
export default function ({ data, parentElement }) {
  const [root] = mount({ parentElement }, `<div class="ll-network"><svg role="img"></svg></div>`);
  const chart = root.querySelector("svg"),
    most = Math.max(...data.blocks.map(numbers));
  chart.setAttribute("aria-label", data.label);
  chart.setAttribute("viewBox", `0 0 ${STEP * data.blocks.length} ${HIGH + 34}`);
  chart.style.width = `${STEP * data.blocks.length}px`;
  chart.replaceChildren(...data.blocks.flatMap((block, k) => drawn(block, k, Math.log(most))));
  return () => {};
}

const numbers = ({ sizes }) => sizes.reduce((product, size) => product * size, 1);

/** A block in its column, with its name, and the arrow to the next. */
function drawn(block, column, most) {
  const x = (column + 0.5) * STEP,
    middle = HIGH / 2 + 4,
    paint = `var(--ll-${block.colour})`,
    high = Math.max((Math.log(numbers(block)) / most) * HIGH, 10);
  const shapes = block.sizes.length > 1 ? stack(block, x, middle, high) : [[x - 8, middle - high / 2, 16, high]];
  return [
    ...(column && !block.beside ? [svg("text", { x: column * STEP, y: middle + 4, class: "arrow" }, "→")] : []),
    ...shapes.map(([left, top, width, height]) =>
      svg("rect", { x: left, y: top, width, height, rx: 3, fill: "var(--ll-page)", stroke: paint, "stroke-width": 2 }),
    ),
    svg("text", { x, y: HIGH + 26, fill: paint, class: "name" }, block.label),
  ];
}

/** Pictures lie upon each other: one for one channel, up to four for many. */
function stack({ sizes }, x, middle, high) {
  const count = Math.min(1 + Math.ceil(Math.log2(sizes[0]) / 2), 4),
    side = Math.min(high * 0.5, STEP * 0.5);
  return Array.from({ length: count }, (_, k) => {
    const shift = (k - (count - 1) / 2) * 4;
    return [x - side / 2 + shift, middle - side / 2 + shift, side, side];
  });
}
