// The film of a training in time: where it stands between two kept epochs, and what may be said of it. No page needed.
import { eased } from "../lib/numbers.js";

const HOLD = 700; // milliseconds that an epoch stands still
const GROW = 1000; // milliseconds from one epoch to the next

/** How long a film of so many epochs is, in milliseconds. */
export const lengthOf = (count) => (count - 1) * (HOLD + GROW) + HOLD;

/**
 * Where a film of so many epochs is after some milliseconds: at epoch number k, or a share of the way to the next.
 * ``calm``: it steps from one to the next.
 */
export function momentOf(milliseconds, count, calm = false) {
  const k = Math.min(Math.floor(Math.max(milliseconds, 0) / (HOLD + GROW)), count - 1),
    rest = milliseconds - k * (HOLD + GROW) - HOLD;
  if (k === count - 1 || calm || rest <= 0) return { k, share: 0 };
  return { k, share: eased(Math.min(rest / GROW, 1)) };
}

/** What is seen at a moment, in words. */
export function captionOf(epochs, { k, share }) {
  const from = epochs[k];
  if (!share) return from === 0 ? "Untrained" : `After ${from} ${from === 1 ? "epoch" : "epochs"}`;
  return from === 0 ? `Untrained to epoch ${epochs[k + 1]}` : `Epoch ${from} to epoch ${epochs[k + 1]}`;
}
