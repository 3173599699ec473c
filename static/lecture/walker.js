// Which scene is read, how far one has scrolled in it, and where a key leads. No page is needed.
import { clamp } from "../lib/numbers.js";

const KEYS = {
  ArrowDown: 1,
  ArrowRight: 1,
  PageDown: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
  PageUp: -1,
  Home: -Infinity,
  End: Infinity,
};

/**
 * The scene that is read: the last one that begins above the middle of the window.
 *
 * @param {number[]} tops where each begins, in pixels from the window's top
 * @param {number} height of the window
 */
export function currentOf(tops, height) {
  let current = 0;
  tops.forEach((top, k) => {
    if (top <= height / 2) current = k;
  });
  return current;
}

/** How far a scene is scrolled through: 0 where its picture comes to rest in the window, 1 where it leaves it. */
export const shareOf = (top, height, window) => (height > window ? clamp(-top / (height - window), 0, 1) : 1);

/** Which of so many sentences a share of a scene stands for. */
export const beatOf = (share, count) => Math.min(count - 1, Math.floor(share * count));

/** The scene that a key leads to; null if it leads nowhere, or the key is not ours. */
export function stepOf(key, current, count) {
  if (!Object.hasOwn(KEYS, key)) return null;
  const to = clamp(current + KEYS[key], 0, count - 1);
  return to === current ? null : to;
}

/** Whether a key pressed on an element is ours: not in a field, a slider or an open menu, and with no other key. */
export const isOurs = (event) =>
  !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) &&
  !event.target.closest?.("input, textarea, select, [contenteditable], [role=application], [role=dialog], [role=menu]");

/** A share from 0 to 1 of each of a scene's sentences: to 1 once it is reached, and back if one scrolls back. */
export class Reached {
  /** @param {number} count @param {number[]} [lengths] milliseconds that each takes */
  constructor(count, lengths = []) {
    this.lengths = Array.from({ length: count }, (_, k) => lengths[k] ?? 900);
    this.shares = this.lengths.map(() => 0);
    this.beat = -1; // none yet
    this.last = 0;
  }

  /** Move towards sentence number ``beat``. Returns whether anything still moves. */
  tick(beat, now, calm = false) {
    const passed = calm ? Infinity : Math.min(now - (this.last || now), 60); // a page that was away does not jump
    this.last = now;
    this.beat = beat;
    let moves = false;
    this.shares.forEach((share, k) => {
      const goal = k <= beat ? 1 : 0;
      if (share === goal) return;
      // Forwards one after the other, backwards all at once.
      if (goal && !calm && k > 0 && this.shares[k - 1] < 1) return (moves = true);
      const step = passed / this.lengths[k];
      this.shares[k] = goal ? Math.min(1, share + step) : Math.max(0, share - 2 * step);
      moves ||= this.shares[k] !== goal;
    });
    return moves;
  }
}
