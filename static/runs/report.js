// A run's report: everything on the page follows the epoch. ui/runs/report.py writes this script, with what it imports,
// and the data into the page, which may load nothing and runs without the app.
import { find, make, told } from "../lib/page_apart.js";
import { GAP, classColour, isFine, picture, suit, tile } from "../lib/canvas.js";
import { svg } from "../lib/charts.js";
import { drawDots } from "../lib/class_dots.js";
import { bytes, halves } from "../lib/codec.js";
import { columns } from "../lib/columns.js";
import { frameOf, ticks } from "../lib/geometry.js";
import { every, playButton, playSlider } from "../lib/play_button.js";

/** @type {import("../lib/payloads").ReportData} */
const data = told();
const last = data.epochs.length - 1;

/** Called with the place of the epoch among those there are. @type {((place: number) => void)[]} */
const followers = [];
let place = last;

function show(at) {
  place = at;
  for (const follow of followers) follow(place);
}

function words() {
  find("h1").textContent = data.title;
  find(".summary").textContent = data.summary;
  for (const [label, value] of data.settings) {
    const entry = make("div");
    entry.append(make("dt", label), make("dd", value));
    find(".settings").append(entry);
  }
  find(".made").textContent = `Made with Latent Lab, ${data.made}.`;
}

/** The slider of the epochs, and the button that plays them. */
function epochs() {
  const slider = find("#epoch"),
    out = find(".steer output");
  const play = (end) => {
    if (place === last) show(0);
    return every(500, () => (place === last ? end() : show(place + 1)));
  };
  const player = playButton(find(".play"), play, "Play the epochs");
  slider.max = last;
  playSlider(slider, player, show);
  followers.push((at) => {
    slider.value = at;
    out.textContent = data.epochs[at] === 0 ? "untrained" : `epoch ${data.epochs[at]} of ${data.epochs[last]}`;
    slider.setAttribute("aria-valuetext", out.textContent);
  });
  if (!last) find(".steer").style.display = "none";
}

/** A chart for each panel of the training's curves. */
function curves() {
  const steps = columns(data.curves.steps, data.curves),
    tests = columns(data.curves.tests, data.curves);
  data.curves.panels.forEach(({ name, colour, now }, k) => {
    const said = now && now + " nats per picture",
      box = make("div"),
      chart = svg("svg", { viewBox: "0 0 340 200", role: "img", "aria-label": `${name}: ${said}` });
    const [low, high] = data.windows[k],
      area = frameOf({ l: 44, r: 8, t: 8, b: 24 }, 340, 200, [
        [0, data.curves.epochs_shown],
        [low, high],
      ]);
    scales(chart, area, low, high);
    const shown = cut(chart, area, `cut${k}`);
    curve(shown, area, [steps[0], steps[k + 1]], [tests[0], tests[k + 1]], `var(--ll-${colour})`);
    marker(shown, area);
    box.append(make("h3", name), make("small", said), chart);
    find(".charts").append(box);
  });
}

