// The buttons above the map: nearer, farther, the whole map, and a PNG of it. Plotly’s own would lie over the dots.
import { colour } from "../../lib/canvas.js";
import { zoomed } from "../../lib/geometry.js";
import { outlined } from "../../lib/shapes.js";

const STEP = 1.5; // how much nearer with each press
const SHARP = 2; // pixels of the saved picture to one of the page

export function tools(map) {
  const { root } = map,
    press = (name, f) => (root.querySelector(`.look .${name}`).onclick = f);
  const look = (factor) => map.view.look(zoomed(map.view.window, factor, map.data.range));
  press("nearer", () => look(STEP));
  press("farther", () => look(1 / STEP));
  press("whole", () => map.view.look(map.data.range));
  press("save", () => save(map));
}

/** What is seen: the plane and the dots, and over them bubbles, lines and names. */
async function save(map) {
  const { root, plot, data } = map,
    { clientWidth: width, clientHeight: height } = plot,
    sheet = document.createElement("canvas"),
    g = sheet.getContext("2d"),
    paint = (name) => colour(root, `--ll-${name}`);
  [sheet.width, sheet.height] = [width * SHARP, height * SHARP];
  g.scale(SHARP, SHARP);
  Object.assign(g, { fillStyle: paint("page") }).fillRect(0, 0, width, height);
  map.paintSheet(g);
  const dots = await map.view.picture(SHARP);
  for (const layer of [dots, root.querySelector("canvas.lines"), root.querySelector("canvas.over")])
    g.drawImage(layer, 0, 0, width, height);
  Object.assign(g, { font: `700 14px ${getComputedStyle(root).fontFamily}`, textAlign: "center" });
  g.textBaseline = "middle";
  for (const { name, at } of map.named()) outlined(g, name, at, paint("ink"), paint("page"));
  const name = `${data.run}-epoch-${plot.dataset.epoch}-map.png`;
  const link = Object.assign(document.createElement("a"), { download: name, href: sheet.toDataURL() });
  link.click();
}
