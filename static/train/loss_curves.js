// A training as it goes: live curves, one panel a term; training as a line, the test set as rings.
import uPlot from "../vendor/uPlot.esm.min.js";
import { publish } from "../lib/bus.js";
import { alpha, colour } from "../lib/canvas.js";
import { columns, heights } from "../lib/columns.js";
import { mount } from "../lib/dom.js";
import { followEpoch, setAddress } from "../lib/epoch.js";
import { style } from "../lib/style.js";

const HTML = `
  <div class="ll-line">
    <div class="ll-facts quiet"></div>
    <div class="ll-key">
      <span><i class="line"></i>training, as it learns</span><span><i class="dot"></i>test, after each epoch</span>
      <span>nats per picture</span>
      <button type="button" hidden>Show all</button>
    </div>
  </div>
  <div class="ll-curves"></div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").LossCurvesData>} component */
export default function (component) {
  const { data } = component;
  const [root, isNew] = mount(component, HTML);
  const state = (root.state ??= { panels: new Map(), zoom: null });
  const all = root.querySelector("button");
  if (isNew) {
    style(new URL("../vendor/uPlot.min.css", import.meta.url).href);
    all.onclick = () => zoom(state, null, all);
    state.resize = new ResizeObserver(() => state.panels.forEach(fit));
    state.resize.observe(root.querySelector(".ll-curves"));
  }
  publish(`progress ${data.run}`, data.progress);
  root.querySelector(".ll-facts").textContent = data.facts;
  for (const [part, token] of Object.entries(data.turns)) publish(`turn ${part} ${data.run}`, token);
  root.querySelector(".ll-key").hidden = !data.panels.length;
  const steps = columns(data.steps, data),
    tests = columns(data.tests, data);
  const wanted = data.panels.map((p) => p.name).join();
  const look = wanted + colour(root, "--ll-ink") + data.run;
  if (state.look !== look) rebuild(root, state, data.panels, all);
  if (state.look !== look) setAddress(data.run);
  state.look = look;
  data.panels.forEach((panel, k) => {
    const { plot, now } = state.panels.get(panel.name);
    plot.setData(join(steps[0], steps[k + 1], tests[0], tests[k + 1]), false);
    const range = state.zoom ?? [0, Math.max(data.epochs_shown, 0.1)];
    plot.batch(() => {
      plot.setScale("x", { min: range[0], max: range[1] });
      plot.setScale("y", heights(plot.data, range));
    });
    now.textContent = panel.now;
    plot.root.setAttribute("aria-label", `${panel.name}: ${panel.now} nats per picture`);
  });
  state.unfollow?.();
  state.unfollow =
    data.tests.n < 2
      ? null
      : followEpoch(data.run, [...Array(data.n_epochs).keys()], (epoch) => {
          state.epoch = epoch;
          state.panels.forEach(({ plot }) => plot.redraw(false));
        });
  return () => {
    state.unfollow?.();
    state.resize.disconnect();
    state.panels.forEach(({ plot }) => plot.destroy());
  };
}

function rebuild(root, state, panels, all) {
  const box = root.querySelector(".ll-curves");
  state.panels.forEach(({ plot }) => plot.destroy());
  state.panels.clear();
  state.zoom = null;
  all.hidden = true;
  box.replaceChildren();
  const sync = uPlot.sync(Math.random().toString(36));
  for (const { name, colour: paint } of panels) {
    const panel = document.createElement("div"),
      title = document.createElement("h4"),
      now = document.createElement("div"),
      head = document.createElement("div");
    panel.className = "panel";
    title.textContent = name;
    now.className = "now quiet";
    head.className = "head";
    head.append(title, now);
    panel.append(head);
    box.append(panel);
    const ink = colour(root, `--ll-${paint}`),
      quiet = colour(root, "--ll-quiet"),
      line = colour(root, "--ll-line");
    const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px sans-serif" };
    const plot = new uPlot(
      {
        width: 300,
        height: 210,
        padding: [10, 10, 0, 0],
        cursor: { sync: { key: sync.key }, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
        legend: { show: false },
        scales: { x: { time: false }, y: {} },
        axes: [
          {
            ...axis,
            size: 24,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200],
            label: "epoch",
            labelSize: 14,
            labelFont: "12px sans-serif",
          },
          { ...axis, size: 46 },
        ],
        series: [
          {},
          { stroke: alpha(ink, 0.75), width: 1.75, spanGaps: true, points: { show: false } },
          {
            stroke: ink,
            width: 0,
            spanGaps: true,
            paths: () => null,
            points: { show: true, size: 7, width: 2, fill: colour(root, "--ll-page"), stroke: ink },
          },
        ],
        hooks: {
          setSelect: [
            (u) => {
              if (u.select.width < 4) return;
              const range = [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")];
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              zoom(state, range, all);
            },
          ],
          ready: [(u) => u.over.addEventListener("dblclick", () => zoom(state, null, all))],
          setCursor: [(u) => hover(u)],
          draw: [(u) => mark(u, state, quiet)],
        },
      },
      [[0], [null], [null]],
      panel,
    );
    plot.root.setAttribute("role", "img");
    state.panels.set(name, { plot, now });
    fit({ plot });
  }
}

function fit({ plot }) {
  const width = plot.root.parentElement.clientWidth;
  if (width > 0) plot.setSize({ width, height: Math.min(Math.max(innerHeight * 0.17, 120), 210) });
}

function zoom(state, range, all) {
  state.zoom = range;
  all.hidden = !range;
  state.panels.forEach(({ plot }) => {
    const xs = plot.data[0],
      whole = range ?? [0, xs.at(-1) || 1];
    plot.batch(() => {
      plot.setScale("x", { min: whole[0], max: whole[1] });
      plot.setScale("y", heights(plot.data, whole));
    });
  });
}

/** The value under the pointer, as a tooltip. */
function hover(u) {
  const i = u.cursor.idx;
  if (i == null || u.cursor.left < 0) return;
  const value = u.data[1][i] ?? u.data[2][i];
  if (value != null) u.root.title = `epoch ${u.data[0][i].toFixed(1)}: ${value.toFixed(1)}`;
}

/** A dashed line at the epoch that the slider stands at. */
function mark(u, state, paint) {
  const x = u.valToPos(state.epoch, "x", true),
    { left, top, width, height } = u.bbox;
  if (state.epoch == null || x < left || x > left + width) return;
  u.ctx.save();
  u.ctx.strokeStyle = paint;
  u.ctx.lineWidth = 1.5 * devicePixelRatio;
  u.ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  u.ctx.beginPath();
  u.ctx.moveTo(x, top);
  u.ctx.lineTo(x, top + height);
  u.ctx.stroke();
  u.ctx.restore();
}

/** One x for both series, sorted; null where a series has no point. */
function join(x, train, tx, test) {
  return uPlot
    .join([
      [x, [...train]],
      [tx, [...test]],
    ])
    .map((column) => [...column]);
}
