// Two fingers on the map move it and bring it nearer; one scrolls the page, or points.
import { eachFrame } from "../../lib/canvas.js";
import { pinched } from "../../lib/geometry.js";

/** Returns what ends it. */
export function fingers(map) {
  const stage = map.plot.parentElement,
    mouse = !matchMedia("(pointer: coarse)").matches;
  /** @type {{window: number[][], from: number[][], to: number[][]} | null} */ let held = null;

  /** Where two fingers stand, as shares of the map from its left and its bottom; null if not two, or not there. */
  function standing(event) {
    if (event.touches.length !== 2 || !map.view || map.circling) return null;
    const box = map.plot.getBoundingClientRect(),
      { left, top, width, height } = map.view.area();
    const found = [...event.touches].map(({ clientX, clientY }) => [
      (clientX - box.left - left) / width,
      1 - (clientY - box.top - top) / height,
    ]);
    return held || found.every((spot) => spot.every((v) => v > 0 && v < 1)) ? found : null;
  }
  const now = () => {
    if (!held || !map.view) return;
    const { width, height } = map.view.area();
    map.view.look(pinched(held.window, [held.from, held.to], width / height, map.data.range));
  };
  const show = eachFrame(now);
  const come = (event) => {
    // Beside a mouse Plotly would drag the map with one finger, under a cover that takes the second one away from us.
    if (mouse && !map.circling) event.stopPropagation();
    const from = standing(event);
    if (!from) return void (held = null);
    held = { window: map.view.window, from, to: from };
    mine(event);
  };
  const move = (event) => {
    const to = held && standing(event);
    if (!held || !to) return;
    held.to = to;
    show();
    mine(event);
  };
  /** Neither the page nor Plotly may take it for something of theirs. */
  const mine = (event) => {
    map.pinched = performance.now();
    if (event.cancelable) event.preventDefault();
    event.stopPropagation();
  };
  const leave = (event) => {
    if (held) map.pinched = performance.now();
    now(); // the last step, for which no frame has come
    if (event.touches.length < 2) held = null;
  };
  const kinds = /** @type {const} */ ([
    ["touchstart", come],
    ["touchmove", move],
    ["touchend", leave],
    ["touchcancel", leave],
  ]);
  const how = { capture: true, passive: false };
  for (const [kind, f] of kinds) stage.addEventListener(kind, f, how);
  return () => {
    for (const [kind, f] of kinds) stage.removeEventListener(kind, f, how);
  };
}
