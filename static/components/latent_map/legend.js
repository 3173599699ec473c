// Which colour is which class. A few short names stand above the dots, where each view draws them itself. Others are a
// list below the map; a press on one shows the dots of its class alone.
import { classColour } from "../../lib/canvas.js";
import { element } from "../../lib/dom.js";

const FEW = 10; // classes whose names may stand in one line
const BESIDE = 26; // pixels about a name: its colour, and the gap to the next

/** Whether the names of the classes fit in one line above the plot. One class alone needs none. */
export function inOneLine(names, width, measure) {
  return names.length <= FEW && names.reduce((sum, name) => sum + measure(name) + BESIDE, 0) <= width;
}

/**
 * The list, if it is needed. Returns {listed, members(), clear()}; members: the dots of the class that is pressed.
 */
export function legend(map, changed) {
  const { root, plot, data, groups } = map,
    box = root.querySelector(".classes"),
    g = document.createElement("canvas").getContext("2d");
  g.font = `12px ${getComputedStyle(root).fontFamily}`;
  const listed = data.names.length > 1 && !inOneLine(data.names, plot.clientWidth, (name) => g.measureText(name).width);
  let lit = -1;
  box.hidden = !listed;
  box.replaceChildren(...(listed ? [...groups.keys()].filter((c) => groups[c].length).map(entry) : []));

  function entry(c) {
    const button = element("button", { type: "button" }),
      spot = element("i", {});
    spot.style.background = classColour(c);
    button.append(spot, data.names[c]);
    button.dataset.class = String(c);
    button.title = `${data.names[c]}: ${groups[c].length} test picture${groups[c].length === 1 ? "" : "s"}`;
    button.setAttribute("aria-pressed", "false");
    button.onclick = () => (press(lit === c ? -1 : c), changed());
    return button;
  }
  function press(c) {
    lit = c;
    for (const button of box.children) button.setAttribute("aria-pressed", String(button.dataset.class === String(c)));
  }
  return { listed, members: () => (lit < 0 ? null : new Set(groups[lit])), clear: () => press(-1) };
}
