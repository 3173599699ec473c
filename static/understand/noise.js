// z = mean + noise × std: the graph of the computation in motion; draws about a bubble, and where gradients come from.
import { chips } from "../lib/controls.js";
import { remember } from "../lib/url.js";
import { Draws } from "./draws.js";
import { DrawsView } from "./draws_view.js";
import { FLOW, FlowView } from "./flow_view.js";
import { Gradients } from "./gradients.js";
import { keepDrawn, ofDecoder } from "./shared.js";

/** @typedef {import("../lib/payloads").NoiseData} Data */

const MAP = `<canvas class="plane"></canvas><ul class="facts"></ul>`;
const WAYS = {
  trick: "With the trick",
  none: "Without",
  helped: "Without, with a helper <small>average error subtracted</small>",
};
const HTML = `
  <div class="bar wrap which"><span class="name">Digit</span><span class="bar wrap digits ten"></span>
    <span class="bar wrap ways" role="group" aria-label="Where the noise is rolled"></span></div>
  ${FLOW}
  <div class="ll-noise">
    <section>
      <h4>1. The encoder’s bubble</h4>
      <div class="readout one">
        <canvas class="image truth" role="img"></canvas>
        <div class="words">
          <span class="mean">mean</span> <b class="mean m"></b><span class="mean">std</span> <b class="mean s"></b>
        </div>
      </div>
      <div class="formula" aria-live="polite"></div>
      <div class="knobs"></div>
      <label class="tick"><input type="checkbox" class="again"> roll again at every move</label>
      <p class="quiet say"></p>
      <ul class="facts draws"></ul>
    </section>
    <section>
      <h4>2. Roll the dice <small class="many"></small></h4>
      <div class="bar wrap">
        <button type="button" data-add="1">1 draw</button><button type="button" data-add="10">10</button>
        <button type="button" data-add="100">100</button><button type="button" data-add="0">Clear</button>
        <button type="button" class="zoom">Whole map</button>
      </div>
      <canvas class="plane bubble"></canvas>
    </section>
    <section><h4>3. What each one decodes to</h4><canvas class="crowd" role="img"></canvas></section>
  </div>
  <h4 class="later">4. Where the gradient goes <small>each dot: what one roll says about moving the mean</small></h4>
  <div class="ll-three gradients">
    ${Object.entries(WAYS)
      .map(([way, title]) => `<section data-way="${way}"><h4>${title}</h4>${MAP}</section>`)
      .join("")}
  </div>
  <div class="bar wrap">
    <div style="flex: 1" class="throws"></div>
    <button type="button" class="near">Own scale for each</button>
  </div>`;

/** @param {import("../lib/payloads").Component<Data>} component */
export default function (component) {
  return ofDecoder(component, HTML, show);
}

/** @param {any} root @param {Data} data @param {import("../lib/decoder.js").Decode} decode */
function show(root, data, decode) {
  const draws = new Draws(data),
    flow = new FlowView(root, data, draws, decode),
    view = new DrawsView(root, data, draws, decode),
    gradients = new Gradients(root, data, draws);
  const choose = (example) => {
    remember("digit", (draws.example = example));
    remember("mean", (draws.mean = draws.ownMean()));
    root.redraw();
  };
  const classes = chips(root.querySelector(".digits"), data.names, choose, { classes: true });
  const draw = () => {
    classes.show((k) => k === draws.example);
    flow.show();
    view.show();
    gradients.show();
  };
  return keepDrawn(root, root, draw, flow.end, view.end, gradients.end);
}
