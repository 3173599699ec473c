// A canvas over the map for what must move with the dots at no cost: the ring about a picked dot, and the bubbles.
import { over } from "./canvas_view.js";
import { colour, sharp, classColour } from "../../lib/canvas.js";
import { floats, halves } from "../../lib/codec.js";
import { element } from "../../lib/dom.js";
import { fromAddress, inAddress } from "../../lib/url.js";

const LANDMARK = "600 14px system-ui, sans-serif";
const REACH = 14; // pixels from the pointer to a landmark that it means

/** Words beside a landmark while the pointer is on it. Returns what ends that. */
function tip(stage, under) {
  const box = stage.querySelector(".tip") ?? element("div", { className: "tip", hidden: true });
  stage.append(box);
  const look = (event) => {
    const found = under(event);
    box.hidden = !found;
    if (!found) return;
    box.replaceChildren(element("b", { textContent: found.name }), ` ${found.note}`);
    const left = Math.min(found.x + 12, stage.clientWidth - box.offsetWidth - 4);
    box.style.translate = `${Math.max(left, 4)}px ${found.y + 14}px`;
  };
  const kinds = ["pointermove", "pointerdown", "pointerleave"];
  for (const kind of kinds) stage.addEventListener(kind, look, true); // Plotly keeps some to itself
  return () => {
    for (const kind of kinds) stage.removeEventListener(kind, look, true);
    box.remove();
  };
}

export function overlay(map) {
  const { root, plot, data, labels } = map,
    canvas = root.querySelector("canvas.over");
  const box = root.querySelector(".bubbles"),
    check = box.querySelector("input");
  const landmarks = (data.landmarks ?? []).map((each) => ({ ...each, places: floats(each.places) }));
  const roots = data.bubbles?.map(halves),
    paints = data.names.map((_, c) => colour(root, classColour(c)));
  box.hidden = !roots;
  check.checked = fromAddress("bubbles") === "1";
  let blank = false; // most of the time there is nothing to draw, and nothing to ask the layout for
  const me = {
    draw() {
      const frame = map.view?.now,
        bare = map.ring === null && !(roots && check.checked) && !landmarks.length;
      if (!frame || (bare && blank)) return;
      blank = bare;
      over(canvas, plot);
      const { g } = sharp(canvas),
        area = map.view.area(),
        at = (i) => [area.x(frame[2 * i]), area.y(frame[2 * i + 1])];
      g.save();
      g.beginPath();
      g.rect(area.left, area.top, area.width, area.height);
      g.clip();
      if (roots && check.checked) bubbles(g, roots[map.epoch], at, area);
      if (map.ring !== null && map.ring < labels.length) {
        const [x, y] = at(map.ring);
        for (const [wide, paint] of [
          [6, "--ll-page"],
          [3, "--ll-x"],
        ]) {
          g.beginPath();
          g.arc(x, y, 10, 0, 7);
          g.lineWidth = wide;
          g.strokeStyle = colour(root, paint);
          g.stroke();
        }
      }
      landmarks.forEach((each) => landmark(g, each, area));
      g.restore();
    },
    /** Where the visitor's own pictures stand with their names: boxes by their middles. */
    boxes() {
      const area = map.view.area(),
        { g } = sharp(document.createElement("canvas"));
      g.font = LANDMARK;
      return landmarks.map(({ name, places }) => {
        const [x, y] = spot({ places }, area),
          wide = g.measureText(name).width + 12;
        return { x: x + (x + wide < area.left + area.width ? 0.5 : -0.5) * wide, y, width: wide + 20, height: 24 };
      });
    },
    stop: () => {
      check.onchange = null;
      untip();
    },
  };
  const spot = ({ places }, area) => {
    const axes = data.axes.length,
      place = places.subarray(axes * map.epoch, axes * (map.epoch + 1)),
      [x, y] = map.view.seen?.(place) ?? place;
    return [area.x(x), area.y(y)];
  };
  const untip = tip(plot.parentElement, (event) => {
    if (!map.view) return null;
    const about = plot.getBoundingClientRect(),
      area = map.view.area();
    for (const each of landmarks) {
      const [x, y] = spot(each, area);
      if (Math.hypot(event.clientX - about.left - x, event.clientY - about.top - y) <= REACH)
        return { ...each, x: x + plot.offsetLeft, y: y + plot.offsetTop };
    }
    return null;
  });
  /** A picture of the visitor's own: a dot in x's colour, and its name. */
  function landmark(g, each, area) {
    const { name } = each,
      [x, y] = spot(each, area);
    g.beginPath();
    g.arc(x, y, 7, 0, 7);
    g.fillStyle = colour(root, "--ll-x");
    g.strokeStyle = colour(root, "--ll-page");
    g.lineWidth = 3;
    g.stroke();
    g.fill();
    g.font = LANDMARK;
    const right = x + 12 + g.measureText(name).width < area.left + area.width;
    g.textAlign = right ? "left" : "right";
    g.textBaseline = "middle";
    g.lineWidth = 4;
    g.strokeText(name, x + (right ? 12 : -12), y);
    g.fillText(name, x + (right ? 12 : -12), y);
  }
  function bubbles(g, matrices, at, area) {
    const dx = area.x(1) - area.x(0),
      dy = area.y(1) - area.y(0);
    g.lineWidth = 1.5;
    for (let i = 0; 4 * i < matrices.length && i < labels.length; i++) {
      if (!map.members && !map.only.shows(labels[i])) continue;
      const [a, b, c, d] = matrices.subarray(4 * i, 4 * i + 4),
        [x, y] = at(i);
      g.strokeStyle = g.fillStyle = paints[labels[i]];
      g.beginPath();
      for (let k = 0; k <= 32; k++) {
        const u = Math.cos((k * Math.PI) / 16),
          v = Math.sin((k * Math.PI) / 16);
        g.lineTo(x + dx * (a * u + b * v), y + dy * (c * u + d * v));
      }
      g.globalAlpha = 0.12;
      g.fill();
      g.globalAlpha = 0.9;
      g.stroke();
    }
    g.globalAlpha = 1;
  }
  check.onchange = () => (inAddress({ bubbles: check.checked ? "1" : null }), me.draw());
  return me;
}
