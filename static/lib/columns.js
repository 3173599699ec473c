// The table of a training's curves: unpacked, and the heights that show what matters. No page is needed.
import { bytes, floats } from "./codec.js";

/** The columns of a table of ``ui.components.loss_curves.packed``, and of a VAE the total, which is not sent. */
export function columns(table, { panels, beta }) {
  const { n, u2, low, high } = table,
    terms = Math.min(panels.length, 2) || 1;
  if (!n) return Array.from({ length: terms + 2 }, () => []);
  const raw = u2 ? new Uint16Array(bytes(u2).buffer) : floats(table.f4),
    found = [];
  for (let k = 0; k <= terms; k++) {
    const column = [...raw.subarray(k * n, (k + 1) * n)];
    found.push(u2 ? column.map((v) => low[k] + (v / 65535) * (high[k] - low[k])) : column);
  }
  if (terms > 1) found.push(found[1].map((v, i) => v + beta * found[2][i]));
  return found;
}

/** Heights that show what matters: the untrained net's huge error would flatten everything, so it may leave the top. */
export function heights([x, train, test], [from, to]) {
  const seen = [];
  for (const values of [train, test])
    values.forEach((v, i) => v != null && x[i] >= from - 1e-9 && x[i] <= to + 1e-9 && seen.push(v));
  if (!seen.length) return { min: 0, max: 1 };
  seen.sort((a, b) => a - b);
  const low = seen[0],
    high = seen.at(-1),
    usual = seen[Math.floor(0.93 * (seen.length - 1))];
  const late = x.at(-1) >= 2; // before that, the fall itself is the news
  const top = late && seen.length > 20 && high - low > 2.5 * (usual - low) ? low + 1.6 * (usual - low) : high;
  const room = (top - low || Math.abs(top) || 1) * 0.06;
  return { min: Math.max(low - room, low < 0 ? -Infinity : 0), max: top + room };
}
