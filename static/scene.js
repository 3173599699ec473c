// Moves the dots of a Plotly map between epochs at the screen's rate.
//
// Plotly.restyle works out everything anew for 10,000 dots, also what did not change. While the
// epochs play or the slider moves, the new places go straight to the drawing library that Plotly's scattergl uses
// (regl-scatter2d); Plotly learns of them when the movement rests, so that hover, selection and zoom know them.
import { busy, later } from "./settled.js";

const REST = 700; // milliseconds, longer than a step of the playing film
const TRAVEL = 220; // for a dot from its place at one epoch to its place at the next

/** A function show(frame) that moves the dots to a frame: interleaved x, y of all points. groups: places of each trace. */
export function mover(Plotly, plot, groups, first, redrawn = () => {}) {
  let now = first, resting = null, moving = 0, moved = () => {};
  const places = groups.map((group) => new Float64Array(2 * group.length));
  const axis = (frame, group, k) => Float32Array.from(group, (i) => frame[2 * i + k]);
  const settle = () => Plotly.restyle(plot, { x: groups.map((g) => axis(now, g, 0)), y: groups.map((g) => axis(now, g, 1)) }, [...groups.keys()]).then(redrawn);

  function push(frame) {
    const scene = plot._fullLayout?._plots?.xy?._scene;
    if (!scene?.scatter2d) return false;
    const updates = new Array(scene.count).fill(null);
    plot.calcdata.forEach((data, k) => {
      const at = data[0]?.t?.index, group = groups[data[0]?.trace?.index];
      if (at === undefined || !group || data[0].trace.visible !== true) return;
      const out = places[data[0].trace.index];
      for (let j = 0; j < group.length; j++) [out[2 * j], out[2 * j + 1]] = [frame[2 * group[j]], frame[2 * group[j] + 1]];
      updates[at] = { positions: out };
    });
    scene.scatter2d.update(updates);
    scene.draw();
    return true;
  }

  const halt = () => (resting?.cancel(), cancelAnimationFrame(moving), moved());
  return {
    /** Where the dots are drawn right now. */
    get now() { return now; },
    show(frame, { still = false } = {}) {
      if (frame === now) return redrawn();
      halt();
      moved = busy("dots on their way", { film: true });
      const from = now, between = new Float32Array(frame.length), start = performance.now();
      const step = (time) => {
        const share = still ? 1 : Math.min(Math.max(time - start, 0) / TRAVEL, 1), eased = share * share * (3 - 2 * share);
        now = share === 1 ? frame : between;
        if (share < 1) for (let i = 0; i < frame.length; i++) between[i] = from[i] + eased * (frame[i] - from[i]);
        const pushed = push(now);
        redrawn();
        if (share < 1 && pushed) moving = requestAnimationFrame(step);
        else {
          now = frame;
          resting = later("Plotly learns of the dots", settle, pushed ? REST : 0, { film: true });
          moved();
        }
      };
      step(still ? Infinity : start);
    },
    stop: halt,
  };
}
