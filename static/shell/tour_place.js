// Where the tour’s card stands, where light falls, and how far to scroll. In pixels of the window.

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/** @typedef {{width: number, height: number, top: number}} View  top: below the menu, and the bar of a page */

export const NARROW = 640; // pixels, up to which the card takes all of the width
const RIM = 12; // pixels between the card and the window
const AROUND = 6; // pixels of light around a thing
const APART = 10; // pixels between the light and the card

export const height = ({ top, bottom }) => Math.max(bottom - top, 0);
export const width = ({ left, right }) => Math.max(right - left, 0);
const area = (box) => width(box) * height(box);

/** What two boxes have in common. @returns {Box} */
export const common = (one, other) => ({
  left: Math.max(one.left, other.left),
  top: Math.max(one.top, other.top),
  right: Math.min(one.right, other.right),
  bottom: Math.min(one.bottom, other.bottom),
});

export const grown = ({ left, top, right, bottom }, by) => ({
  left: left - by,
  top: top - by,
  right: right + by,
  bottom: bottom + by,
});

const touches = (one, other) => area(common(one, other)) > 0;

/** The box around all. @param {Box[]} boxes @returns {Box} */
export const around = (boxes) => ({
  left: Math.min(...boxes.map((box) => box.left)),
  top: Math.min(...boxes.map((box) => box.top)),
  right: Math.max(...boxes.map((box) => box.right)),
  bottom: Math.max(...boxes.map((box) => box.bottom)),
});

/** The places that a card may have, the one it would best have first. @returns {Record<string, Box>} */
export function spots(card, view) {
  const narrow = view.width <= NARROW,
    at = (left, top) => ({ left, top, right: left + card.width, bottom: top + card.height });
  const low = view.height - card.height - RIM,
    high = view.top + RIM,
    right = view.width - card.width - RIM,
    middle = (view.width - card.width) / 2;
  if (narrow) return { bottom: at(middle, low), top: at(middle, high) };
  return {
    "bottom right": at(right, low),
    "bottom left": at(RIM, low),
    "top right": at(right, high),
    "top left": at(RIM, high),
    "bottom middle": at(middle, low),
    "top middle": at(middle, high),
  };
}

/**
 * Where the card stands so that it covers nothing that is lit; where it stands already, if it can.
 *
 * @param {Box[]} lit
 * @param {{width: number, height: number}} card
 * @param {View} view
 * @param {string} [before] the name of its place
 * @returns {{name: string, box: Box}}
 */
export function place(lit, card, view, before = "") {
  const all = spots(card, view),
    names = [...new Set([...(before in all ? [before] : []), ...Object.keys(all)])],
    covered = (name) => lit.reduce((sum, box) => sum + area(common(grown(box, AROUND + APART), all[name])), 0);
  const free = names.find((name) => !covered(name));
  const name = free ?? names.sort((one, other) => covered(one) - covered(other))[0];
  return { name, box: all[name] };
}

/** The part of the window in which a thing is to be seen: below the bars, and on a phone above the card. */
export const freeOf = (card, view) => ({
  top: view.top,
  bottom: view.height - (view.width <= NARROW ? card.height + 2 * RIM : RIM),
});

/**
 * How far to scroll down so that a thing is seen: not at all if it is; to its beginning if it is too high.
 *
 * @param {Box} thing
 */
export function scrollFor(thing, card, view) {
  const { top, bottom } = freeOf(card, view),
    room = bottom - top,
    needed = height(thing) + 2 * (AROUND + APART);
  if (thing.top - AROUND >= top && thing.bottom + AROUND <= bottom) return 0;
  if (needed > room) return Math.round(thing.top - top - AROUND - APART);
  return Math.round((thing.top + thing.bottom) / 2 - (top + bottom) / 2);
}

/**
 * Where light falls: around each thing, as far as it is seen and no bar or card stands there.
 *
 * @param {Box[]} lit
 * @param {Box | null} card
 * @param {View} view
 * @returns {Box[]}
 */
export function holes(lit, card, view) {
  const window = { left: 2, top: 2, right: view.width - 2, bottom: view.height - 2 };
  return lit
    .map((box) => common(grown(box, AROUND), window))
    .map((box) => (card && touches(box, card) ? besides(box, grown(card, APART)) : box))
    .filter((box) => width(box) > 2 * AROUND && height(box) > 2 * AROUND);
}

/** The largest part of a box that a card leaves. */
const besides = (box, card) =>
  [
    { ...box, bottom: Math.min(box.bottom, card.top) },
    { ...box, top: Math.max(box.top, card.bottom) },
    { ...box, right: Math.min(box.right, card.left) },
    { ...box, left: Math.max(box.left, card.right) },
  ].sort((one, other) => area(other) - area(one))[0];
