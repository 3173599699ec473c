// Pictures of a sheet as tiles, each a small canvas of its own. For cards and the grid.
import { bytes } from "../lib/codec.js";
import { element } from "../lib/dom.js";

/**
 * A sheet of pictures, loaded. By a short address, since each of a thousand tiles names it; ``drop`` ends that.
 *
 * @returns {Promise<HTMLImageElement>}
 */
export async function sheet(text, kind) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([bytes(text)], { type: `image/${kind}` }));
  await image.decode();
  return image;
}

/** Sheets that no tile shows any more. @param {(HTMLImageElement | null)[]} images */
export const drop = (images) => images.forEach((image) => void (image && URL.revokeObjectURL(image.src)));

/** The background of a tile: one picture of a sheet. No canvas for each of hundreds of pictures. */
export function paint(tile, image, place, side, wide) {
  const across = image.naturalWidth / side,
    down = image.naturalHeight / side,
    column = place % wide,
    row = Math.floor(place / wide);
  tile.style.backgroundImage = `url("${image.src}")`;
  tile.style.backgroundSize = `${across * 100}% ${down * 100}%`;
  tile.style.backgroundPosition = `${share(column, across)}% ${share(row, down)}%`;
}

/** Where a place among so many stands in percent, as CSS counts for backgrounds. */
export const share = (place, count) => (count > 1 ? (place / (count - 1)) * 100 : 0);

/** A button with words. */
export const button = (text, onclick, properties = {}) =>
  element("button", { type: "button", textContent: text, onclick, ...properties });

/** A count in words: ``1 picture``, ``12 pictures``. */
export const many = (count, one = "picture", more = "pictures") =>
  `${count.toLocaleString("en")} ${count === 1 ? one : more}`;
