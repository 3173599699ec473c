// What the pointer does on the latent map: pictures under it, places decoded, a dot picked, a group circled.
import { decoderOf } from "../../bridge/decoder_cache.js";
import { subscribe, publish } from "../../lib/bus.js";
import { index, pictureOf } from "../../bridge/picture_cache.js";
import { fit, paint, tile as copy, suit } from "../../lib/canvas.js";
import { packed, unpacked } from "../../lib/codec.js";
import { clamp, pair } from "../../lib/numbers.js";
import { busy, later } from "../../lib/busy.js";

const REST = 80; // milliseconds for which a dot is pointed at before its picture is asked for

/**
 * The picture under the pointer: a function show(i), and end(). It has shown the first one's, so that no empty black
 * square is seen; words and picture change together, once the picture's sheet has come.
 */
export function pictures(root, data, labels) {
  if (!data.pictures) return null;
  const { name, sheets, size, wide } = data.pictures,
    canvas = root.querySelector(".seen .original"),
    what = root.querySelector(".seen .what"),
    where = index(name, sheets),
    redrawn = data.redrawn ? ", as redrawn" : "";
  root.whatFirst ??= what.textContent; // on another map, the words of the last one's dot would be wrong
  const first = data.redrawn ? root.whatFirst.replace("test picture", "test picture, as redrawn") : root.whatFirst;
  what.textContent = first;
  canvas.classList.toggle("redrawn", !!data.redrawn);
  fit(canvas, size.width, size.height);
  suit(canvas, size);
  let wanted = 0,
    pointed = false,
    asking = null,
    done = busy("the picture of a dot");
  const said = (i) => {
    const of = data.names.length > 1 ? data.names[labels[i]] : "";
    return of ? `${of}${redrawn} (test picture ${i + 1})` : `Test picture ${i + 1}${redrawn}`;
  };
  const draw = () => {
    asking?.cancel();
    const { sheet, number, column } = pictureOf(where, wanted);
    if (!sheet) {
      const ask = () => publish("sheet wanted", { name, number });
      return void (asking = later("the picture of a dot", ask, REST, { film: true }));
    }
    copy(canvas.getContext("2d"), sheet, Math.floor(column / wide), column % wide);
    canvas.dataset.dot = String(wanted);
    what.textContent = pointed ? said(wanted) : first;
    done();
  };
  const unsubscribe = subscribe("sheet", draw);
  return {
    show(i) {
      if (pointed && i === wanted) return;
      done();
      done = busy("the picture of a dot");
      [wanted, pointed] = [i, true];
      draw();
    },
    end: () => (unsubscribe(), asking?.cancel(), done(), publish("sheet wanted", null)),
  };
}

/**
 * On a map of the two numbers themselves, every place is a code: draw what the decoder makes of it, at the epoch that
 * is seen. Returns {follow(), end()}: follow draws the same place anew when the epoch has changed.
 */
export function anywhere(map) {
  const { root, plot, data } = map,
    box = root.querySelector(".anywhere"),
    canvas = box.querySelector("canvas"),
    where = box.querySelector(".where");
  let z = [0, 0], // not an empty black square: what stands in the middle
    pointed = false,
    waiting = 0,
    done = () => {};
  box.hidden = !data.anywhere;
  where.textContent = root.whereFirst ??= where.textContent; // of another model, or in another view
  delete canvas.dataset.z;
  const rest = () => (clearInterval(waiting), (waiting = 0), done());
  const look = () => {
    const epoch = plot.dataset.epoch,
      decode = decoderOf(data.run, epoch);
    if (!decode) {
      if (pointed) where.textContent = "One moment: this epoch’s decoder is loading.";
      if (!waiting) (done = busy("the decoder of a place", { film: true })), (waiting = setInterval(look, 200));
      return plot.isConnected ? undefined : rest();
    }
    rest();
    z = z.map((v) => clamp(v, -decode.far, decode.far)); // farther out it is not the model's
    paint(suit(canvas, decode.size), decode(z), decode.size, 0, 255);
    if (!pointed) return;
    canvas.dataset.z = z.join();
    where.textContent = `decoded from z = ${pair(z, 1)}, epoch ${epoch}`;
  };
  const move = (event) => {
    if (!map.view) return;
    const about = plot.getBoundingClientRect(),
      area = map.view.area(),
      x = event.clientX - about.left,
      y = event.clientY - about.top;
    if (x < area.left || y < area.top || x > area.left + area.width || y > area.top + area.height) return;
    [z, pointed] = [area.code(x, y), true];
    look();
  };
  plot.parentElement.onpointermove = plot.parentElement.onpointerdown = data.anywhere ? move : null;
  return { follow: () => data.anywhere && look(), end: rest };
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
    if (map.members) map.only.free();
    map.view?.select(map.members);
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
