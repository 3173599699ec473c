// The plane as a mosaic: at every place what the decoder draws there. Coarse at once, then finer, a few milliseconds
// at a time. One pixel for each of the model's, in the ink of the page; fainter far from the middle, where no data lie.
import { busy } from "../lib/busy.js";
import { fit, inked } from "../lib/canvas.js";
import { sliced } from "../lib/slices.js";
import { boxOf, jobsOf } from "./view.js";

const SHOW = 90; // milliseconds from one look of an unfinished mosaic to the next: each is a whole canvas to upload
const KEPT = 2; // finished mosaics, of the windows seen last
const NEAR = 2; // from the middle of the plane, up to which the pictures are as strong as they get
const FAR = 5.5; // and where they are faintest
const FAINT = 0.32; // how strong those are, of the others

/** A canvas lies over a box of the scene. */
export function lay(canvas, { left, top, width, height }) {
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}

/** Let what is on a canvas over the plane fade far from the middle. @param {import("./view.js").View} view */
export function fade(canvas, view) {
  const g = canvas.getContext("2d"),
    box = boxOf(view),
    scale = canvas.width / box.width,
    [x, y] = [(view.origin[0] - box.left) * scale, (view.origin[1] - box.top) * scale];
  const light = g.createRadialGradient(x, y, NEAR * view.unit * scale, x, y, FAR * view.unit * scale);
  light.addColorStop(0, "#000");
  light.addColorStop(1, `rgba(0, 0, 0, ${FAINT})`);
  Object.assign(g, { globalCompositeOperation: "destination-in", fillStyle: light });
  g.fillRect(0, 0, canvas.width, canvas.height);
  g.globalCompositeOperation = "source-over";
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(z: number[]) => ArrayLike<number>} decode
 * @param {import("../lib/canvas.js").Size} size of one picture
 */
export function mosaic(canvas, decode, size) {
  const one = document.createElement("canvas"),
    whole = document.createElement("canvas"),
    tile = new ImageData(size.width, size.height);
  fit(one, size.width, size.height);
  const known = /** @type {Map<string, HTMLCanvasElement>} */ (new Map());
  let stop = () => {},
    filled = "";
  const [pen, sheet] = [one.getContext("2d"), whole.getContext("2d")];
  /** @param {import("./view.js").View} view @param {number[]} ink @param {number} opacity of the strongest */
  const fill = (view, ink, opacity) => {
    const { tiles } = view,
      key = [Object.values(tiles), ink].join();
    lay(canvas, boxOf(view));
    if (key === filled) return; // the same tiles, elsewhere or of another size on the screen
    filled = key;
    stop();
    const over = busy("the mosaic");
    delete canvas.dataset.whole;
    for (const each of [whole, canvas]) fit(each, tiles.columns * size.width, tiles.rows * size.height);
    let shown = -Infinity;
    const show = (wide) => {
      shown = performance.now();
      const g = canvas.getContext("2d");
      g.clearRect(0, 0, canvas.width, canvas.height);
      g.drawImage(whole, 0, 0);
      fade(canvas, view);
      canvas.dataset.finest = String(wide);
    };
    const finish = () => {
      canvas.dataset.whole = Object.values(tiles).join();
      over();
    };
    const before = known.get(key);
    if (before) {
      sheet.drawImage(before, 0, 0);
      show(1);
      return finish();
    }
    const work = ({ i, j, wide, code, last }) => {
      const box = /** @type {const} */ ([i * size.width, j * size.height, wide * size.width, wide * size.height]);
      inked(tile, decode(code), ink, 255 * opacity);
      pen.putImageData(tile, 0, 0);
      sheet.clearRect(...box);
      sheet.drawImage(one, ...box);
      if (last || performance.now() - shown > SHOW) show(wide);
    };
    const done = () => {
      const copy = document.createElement("canvas");
      fit(copy, whole.width, whole.height);
      copy.getContext("2d").drawImage(whole, 0, 0);
      known.set(key, copy);
      if (known.size > KEPT) known.delete(known.keys().next().value);
      finish();
    };
    const end = sliced(jobsOf(tiles), work, { done });
    stop = () => (end(), over());
  };
  return { fill, end: () => stop() };
}
