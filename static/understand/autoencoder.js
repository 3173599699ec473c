// Two maps of codes side by side: drag a code on each, into empty space if you like, and see what is decoded there.
import { animate } from "../lib/canvas.js";
import { floats } from "../lib/codec.js";
import { recall, remember } from "../lib/url.js";
import { CodeMap } from "./code_map.js";
import { askWhenSeen, keepDrawn, renewed } from "./shared.js";

/** @typedef {import("../lib/payloads").AutoencoderData} Data */

const HTML = `
  <div class="bar wrap">
    <button type="button" class="hole">Drop both into a hole</button>
    <button type="button" class="digit">Back among the pictures</button>
    <button type="button" class="dice">Roll the dice 100 times on both</button>
  </div>
  <div class="ll-pair"></div>`;
const FLIGHT = 900; // milliseconds

/** @typedef {import("../lib/payloads").WhenSeenAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const box = root.querySelector(".ll-pair"),
    dice = root.querySelector(".dice");
  box.replaceChildren();
  const rolls = floats(data.dice),
    maps = data.maps.map((source, k) => new CodeMap(box, source, data.names, rolls, "ab"[k])),
    stop = () => root.stopFlight?.();
  const fly = (to) => {
    stop();
    root.stopFlight = flyTo(maps, to);
  };
  root.querySelector(".hole").onclick = () => fly(data.maps.map((source) => source.hole));
  root.querySelector(".digit").onclick = () => fly(data.maps.map((source) => source.start));
  const showRolls = (shown) => {
    dice.textContent = shown ? "Clear the rolls" : "Roll the dice 100 times on both";
    dice.setAttribute("aria-pressed", String(shown));
    for (const map of maps) map.showRolls(shown);
  };
  let rolled = recall("rolled", 0) !== 0;
  dice.onclick = () => {
    rolled = !rolled;
    remember("rolled", rolled ? 1 : 0);
    showRolls(rolled);
  };
  showRolls(rolled);
  const redraw = () => maps.forEach((map) => map.plane.redraw());
  const missing = () => maps.some((map) => !map.decode),
    unasked = askWhenSeen(box, missing, () => component.setStateValue("wanted", 1));
  return keepDrawn(root, box, redraw, stop, unasked, () => maps.forEach((map) => map.end()));
}

/** Let the codes of all maps fly to their places. Returns what stops them. */
function flyTo(maps, to) {
  const from = maps.map((map) => map.z),
    start = performance.now(),
    calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return animate((now) => {
    const share = calm ? 1 : Math.min(1, (now - start) / FLIGHT),
      eased = share * share * (3 - 2 * share);
    maps.forEach((map, k) => map.move(from[k].map((v, d) => v + eased * (to[k][d] - v))));
    return share < 1;
  });
}
