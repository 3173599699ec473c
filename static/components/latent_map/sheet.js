// What the decoder draws at every place of a map of two numbers, as a sheet under the dots: coarse at once, then finer,
// a few milliseconds at a time. It moves with the map. At an epoch whose decoder is not here yet there is none.
import { decoderOf } from "../../bridge/decoder_cache.js";
import { subscribe } from "../../lib/bus.js";
import { busy, later } from "../../lib/busy.js";
import { colour, fit, inked, paint } from "../../lib/canvas.js";
import { sliced } from "../../lib/slices.js";
import { inTurn, tilesOf } from "../../lib/tiles.js";
import { fromAddress, inAddress } from "../../lib/url.js";

const SIDE = 36; // pixels of a tile
const SHOW = 90; // milliseconds from one look of an unfinished sheet to the next
const REST = 140; // milliseconds without a movement, after which the tiles suit the map again
const OPACITY = 0.34; // of the strongest ink: dots and names stand on it

/** @typedef {{run: string, epoch: any, decode: any, tiles: ReturnType<typeof tilesOf>}} Drawn */

/** Returns {moved(), follow(), paint(g), end()}: moved, when the map has; follow, when the epoch has changed. */
export function sheet(map) {
  const { root, plot, data } = map,
    box = root.querySelector(".sheet"),
    canvas = box.querySelector("canvas"),
    label = root.querySelector(".plane"),
    check = label.querySelector("input"),
    one = document.createElement("canvas"),
    ink = (colour(root, "--ll-ink").match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  box.style.setProperty("--strength", String(OPACITY));
  label.hidden = !data.anywhere;
  check.checked = fromAddress("plane") !== "0";
  /** @type {Drawn | null} */ let drawn = null;
  let stop = () => {},
    resting = null,
    seen = "";

  /** Where the map is, as words: another one needs other tiles. */
  const place = (area) => [area.left, area.top, area.width, area.height, area.x(0), area.y(0), area.x(1)].join();
  const lay = (area) => {
    const about = { left: plot.offsetLeft + area.left, top: plot.offsetTop + area.top };
    Object.assign(box.style, { left: `${about.left}px`, top: `${about.top}px` });
    Object.assign(box.style, { width: `${area.width}px`, height: `${area.height}px` });
    if (!drawn) return;
    const [[x0, y0], [x1, y1]] = drawn.tiles.corners.map(([x, y]) => [area.x(x) - area.left, area.y(y) - area.top]);
    canvas.style.transform = `translate(${x0}px, ${y0}px)`;
    Object.assign(canvas.style, { width: `${x1 - x0}px`, height: `${y1 - y0}px` });
  };

  function fill(decode) {
    stop();
    const area = map.view.area(),
      { size } = decode,
      tiles = tilesOf(area, SIDE),
      whole = document.createElement("canvas"),
      before = drawn?.decode === decode ? drawn.tiles : null;
    fit(whole, tiles.columns * size.width, tiles.rows * size.height);
    fit(one, size.width, size.height);
    const pen = one.getContext("2d"),
      tile = pen.createImageData(size.width, size.height),
      g = whole.getContext("2d");
    if (before) carry(g, canvas, before, tiles, size); // the map has moved: what is drawn already stays
    const over = busy("the sheet", { film: true });
    let shown = performance.now() - (before ? SHOW : 0);
    const show = () => {
      shown = performance.now();
      drawn = { run: data.run, epoch: plot.dataset.epoch, decode, tiles };
      fit(canvas, whole.width, whole.height);
      const front = canvas.getContext("2d");
      front.clearRect(0, 0, canvas.width, canvas.height);
      front.drawImage(whole, 0, 0);
      lay(map.view.area());
      box.classList.add("there");
      box.dataset.epoch = String(drawn.epoch);
      box.dataset.corners = JSON.stringify(tiles.corners);
    };
    delete box.dataset.whole;
    const work = ({ i, j, wide, last }) => {
      const z = tiles.code(i + wide / 2, j + wide / 2),
        at = [i * size.width, j * size.height, wide * size.width, wide * size.height];
      g.clearRect(at[0], at[1], at[2], at[3]);
      if (Math.max(...z.map(Math.abs)) <= decode.far) {
        const light = decode(z);
        if (size.channels > 1) paint(one, light, size, 0, 255);
        else inked(tile, light, ink, 255), pen.putImageData(tile, 0, 0);
        g.imageSmoothingEnabled = false;
        g.drawImage(one, at[0], at[1], at[2], at[3]);
      }
      if (last || (drawn?.decode === decode && performance.now() - shown > SHOW)) show();
    };
    const done = () => ((box.dataset.whole = place(area)), over());
    const end = sliced(inTurn(tiles, { coarse: !before }), work, { done });
    stop = () => (end(), over());
  }

  /** Draw what belongs here, if it can be drawn. */
  function look() {
    resting = null;
    if (!map.view || !root.isConnected) return;
    const decode = check.checked && data.anywhere ? decoderOf(data.run, plot.dataset.epoch) : null;
    if (!decode) return hide();
    const now = place(map.view.area());
    if (drawn?.decode === decode && seen === now) return;
    seen = now;
    fill(decode);
  }
  function hide() {
    stop();
    seen = "";
    drawn = null;
    box.classList.remove("there");
    delete box.dataset.whole;
    delete box.dataset.epoch;
  }
  check.onchange = () => (inAddress({ plane: check.checked ? null : "0" }), look());
  const unsubscribe = subscribe("decoder", () => data.anywhere && look());
  return {
    moved() {
      if (!data.anywhere || !map.view) return;
      const area = map.view.area(),
        now = place(area);
      if (now === seen) return;
      lay(area);
      resting?.cancel();
      resting = later("the sheet", look, drawn ? REST : 0, { film: true });
    },
    follow() {
      if (drawn && drawn.epoch !== plot.dataset.epoch) hide(); // another epoch’s pictures would be a lie
      if (data.anywhere) look();
    },
    /** The same on a canvas of the plot’s size: for a file. */
    paint(g) {
      if (!drawn || !map.view) return;
      const area = map.view.area(),
        [[x0, y0], [x1, y1]] = drawn.tiles.corners.map(([x, y]) => [area.x(x), area.y(y)]);
      g.save();
      g.beginPath();
      g.rect(area.left, area.top, area.width, area.height);
      g.clip();
      g.globalAlpha = OPACITY;
      g.imageSmoothingEnabled = false;
      g.drawImage(canvas, x0, y0, x1 - x0, y1 - y0);
      g.restore();
    },
    end() {
      unsubscribe();
      resting?.cancel();
      check.onchange = null;
      hide();
    },
  };
}

/**
 * Take over what other tiles show of the same places.
 *
 * @param {CanvasRenderingContext2D} g
 * @param {HTMLCanvasElement} canvas
 * @param {ReturnType<typeof tilesOf>} before
 * @param {ReturnType<typeof tilesOf>} tiles
 * @param {import("../../lib/canvas.js").Size} size
 */
function carry(g, canvas, before, { corners: [[x0, y0], [x1, y1]], columns, rows }, { width, height }) {
  const [wide, high] = [columns * width, rows * height],
    /** @type {(code: number[]) => number[]} */ at = ([x, y]) => [
      ((x - x0) / (x1 - x0)) * wide,
      ((y - y0) / (y1 - y0)) * high,
    ],
    [left, top] = at(before.corners[0]),
    [right, bottom] = at(before.corners[1]);
  g.imageSmoothingEnabled = false;
  g.drawImage(canvas, left, top, right - left, bottom - top);
}
