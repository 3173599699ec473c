// A part of the plane of two numbers in square tiles: which there are, and in which order they are decoded. No page is
// needed, so node can test it.

const COARSE = [4, 2, 1]; // tiles along each side of what is drawn at once, first the coarse ones

/** @typedef {{left: number, top: number, width: number, height: number}} Box in pixels */

/**
 * The tiles that cover an area, with a corner of them at the code (0, 0), so that they stay where they are while the
 * area moves over them.
 *
 * @param {Box & {x: (v: number) => number, y: (v: number) => number, code: (x: number, y: number) => number[]}} area
 * @param {number} side of a tile, in pixels
 * @returns {{columns: number, rows: number, box: Box, corners: number[][], code: (i: number, j: number) => number[]}}
 *   box: where they lie; corners: the codes of the left upper one and the right lower one; code: of a place that is
 *   counted in tiles from there
 */
export function tilesOf(area, side) {
  const [ox, oy] = [area.x(0), area.y(0)],
    first = Math.floor((area.left - ox) / side),
    above = Math.floor((area.top - oy) / side),
    columns = Math.ceil((area.left + area.width - ox) / side) - first,
    rows = Math.ceil((area.top + area.height - oy) / side) - above,
    box = { left: ox + first * side, top: oy + above * side, width: columns * side, height: rows * side };
  const code = (i, j) => area.code(box.left + i * side, box.top + j * side);
  return { columns, rows, box, corners: [code(0, 0), code(columns, rows)], code };
}

/**
 * What to decode, in turn: a few large squares over all of it, then four in the place of each, then every tile; each
 * time from a place outwards. ``coarse``: not if something like it is seen already.
 *
 * @param {{columns: number, rows: number}} tiles
 * @param {{coarse?: boolean, from?: number[]}} options from: a place in tiles from the left and the top; the middle
 * @returns {{i: number, j: number, wide: number, last: boolean}[]} last: of its size
 */
export function inTurn({ columns, rows }, { coarse = true, from = [columns / 2, rows / 2] } = {}) {
  const jobs = [];
  for (const wide of coarse ? COARSE : [1]) {
    const level = [];
    for (let j = 0; j < rows; j += wide)
      for (let i = 0; i < columns; i += wide)
        level.push({ i, j, wide, last: false, far: Math.hypot(i + wide / 2 - from[0], j + wide / 2 - from[1]) });
    level.sort((a, b) => a.far - b.far);
    if (level.length) level[level.length - 1].last = true;
    for (const { i, j, wide, last } of level) jobs.push({ i, j, wide, last });
  }
  return jobs;
}
