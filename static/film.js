// Sheets of pictures, their downloads, and what parts of the samples page tell each other.

/** Base64 of a PNG or WebP to something that drawImage takes. */
export async function sheet(text, kind = "png") {
  const image = new Image();
  image.src = `data:image/${kind};base64,` + text;
  await image.decode();
  return image;
}

/** Copy picture number k of a line of a sheet to a place on a canvas. */
export const tile = (g, image, line, k, x = 0, y = 0) => g.drawImage(image, k * 28, line * 28, 28, 28, x, y, 28, 28);

/** A canvas as a PNG file, each pixel enlarged to whole squares. */
export function savePng(canvas, name, wanted = 1120) {
  const scale = Math.max(Math.round(wanted / canvas.width), 1), big = document.createElement("canvas");
  [big.width, big.height] = [canvas.width * scale, canvas.height * scale];
  const g = big.getContext("2d");
  g.imageSmoothingEnabled = false;
  g.drawImage(canvas, 0, 0, big.width, big.height);
  big.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

/** Let the address name a choice (null: no longer), without a new entry in the history. */
export function note(name, value) {
  const address = new URL(location.href);
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** What the grid and the story share, by run: the grid's pictures, the story's measurements. */
const shared = (window.latentLabSamples ??= { values: new Map(), listeners: new Set() });

export function tell(name, value) {
  shared.values.set(name, value);
  for (const listener of shared.listeners) listener(name, value);
}

export const told = (name) => shared.values.get(name);

/** Call f now and whenever something of this name is told. Returns a function that ends it. */
export function hear(name, f) {
  const listener = (which, value) => which === name && f(value);
  shared.listeners.add(listener);
  f(told(name));
  return () => shared.listeners.delete(listener);
}

/** A number as people write it. */
export const number = (value, digits = 1) => value.toFixed(digits).replace("-", "−");
