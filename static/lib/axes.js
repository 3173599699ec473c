// A chart on a canvas: axes, lines, dots and names.
import { sharp } from "./canvas.js";
import { ticks } from "./geometry.js";
import { palette } from "./plane.js";
import * as shapes from "./shapes.js";

/** Axes on a canvas. x and y: {low, high, label, ticks?, log?}. Returns what one draws with. */
export function axes(canvas, x, y) {
  const { g, width, height } = sharp(canvas),
    paints = palette(canvas.parentElement);
  const ticksOf = (axis) => axis.ticks ?? ticks(axis.low, axis.high, 5);
  g.font = "12px sans-serif";
  const widest = Math.max(...ticksOf(y).map((v) => g.measureText(`${v}`).width));
  const box = { left: Math.max(46, widest + 26), top: 12, right: width - 12, bottom: height - 40 };
  const share = (axis, v) =>
    axis.log ? Math.log(v / axis.low) / Math.log(axis.high / axis.low) : (v - axis.low) / (axis.high - axis.low);
  const px = (v) => box.left + share(x, v) * (box.right - box.left),
    py = (v) => box.bottom - share(y, v) * (box.bottom - box.top);
  const back = (p) => {
    const s = Math.min(1, Math.max(0, (p - box.left) / (box.right - box.left)));
    return x.log ? x.low * (x.high / x.low) ** s : x.low + s * (x.high - x.low);
  };
  g.lineWidth = 1;
  g.strokeStyle = paints.line;
  g.fillStyle = paints.quiet;
  for (const v of ticksOf(x)) {
    shapes.line(g, [px(v), box.top], [px(v), box.bottom]);
    (g.textAlign = "center"), (g.textBaseline = "top"), g.fillText(`${v}`, px(v), box.bottom + 5);
  }
  for (const v of ticksOf(y)) {
    shapes.line(g, [box.left, py(v)], [box.right, py(v)]);
    (g.textAlign = "right"), (g.textBaseline = "middle"), g.fillText(`${v}`, box.left - 6, py(v));
  }
  (g.textAlign = "center"), (g.textBaseline = "bottom"), g.fillText(x.label, (box.left + box.right) / 2, height - 2);
  g.save();
  g.translate(11, (box.top + box.bottom) / 2), g.rotate(-Math.PI / 2), g.fillText(y.label, 0, 4), g.restore();
  const clipped = (f) => (
    g.save(),
    g.beginPath(),
    g.rect(box.left, box.top - 6, box.right - box.left + 6, box.bottom - box.top + 6),
    g.clip(),
    f(),
    g.restore()
  );
  const line = (points, paint, { dash = [], wide = 2.5 } = {}) =>
    clipped(() => {
      g.beginPath();
      points.forEach(([a, b], k) => (k ? g.lineTo(px(a), py(b)) : g.moveTo(px(a), py(b))));
      (g.lineWidth = wide), (g.strokeStyle = paint), g.setLineDash(dash), g.stroke();
    });
  const dot = (a, b, paint, { radius = 5, hollow = false, square = false } = {}) => {
    g.beginPath();
    if (square) g.rect(px(a) - radius, py(b) - radius, 2 * radius, 2 * radius);
    else g.arc(px(a), py(b), radius, 0, 7);
    (g.fillStyle = hollow ? paints.page : paint), g.fill();
    (g.lineWidth = hollow ? 2.5 : 2), (g.strokeStyle = hollow ? paint : paints.page), g.stroke();
  };
  const name = (text, a, b, paint, { align = "left", dx = 8, dy = 0 } = {}) => {
    (g.font = "600 12px sans-serif"), (g.textAlign = align), (g.textBaseline = "middle");
    shapes.outlined(g, text, [px(a) + dx, py(b) + dy], paint, paints.page);
  };
  return { g, width, height, paints, px, py, back, line, dot, name, box };
}
