// Sheets of pictures, and their downloads.

/** Copy picture number k of a line of a sheet to a place on a canvas. */
export const tile = (g, image, line, k, x = 0, y = 0) => g.drawImage(image, k * 28, line * 28, 28, 28, x, y, 28, 28);

/** A canvas as a PNG file, each pixel enlarged to whole squares. */
export function savePng(canvas, name, wanted = 1120) {
  const scale = Math.max(Math.round(wanted / canvas.width), 1),
    big = document.createElement("canvas");
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
