// z = mean + eps * std: throw dice about a bubble, see what each draw decodes to, and where gradients come from.
import { paint, pixelsOf } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { chips, slider, whenever } from "../lib/controls.js";
import { decoder } from "../lib/decoder.js";
import { pair, say } from "../lib/numbers.js";
import { Plane } from "../lib/plane.js";
import { recall, remember } from "../lib/url.js";
import { renewed } from "./shared.js";

const HTML = `
  <div class="bar wrap which"><span class="name">Digit</span><span class="bar wrap digits ten"></span></div>
  <div class="ll-noise">
    <section>
      <h4>1. The encoder’s bubble</h4>
      <div class="told one"><canvas class="image truth" role="img"></canvas>
        <div class="words"><span class="mean">mean</span> <b class="mean m"></b><span class="mean">std</span> <b class="mean s"></b></div></div>
      <div class="formula" aria-live="polite"></div>
      <div class="knobs"></div>
      <label class="tick"><input type="checkbox" class="again"> roll again at every move</label>
      <p class="quiet say"></p>
      <ul class="facts draws"></ul>
    </section>
    <section>
      <h4>2. Roll the dice <small class="many"></small></h4>
      <div class="bar wrap">
        <button type="button" data-add="1">1 draw</button><button type="button" data-add="10">10</button><button type="button" data-add="100">100</button>
        <button type="button" data-add="0">Clear</button><button type="button" class="zoom">Whole map</button>
      </div>
      <canvas class="plane bubble"></canvas>
    </section>
    <section>
      <h4>3. What each one decodes to</h4>
      <canvas class="crowd" role="img"></canvas>
    </section>
  </div>
  <h4 class="later">4. Where the gradient goes <small>each dot: what one roll says about moving the mean</small></h4>
  <div class="ll-three gradients">
    <section data-way="trick"><h4>With the trick</h4><canvas class="plane"></canvas><ul class="facts"></ul></section>
    <section data-way="none"><h4>Without</h4><canvas class="plane"></canvas><ul class="facts"></ul></section>
    <section data-way="helped"><h4>Without, with a helper <small>average error subtracted</small></h4><canvas class="plane"></canvas><ul class="facts"></ul></section>
  </div>
  <div class="bar wrap"><div style="flex: 1" class="throws"></div><button type="button" class="near">Own scale for each</button></div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").NoiseData>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const find = (name) => root.querySelector(name);
  const [means, stds, eps, losses, slopes, points] = ["mean", "std", "eps", "loss", "slope", "points"].map((k) =>
    floats(data[k]),
  );
  const pictures = bytes(data.pictures),
    labels = bytes(data.labels),
    decode = decoder(data.decoder),
    { size } = decode,
    all = eps.length / 2;
  const stacked = matchMedia("(max-width: 760px)").matches; // one below another, maps of one scale look empty
  const state = {
    digit: recall("digit", 0, 0, data.names.length - 1) | 0,
    draws: recall("draws", 10, 0, 100) | 0,
    width: recall("width", 1, 0, 12),
    throws: recall("throws", 200, 1, all) | 0,
    whole: recall("whole", 0) === 1,
    own: recall("own", +stacked) === 1,
    first: 0,
    mean: null,
  };
  const std = () => [0, 1].map((d) => stds[2 * state.digit + d]),
    home = () => [0, 1].map((d) => means[2 * state.digit + d]);
  const asked = recall("mean", [NaN, NaN], -20, 20);
  state.mean = Number.isFinite(asked[0]) ? asked : home();
  /** The k-th throw of the dice: numbers of N(0, 1) that were thrown once and for all, so that they can lie still. */
  const die = (k) => [eps[2 * ((state.first + k) % all)], eps[2 * ((state.first + k) % all) + 1]];
  const drawn = (k) => die(k).map((e, d) => state.mean[d] + e * std()[d] * state.width);

  const bubble = new Plane(
    find(".bubble"),
    (plane) => {
      const { paints } = plane;
      const s = std().map((v) => v * state.width);
      plane.ring(state.mean, s, paints.mean, { k: 1, wide: 2.5, fill: 0.1, least: 1 });
      plane.ring(state.mean, s, paints.mean, { k: 2, wide: 1.5, dash: [4, 3], least: 1 });
      for (let k = 0; k < state.draws; k++)
        plane.dot(drawn(k), paints.z, state.whole ? 2 : state.draws > 30 ? 3 : 4, 0.95);
      if (state.draws && !state.whole) {
        const [dx, dy] = drawn(state.draws - 1).map((v, d) => (v - state.mean[d]) * plane.unit);
        plane.arrow(state.mean, [dx, dy], paints.ink, { wide: 1.5 });
      }
      plane.handle(state.mean, paints.mean);
    },
    {
      move: (z) => move(z),
      step: 0.03,
      still: (plane) =>
        labels.forEach((c, i) =>
          plane.dot(
            [points[2 * i], points[2 * i + 1]],
            plane.paints.c[c],
            state.whole ? 1.8 : 3,
            state.whole ? 0.5 : 0.3,
          ),
        ),
    },
  );

  const move = (z) => {
    state.mean = z;
    if (find(".again").checked) state.first = (state.first + 37) % all;
    remember("mean", z);
    show();
  };

  /** The window: six standard deviations of the model's own bubble, wherever the mean is dragged from there. */
  const window_ = () => {
    if (state.whole) return data.range;
    const reach = 5 * Math.max(...std()) * Math.max(1, state.width / 1.8);
    return [0, 1].map((d) => [home()[d] - reach, home()[d] + reach]);
  };

  const crowd = () => {
    const canvas = find(".crowd"),
      n = Math.max(state.draws, 1),
      side = Math.ceil(Math.sqrt(n)),
      one = document.createElement("canvas");
    [canvas.width, canvas.height] = [side * size.width, side * size.height];
    const g = canvas.getContext("2d");
    g.fillStyle = "#000";
    g.fillRect(0, 0, canvas.width, canvas.height);
    for (let k = 0; k < state.draws; k++) {
      paint(one, decode(drawn(k)), size, 0, 255);
      g.drawImage(one, (k % side) * size.width, Math.floor(k / side) * size.height);
    }
    canvas.dataset.z = root.dataset.z;
    canvas.setAttribute("aria-label", `What the decoder makes of ${state.draws} draws`);
  };

  const tell = () => {
    const picture = find(".truth");
    paint(picture, pictures, size, pixelsOf(size) * state.digit);
    picture.setAttribute(
      "aria-label",
      `${data.redrawn ? "A redrawn" : "A test"} picture of ${data.names[state.digit]}`,
    );
    const s = std().map((v) => v * state.width);
    find(".m").textContent = pair(state.mean);
    find(".s").textContent = pair(s);
    const moved = state.mean.some((v, d) => Math.abs(v - home()[d]) > 1e-6) || state.width !== 1;
    find(".say").textContent = find(".again").checked
      ? "With new rolls at every move, the draws jump, and nobody can tell what the move did."
      : moved
        ? "The rolls stay the same. Every draw moves along with the mean, and stretches with the std. So an error at z can be traced back to both."
        : "Drag the green ring. The rolls stay the same.";
    find(".many").textContent = state.draws === 1 ? "1 draw" : `${state.draws} draws`;
    const k = state.draws - 1;
    find(".formula").innerHTML = state.draws
      ? `<b class="z">z</b> = <b class="mean">mean</b> + <b class="z">noise</b> × <b class="mean">std</b><small>the last draw:</small><span class="z">${pair(drawn(k))}</span> = <span class="mean">${pair(state.mean)}</span> + <span class="z">${pair(die(k))}</span> × <span class="mean">${pair(s)}</span>`
      : `<b class="z">z</b> = <b class="mean">mean</b> + <b class="z">noise</b> × <b class="mean">std</b>`;
    const average = (d, f) => {
      let sum = 0;
      for (let i = 0; i < state.draws; i++) sum += f(drawn(i)[d]);
      return sum / state.draws;
    };
    const m = [0, 1].map((d) => average(d, (v) => v)),
      spread = [0, 1].map((d) => Math.sqrt(average(d, (v) => (v - m[d]) ** 2)));
    list(
      find(".draws"),
      state.draws < 2
        ? []
        : [
            ["mean of the draws", pair(m)],
            ["std of the draws", pair(spread)],
          ],
    );
    Object.assign(root.dataset, {
      draws: state.draws,
      mean: state.mean.join(),
      z: state.draws ? drawn(k).join() : "",
      digit: state.digit,
    });
    find(".bubble").setAttribute(
      "aria-label",
      `The bubble of ${data.names[state.digit]} with ${state.draws} draws about the mean ${pair(state.mean)}. Arrow keys move the mean.`,
    );
    find(".zoom").setAttribute("aria-pressed", String(state.whole));
    digits.show((d) => d === state.digit);
  };

  /** What each throw says about the mean: with the trick the slope at z, without it loss * eps / std. Never dragged. */
  const estimates = (way) => {
    const s = std(),
      found = [],
      from = state.digit * all;
    let sum = 0;
    for (let k = 0; k < all; k++) sum += losses[from + k];
    for (let k = 0; k < all; k++) {
      const others = (sum - losses[from + k]) / (all - 1),
        loss = losses[from + k] - (way === "helped" ? others : 0);
      found.push(
        way === "trick"
          ? [slopes[2 * (from + k)], slopes[2 * (from + k) + 1]]
          : [0, 1].map((d) => (loss * eps[2 * k + d]) / s[d]),
      );
    }
    return found;
  };
  const far = (all_) => Math.max(1e-6, ...all_.flat().map(Math.abs)) * 1.08;
  const panes = [...root.querySelectorAll(".gradients section")].map((section) => {
    const way = section.dataset.way,
      pane = { way, section };
    pane.plane = new Plane(section.querySelector("canvas"), (plane) => {
      const { paints } = plane,
        ink = way === "trick" ? paints.decoder : paints.quiet;
      pane.all.slice(0, state.throws).forEach((f) => plane.dot(f, ink, 2.5, 0.5));
      const [dx, dy] = pane.average().map((v) => v * plane.unit);
      plane.arrow([0, 0], [dx, dy], paints.ink, { wide: 2.5 });
      plane.dot(pane.average(), paints.ink, 4, 1);
    });
    pane.average = () =>
      [0, 1].map((d) => pane.all.slice(0, state.throws).reduce((sum, f) => sum + f[d], 0) / state.throws);
    return pane;
  });
  const gradients = () => {
    panes.forEach((pane) => (pane.all = estimates(pane.way)));
    const reach = panes.map((pane) => far(pane.all)),
      most = Math.max(...reach);
    panes.forEach((pane, k) => {
      const r = state.own ? reach[k] : most,
        wide = r / reach[0],
        m = [0, 1].map((d) => pane.all.reduce((sum, f) => sum + f[d], 0) / all);
      const scatter = Math.sqrt(
        pane.all.reduce((sum, f) => sum + (f[0] - m[0]) ** 2 + (f[1] - m[1]) ** 2, 0) / (all - 1),
      );
      pane.plane
        .show([
          [-r, r],
          [-r, r],
        ])
        .redraw();
      list(pane.section.querySelector(".facts"), [
        ["average of the rolls", pair(pane.average(), 0)],
        ["one roll is off by about", say(scatter, 0)],
        ...(state.own
          ? [["width of this map", k ? `${say(wide, wide < 10 ? 1 : 0)} times the first` : "1, to compare with"]]
          : []),
      ]);
      pane.section.dataset.wide = r;
      pane.section.dataset.average = pane.average().join();
      pane.section.dataset.scatter = scatter;
      pane.plane.canvas.setAttribute(
        "aria-label",
        `${pane.section.querySelector("h4").textContent}: ${state.throws} single estimates of the gradient for the mean, average ${pair(pane.average(), 0)}, one is off by about ${say(scatter, 0)}`,
      );
    });
    find(".near").setAttribute("aria-pressed", String(state.own));
  };

  const show = () => {
    bubble.show(window_()).z = state.mean;
    bubble.redraw();
    tell();
    cancelAnimationFrame(root.soon); // a hundred pictures: once a frame is enough
    root.soon = requestAnimationFrame(crowd);
  };
  const digits = chips(
    find(".digits"),
    data.names,
    (d) => {
      remember("digit", (state.digit = d));
      state.mean = home();
      remember("mean", state.mean);
      show(), gradients();
    },
    { classes: true },
  );
  root.querySelectorAll("[data-add]").forEach(
    (button) =>
      (button.onclick = () => {
        const more = +button.dataset.add;
        if (more) state.first = (state.first + state.draws) % all; // other dice than those that lay there
        remember("draws", (state.draws = more));
        show();
      }),
  );
  find(".zoom").onclick = () => (remember("whole", +(state.whole = !state.whole)), show());
  find(".near").onclick = () => (remember("own", +(state.own = !state.own)), gradients());
  find(".again").onchange = () => tell();
  find(".knobs").replaceChildren();
  find(".throws").replaceChildren();
  slider(find(".knobs"), {
    name: "std",
    low: 0,
    high: 12,
    step: 0.5,
    value: state.width,
    text: (v) => (v === 1 ? "× 1, its own" : `× ${v}`),
    change: (v) => (remember("width", (state.width = v)), show()),
  });
  slider(find(".throws"), {
    name: "Rolls averaged",
    low: 1,
    high: all,
    step: 1,
    value: state.throws,
    text: (v) => `${v}`,
    change: (v) => (remember("throws", (state.throws = v)), gradients()),
  });
  root.redraw = () => (show(), gradients());
  const unwatch = whenever(root, () => root.redraw());
  root.redraw();
  root.end = () => {
    root.version = null;
    unwatch();
    cancelAnimationFrame(root.soon);
    [bubble, ...panes.map((pane) => pane.plane)].forEach((plane) => plane.end());
  };
  return root.end;
}

function list(box, rows) {
  box.replaceChildren(
    ...rows.map(([name, value]) => {
      const row = document.createElement("li"),
        bold = document.createElement("b");
      bold.textContent = value;
      row.append(name, bold);
      return row;
    }),
  );
}
