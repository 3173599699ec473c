// Thousands of dots at once, laid into pixels by hand, which takes less than to have a canvas copy as many discs. Up to
// ``laidBy`` no page is needed, so node can test it.

const PARTS = 4; // of a pixel: where a dot may stand, so that one that creeps does not hop

/**
 * A disc as shares of covered pixels, for each part of a pixel that its middle may lie at.
 *
 * @typedef {{side: number, masks: Float32Array[]}} Disc
 */

/** @param {number} radius in pixels @returns {Disc} */
export function disc(radius) {
  const reach = Math.ceil(radius + 1),
    side = 2 * reach + 1,
    masks = Array.from({ length: PARTS * PARTS }, (_, part) => {
      const [x, y] = [part % PARTS, Math.floor(part / PARTS)].map((k) => reach + (k + 0.5) / PARTS - 0.5);
      return Float32Array.from({ length: side * side }, (_, k) =>
        Math.min(Math.max(radius + 0.5 - Math.hypot((k % side) - x, Math.floor(k / side) - y), 0), 1),
      );
    });
  return { side, masks };
}

/** Pixels onto which dots are laid, later ones over earlier ones. */
export class Splats {
  /** @param {number} width in pixels @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    /** Red, green, blue and how opaque, each of 0 to 255: what an ImageData wants. */
    this.pixels = new Uint8ClampedArray(4 * width * height);
  }

  clear() {
    this.pixels.fill(0);
  }

  /**
   * Lay a disc with its middle at x, y (pixels), as opaque as ``strength`` (0 to 1); what lies outside is cut off.
   *
   * @param {Disc} disc
   * @param {number} x
   * @param {number} y
   * @param {ArrayLike<number>} paint red, green and blue of 0 to 255
   * @param {number} strength
   */
  lay({ side, masks }, x, y, paint, strength) {
    const { pixels, width, height } = this,
      [column, row] = [Math.floor(x), Math.floor(y)],
      mask = masks[Math.floor((x - column) * PARTS) + PARTS * Math.floor((y - row) * PARTS)],
      [left, top] = [column - (side >> 1), row - (side >> 1)],
      [red, green, blue] = [paint[0], paint[1], paint[2]];
    if (!mask) return; // no number
    const [first, last] = [Math.max(0, -left), Math.min(side, width - left)];
    for (let j = Math.max(0, -top), end = Math.min(side, height - top); j < end; j++) {
      let at = 4 * ((top + j) * width + left + first);
      for (let i = first; i < last; i++, at += 4) {
        const over = mask[j * side + i] * strength;
        if (!over) continue;
        const under = (pixels[at + 3] / 255) * (1 - over),
          both = over + under,
          share = over / both;
        pixels[at] += (red - pixels[at]) * share;
        pixels[at + 1] += (green - pixels[at + 1]) * share;
        pixels[at + 2] += (blue - pixels[at + 2]) * share;
        pixels[at + 3] = 255 * both;
      }
    }
  }
}

/**
 * A function that lays dots onto a canvas: over what is drawn there already, in CSS pixels, at the screen's sharpness.
 *
 * @typedef {(x: number, y: number, radius: number, paint: ArrayLike<number>, strength: number) => void} Lay
 * @returns {(g: CanvasRenderingContext2D, width: number, height: number, work: (lay: Lay) => void) => void}
 */
export function laidBy() {
  const sheet = document.createElement("canvas"),
    discs = new Map();
  let splats = null;
  return (g, width, height, work) => {
    const ratio = g.canvas.width / width;
    if (splats?.width !== g.canvas.width || splats.height !== g.canvas.height) {
      splats = new Splats(g.canvas.width, g.canvas.height);
      [sheet.width, sheet.height] = [splats.width, splats.height];
    } else splats.clear();
    work((x, y, radius, paint, strength) => {
      const wide = Math.round(4 * radius * ratio) / 4;
      if (!discs.has(wide)) discs.set(wide, disc(wide));
      splats.lay(discs.get(wide), x * ratio, y * ratio, paint, strength);
    });
    sheet.getContext("2d").putImageData(new ImageData(splats.pixels, splats.width, splats.height), 0, 0);
    g.drawImage(sheet, 0, 0, width, height);
  };
}
