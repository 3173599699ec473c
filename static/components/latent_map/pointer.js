// What the pointer does on the latent map: pictures under it, places decoded, a dot picked, a group circled.
import { decoderOf } from "../../bridge/decoder_cache.js";
import { subscribe, publish } from "../../lib/bus.js";
import { fit, paint, source, tile as copy, suit } from "../../lib/canvas.js";
import { packed, unpacked } from "../../lib/codec.js";
import { pair } from "../../lib/numbers.js";
import { busy } from "../../lib/busy.js";

/** The sheet of all pictures: a function show(i), which has drawn the first, so that no empty black square is seen. */
export function tiles(root, data, labels) {
  if (!data.tiles) return null;
  const canvas = root.querySelector(".seen .original"),
    what = root.querySelector(".seen .what"),
    sheet = new Image(),
    done = busy("a sheet of pictures");
  root.whatFirst ??= what.textContent; // on another map, the words of the last one's dot would be wrong
  what.textContent = data.redrawn ? root.whatFirst.replace("test picture", "test picture, as redrawn") : root.whatFirst;
  canvas.classList.toggle("redrawn", !!data.redrawn);
  sheet.src = source(data.tiles);
  const { tile, tiles_wide: wide } = data;
  fit(canvas, tile.width, tile.height);
  suit(canvas, tile);
  Object.assign(sheet, { cell: tile });
  const draw = (i) => copy(canvas.getContext("2d"), sheet, Math.floor(i / wide), i % wide);
  sheet.onload = () => (draw(0), done());
  sheet.onerror = done;
  return (i) => {
    draw(i);
    const name = data.names.length > 1 ? data.names[labels[i]] : "",
      redrawn = data.redrawn ? ", as redrawn" : "";
    what.textContent = name ? `${name}${redrawn} (test picture ${i + 1})` : `Test picture ${i + 1}${redrawn}`;
  };
}

/** On a map of the two numbers themselves, every place is a code: draw what the decoder makes of it. */
export function anywhere(map) {
  const { root, plot, data } = map,
    stage = plot.parentElement;
  const box = root.querySelector(".anywhere"),
    canvas = box.querySelector("canvas"),
    where = box.querySelector(".where");
  root.unwait?.();
  where.textContent = root.whereFirst ??= where.textContent; // of another model, or in another view
  delete canvas.dataset.z;
  if (data.anywhere) {
    // not an empty black square: what stands in the middle
    const done = busy("the decoder of the middle");
    const waiting = setInterval(() => {
      const decode = decoderOf(data.run, plot.dataset.epoch);
      if (decode && !canvas.dataset.z) paint(suit(canvas, decode.size), decode([0, 0]), decode.size, 0, 255);
      if (decode || !plot.isConnected) root.unwait();
    }, 200);
    root.unwait = () => (clearInterval(waiting), done());
  }
  stage.onpointermove = stage.onpointerdown = !data.anywhere
    ? null
    : (event) => {
        if (!map.view) return;
        const about = plot.getBoundingClientRect(),
          area = map.view.area(),
          decode = decoderOf(data.run, plot.dataset.epoch);
        const x = event.clientX - about.left,
          y = event.clientY - about.top;
        if (x < area.left || y < area.top || x > area.left + area.width || y > area.top + area.height) return;
        const z = area.code(x, y);
        if (!decode) return void (where.textContent = "One moment: this epoch’s decoder is loading.");
        paint(suit(canvas, decode.size), decode(z), decode.size, 0, 255);
        canvas.dataset.z = z.join();
        where.textContent = `decoded from z = ${pair(z, 1)}, epoch ${plot.dataset.epoch}`;
      };
}

/** Click a dot, or circle a group; Python is told once, and both stay marked through all epochs. */
export function picking(map, over) {
  const { root } = map,
    [point, lasso, clear] = [".point", ".lasso", ".clear"].map((name) => root.querySelector(name));
  let shown = "null",
    unsubscribe = () => {};
  clear.hidden = true;
  const mode = (circling) => {
    map.circling = circling;
    point.setAttribute("aria-pressed", circling ? "false" : "true");
    lasso.setAttribute("aria-pressed", circling ? "true" : "false");
    map.view?.mode(circling);
  };
  /** What is chosen: {dot: place}, {group: places packed}, or null; Python may say it too. */
  const heard = (chosen = null) => {
    const now = JSON.stringify(chosen),
      before = shown;
    if (now === before) return;
    shown = now;
    map.ring = chosen?.dot ?? null;
    map.members = chosen?.group ? new Set(unpacked(chosen.group)) : null;
    clear.hidden = !chosen;
    over.draw();
    if (!(now + before).includes("group")) return;
    if (map.members) map.legend.clear();
    map.view?.select(map.chosen());
  };
  // asks first, then draws
  const choose = (chosen) => (publish("latent_scatter picked", chosen), publish("latent_scatter", chosen));
  point.onclick = () => mode(false);
  lasso.onclick = () => mode(true);
  clear.onclick = () => choose(null);
  mode(false);
  return {
    begin: () => (unsubscribe = subscribe("latent_scatter", heard)),
    click: (place) => choose({ dot: place }),
    circle: (places) => (choose({ group: packed(places) }), mode(false)),
    end: () => unsubscribe(),
  };
}
