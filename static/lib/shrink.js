// Pictures of a camera or a file made small in the browser, before they travel. No component.

export const SIDE = 128; // pixels of the shorter side, at most
const LONGEST = 4; // times that, of the longer side: more would be cut off in any case
const MEGAPIXELS = 40;
const LARGEST = 30_000_000; // bytes of a file

/**
 * The size at which a picture is sent: its shorter side SIDE at most, its proportions kept.
 *
 * @returns {[number, number]}
 */
export function sizeOf(width, height) {
  const scale = Math.min(1, SIDE / Math.min(width, height), (SIDE * LONGEST) / Math.max(width, height));
  return [Math.max(Math.round(width * scale), 1), Math.max(Math.round(height * scale), 1)];
}

/** The square in the middle of something. @returns {[number, number, number]} left, top, side */
export function middle(width, height) {
  const side = Math.min(width, height);
  return [(width - side) / 2, (height - side) / 2, side];
}

/** Some bytes in base64. */
export function base64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** A small canvas as a picture's bytes in base64, at once: ``toBlob`` waits until the browser has nothing to do. */
export const packed = (canvas, kind) => canvas.toDataURL(kind, 0.92).split(",")[1]; // PNG where there is no WebP

/**
 * A file as a small canvas, turned as its camera was held. Throws a text, the reason why it cannot be: it goes on a
 * sentence that begins with the file's name.
 */
export async function canvasOf(file) {
  const image = await bitmapOf(file);
  try {
    if (image.width * image.height > MEGAPIXELS * 1e6) throw `is larger than ${MEGAPIXELS} megapixels`;
    if (Math.min(image.width, image.height) < 8)
      throw `has ${image.width} x ${image.height} pixels; it takes at least 8 x 8`;
    const [width, height] = sizeOf(image.width, image.height);
    const canvas = Object.assign(document.createElement("canvas"), { width, height }),
      g = canvas.getContext("2d");
    g.imageSmoothingQuality = "high";
    g.drawImage(image, 0, 0, width, height);
    return canvas;
  } finally {
    image.close();
  }
}

async function bitmapOf(file) {
  if (!file.size) throw "is empty";
  if (file.size > LARGEST) throw "is larger than 30 MB";
  try {
    return await createImageBitmap(file);
  } catch {
    throw reasonFor(file.name);
  }
}

/** Why a file that the browser could not show is not taken. */
export function reasonFor(name) {
  const end = /\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? "";
  const save = "save it as PNG or JPEG";
  if (["heic", "heif"].includes(end)) return `is a HEIC picture; ${save}`;
  if (end === "svg") return `is an SVG drawing; ${save}`;
  if (["tif", "tiff"].includes(end)) return `is a TIFF picture; ${save}`;
  if (end === "pdf") return `is a PDF; ${save}`;
  if (["mp4", "mov", "avi", "mkv", "webm"].includes(end)) return "is a video; use the camera, or save single pictures";
  if (["rar", "7z", "gz", "tar"].includes(end)) return "is an archive that cannot be opened here; pack it as a zip";
  if (["png", "jpg", "jpeg", "webp", "gif", "bmp"].includes(end)) return "is broken or cut off";
  return "is not a picture";
}
