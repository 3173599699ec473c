// Shapes on a canvas, in pixels.

/** A dot; with an edge it stands out from what is under it. @param g @param {number[]} place */
export function dot(g, [x, y], radius, fill, edge = null) {
  g.beginPath();
  g.arc(x, y, radius, 0, 7);
  Object.assign(g, { fillStyle: fill }).fill();
  if (edge) Object.assign(g, { lineWidth: 2, strokeStyle: edge }).stroke();
}

/** A ring, so that what is under it can be seen, on a wider one as its edge. @param g @param {number[]} place */
export function ring(g, [x, y], radius, paint, edge, widths = [3.5, 6]) {
  g.beginPath();
  g.arc(x, y, radius, 0, 7);
  Object.assign(g, { lineWidth: widths[1], strokeStyle: edge }).stroke();
  Object.assign(g, { lineWidth: widths[0], strokeStyle: paint }).stroke();
}

/** A straight line, in the width and colour that the context has. */
export function line(g, from, to) {
  g.beginPath();
  g.moveTo(from[0], from[1]);
  g.lineTo(to[0], to[1]);
  g.stroke();
}

/** Text with an edge, so that it can be read on dots. @param g @param text @param {number[]} place */
export function outlined(g, text, [x, y], fill, edge, width = 4) {
  Object.assign(g, { lineWidth: width, strokeStyle: edge }).strokeText(text, x, y);
  Object.assign(g, { fillStyle: fill }).fillText(text, x, y);
}