function scales(chart, { x, y, left, top, width, height }, low, high) {
  for (const value of ticks(low, high, 3)) {
    const at = y(value);
    chart.append(svg("line", { x1: left, x2: left + width, y1: at, y2: at, stroke: "var(--ll-line)" }));
    chart.append(svg("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, value));
  }
  const apart = Math.max(1, Math.ceil(data.curves.epochs_shown / 6));
  for (let epoch = 0; epoch <= data.curves.epochs_shown; epoch += apart)
    chart.append(svg("text", { x: x(epoch), y: top + height + 16, "text-anchor": "middle" }, epoch));
}

/** A group in which nothing is drawn below the axes; the untrained network's huge loss leaves it at the top. */
function cut(chart, { left, top, width, height }, id) {
  const path = svg("clipPath", { id }),
    group = svg("g", { "clip-path": `url(#${id})` });
  path.append(svg("rect", { x: left - 5, y: 0, width: width + 13, height: top + height }));
  chart.append(path, group);
  return group;
}

function curve(group, { x, y }, [steps, training], [ends, test], paint) {
  const look = { stroke: paint, "stroke-width": 1.8 };
  const points = steps.map((v, i) => `${x(v).toFixed(1)},${y(training[i]).toFixed(1)}`).join(" ");
  group.append(svg("polyline", { points, fill: "none", ...look }));
  ends.forEach((v, i) => {
    group.append(svg("circle", { cx: x(v), cy: y(test[i]), r: 3, fill: "var(--ll-page)", ...look }));
  });
}

/** A dashed line at the epoch. */
function marker(group, { x, top, height }) {
  const line = svg("line", { y1: 0, y2: top + height, stroke: "var(--ll-ink)", "stroke-dasharray": "3 3" });
  group.append(line);
  followers.push((at) => {
    for (const end of ["x1", "x2"]) line.setAttribute(end, x(data.epochs[at]));
  });
}

function map() {
  const { names, axes, range, opacity } = data.map,
    films = data.map.points.map(halves),
    labels = bytes(data.map.labels),
    classes = [...new Set(labels)].sort((a, b) => a - b),
    canvas = find(".map canvas");
  find(".axes").textContent = `across, ${axes[0]}; up, ${axes[1]}`;
  const several = names.length > 1;
  canvas.setAttribute("aria-label", `Map of ${labels.length} test pictures${several ? ", coloured by class" : ""}`);
  for (const c of several ? classes : []) {
    const entry = make("li", names[c]);
    entry.prepend(make("i", "", { style: `background: ${classColour(c)}` }));
    find(".map ul").append(entry);
  }
  const draw = () => drawDots(canvas, films[place], labels, { range, opacity });
  followers.push(draw);
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

/** A row of pictures, drawn once its sheet is read: a line for each epoch, or one. */
async function row({ label, note, alt, edge, png, count, columns }, parent) {
  const { width, height } = data.size,
    gap = isFine(data.size) ? GAP : 0,
    canvas = make("canvas", "", { class: "strip", role: "img", "aria-label": alt, style: `--edge: var(--ll-${edge})` }),
    name = make("p", label);
  const side = (n, long) => n * (long + gap) - gap;
  Object.assign(canvas, { width: side(columns, width), height: side(Math.ceil(count / columns), height) });
  if (note) name.append(make("small", ` · ${note}`));
  parent.append(name, canvas);
  const sheet = await picture(png, data.size),
    g = canvas.getContext("2d");
  const draw = (at) => {
    for (let i = 0; i < count; i++) tile(g, sheet, lineOf(sheet, at), i, i % columns, Math.floor(i / columns), gap);
  };
  followers.push(draw);
  draw(place);
}

/** The line of an epoch in a sheet, which may have but one. */
const lineOf = (sheet, at) => Math.min(at, sheet.height / data.size.height - 1);

async function morph() {
  if (!data.morph) return find(".morphing").remove();
  const { png, alt, count } = data.morph,
    frame = find("#frame"),
    step = find("#step");
  find(".morphing h2").textContent = alt;
  frame.setAttribute("aria-label", alt);
  [frame.width, frame.height] = [data.size.width, data.size.height];
  step.max = count - 1;
  step.value = Math.floor(count / 2);
  const sheet = await picture(png, data.size);
  const draw = () => {
    tile(frame.getContext("2d"), sheet, lineOf(sheet, place), +step.value);
    find(".morphing output").textContent = `${Math.round((100 * step.value) / step.max)} %`;
  };
  step.oninput = draw;
  followers.push(draw);
  draw();
}

suit(document.body, data.size);
words();
epochs();
curves();
map();
const ready = [...data.rows.map((each) => row(each, find(".rows"))), row(data.samples, find(".samples")), morph()];
show(place);
Promise.all(ready).then(() => document.body.setAttribute("data-ready", ""));
