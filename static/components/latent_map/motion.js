// Moves the dots of a map between epochs at the screen's rate.
import { busy, later } from "../../lib/busy.js";

const REST = 700; // milliseconds, longer than a step of the playing film
const TRAVEL = 220; // for a dot from its place at one epoch to its place at the next

/**
 * show(frame) moves the dots to a frame: interleaved x, y of all points. ``push`` draws them at a frame, and says
 * whether it could; ``settle``, if there is one, hears of the last frame when the movement rests.
 */
export function mover({ push, settle = null, first, redrawn = () => {} }) {
  let now = first,
    resting = null,
    moving = 0,
    moved = () => {};
  const halt = () => (resting?.cancel(), cancelAnimationFrame(moving), moved());
  return {
    /** Where the dots are drawn right now. */
    get now() {
      return now;
    },
    show(frame, { still = false } = {}) {
      if (frame === now) return redrawn();
      halt();
      moved = busy("dots that move", { film: true });
      const from = now,
        between = new Float32Array(frame.length),
        start = performance.now();
      const step = (time) => {
        const share = still ? 1 : Math.min(Math.max(time - start, 0) / TRAVEL, 1),
          eased = share * share * (3 - 2 * share);
        now = share === 1 ? frame : between;
        if (share < 1) for (let i = 0; i < frame.length; i++) between[i] = from[i] + eased * (frame[i] - from[i]);
        const pushed = push(now);
        redrawn();
        if (share < 1 && pushed) moving = requestAnimationFrame(step);
        else {
          now = frame;
          if (settle)
            resting = later("the map learns of the dots", () => settle(now), pushed ? REST : 0, { film: true });
          moved();
        }
      };
      step(still ? Infinity : start);
    },
    stop: halt,
  };
}
