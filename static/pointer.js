// What the pointer does on the latent map: pictures under it, places decoded, a dot picked, a group circled.
import { bytes, hear, pair, paint, tell } from "./lab.js";
import { decoderOf } from "./feed.js";
import { busy } from "./settled.js";

/** The sheet of all pictures: a function show(i), which has drawn the first, so that no empty black square is seen. */
export function tiles(root, data) {
  if (!data.tiles) return null;
  const canvas = root.querySelector(".seen .original"), what = root.querySelector(".seen .what"), sheet = new Image(), done = busy("a sheet of pictures");
  root.whatFirst ??= what.textContent; // on another map, the words of the last one's dot would be wrong
  what.textContent = data.redrawn ? root.whatFirst.replace("test picture", "test picture, as redrawn") : root.whatFirst;
  canvas.classList.toggle("redrawn", !!data.redrawn);
  sheet.src = "data:image/webp;base64," + data.tiles;
  const { tile, tiles_wide: wide } = data;
  const show = (i) => canvas.getContext("2d").drawImage(sheet, (i % wide) * tile, Math.floor(i / wide) * tile, tile, tile, 0, 0, tile, tile);
  sheet.onload = () => (show(0), done());
  sheet.onerror = done;
  return show;
}

/** Draw the picture of the dot under the pointer. */
export function hover(root, plot, data, labels, show) {
  if (!show) return;
  const what = root.querySelector(".seen .what");
  plot.removeAllListeners?.("plotly_hover");
  plot.on("plotly_hover", (event) => {
    const i = event.points[0].customdata;
    if (i == null) return; // a mark
    show(i);
    what.textContent = `${data.names[labels[i]]}${data.redrawn ? ", as redrawn" : ""} (test picture ${i + 1})`;
  });
}

/** On a map of the two numbers themselves, every place is a code: draw what the decoder makes of it. */
export function anywhere(root, plot, data) {
  const box = root.querySelector(".anywhere"), canvas = box.querySelector("canvas"), where = box.querySelector(".where");
  root.unwait?.();
  where.textContent = root.whereFirst ??= where.textContent; // of another model, or in another view
  delete canvas.dataset.z;
  if (data.anywhere) { // not an empty black square: what stands in the middle
    const done = busy("the decoder of the middle");
    const waiting = setInterval(() => {
      const decode = decoderOf(data.run, plot.dataset.epoch);
      if (decode && !canvas.dataset.z) paint(canvas, decode([0, 0]), 0, 255);
      if (decode || !plot.isConnected) root.unwait();
    }, 200);
    root.unwait = () => (clearInterval(waiting), done());
  }
  plot.onpointermove = plot.onpointerdown = !data.anywhere ? null : (event) => {
    const area = plot.querySelector(".nsewdrag")?.getBoundingClientRect(), decode = decoderOf(data.run, plot.dataset.epoch);
    const x = event.clientX - area?.left, y = event.clientY - area?.top;
    if (!area || x < 0 || y < 0 || x > area.width || y > area.height) return;
    const z = [plot._fullLayout.xaxis.p2d(x), plot._fullLayout.yaxis.p2d(y)];
    if (!decode) return void (where.textContent = "One moment: this epoch’s decoder is on its way.");
    paint(canvas, decode(z), 0, 255);
    canvas.dataset.z = z.join();
    where.textContent = `decoded from z = ${pair(z, 1)}, epoch ${plot.dataset.epoch}`;
  };
}

const packed = (places) => btoa(String.fromCharCode(...new Uint8Array(Uint16Array.from(places).buffer)));
const unpacked = (text) => [...new Uint16Array(bytes(text).buffer)];

/** Click a dot, or circle a group; Python is told once, and both stay marked through all epochs. */
export function picking(Plotly, root, plot, data, labels, over) {
  const [point, lasso, clear] = [".point", ".lasso", ".clear"].map((name) => root.querySelector(name));
  const resting = matchMedia("(pointer: coarse)").matches ? false : "pan";
  const groups = data.names.map((_, c) => [...labels.keys()].filter((i) => labels[i] === c));
  let shown = "null";
  clear.hidden = true;
  const mode = (circling) => {
    point.setAttribute("aria-pressed", !circling);
    lasso.setAttribute("aria-pressed", circling);
    Plotly.relayout(plot, { dragmode: circling ? "lasso" : resting, selections: [] });
  };
  // What is chosen: {dot: place}, {group: places packed}, or null; Python may say it too.
  const unhear = hear("latent_scatter", (chosen = null) => {
    const now = JSON.stringify(chosen), before = shown;
    if (now === before) return;
    shown = now;
    over.ring = chosen?.dot ?? null;
    clear.hidden = !chosen;
    over.draw();
    if (!(now + before).includes("group")) return;
    const members = chosen?.group ? new Set(unpacked(chosen.group)) : null;
    const selected = groups.map((group) => (members ? group.flatMap((i, k) => (members.has(i) ? [k] : [])) : null));
    Plotly.restyle(plot, { selectedpoints: selected }, [...groups.keys()]);
    if (!members && plot._fullLayout.selections?.length) Plotly.relayout(plot, { selections: [] });
  });
  const choose = (chosen) => (tell("latent_scatter picked", chosen), tell("latent_scatter", chosen)); // asks first, then draws
  const clicked = (event) => event.points[0].customdata != null && choose({ dot: event.points[0].customdata });
  const circled = (event) => {
    const places = event?.points.map((p) => p.customdata).filter((i) => i != null) ?? [];
    if (!places.length) return;
    choose({ group: packed(places.sort((a, b) => a - b)) });
    mode(false);
  };
  plot.on("plotly_click", clicked);
  plot.on("plotly_selected", circled);
  point.onclick = () => mode(false);
  lasso.onclick = () => mode(true);
  clear.onclick = () => choose(null);
  return () => {
    unhear();
    plot.removeAllListeners?.("plotly_click");
    plot.removeAllListeners?.("plotly_selected");
  };
}
