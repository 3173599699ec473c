// The latent map on a plain canvas. It is there at once and works in every browser: dots that travel between epochs,
// the one under the pointer, a click, a circled group. Plotly (plotly_view.js) takes its place once it has drawn.
import { mover } from "./motion.js";
import { colour, sharp, classColour } from "../../lib/canvas.js";
import { followDrag } from "../../lib/drag.js";
import { frameOf, nearest, ticks, within } from "../../lib/geometry.js";

const REACH = 14; // pixels from the pointer to a dot that it means
/** How opaque dots are, and those that stand back. */
export const [USUAL, PALE] = [0.75, 0.08];

/** A view of the map: see latent_map.js for what a view can do. */
export function plain(map, { point, click, circle, moved }) {
  const { root, plot, data, groups } = map,
    canvas = root.querySelector("canvas.plain");
  const paints = data.names.map((_, c) => colour(root, classColour(c)));
  const [ink, quiet, line, x] = ["ink", "quiet", "line", "x"].map((name) => colour(root, `--ll-${name}`));
  const look = { ink, quiet, line, font: getComputedStyle(root).fontFamily },
    lost = matchMedia("(pointer: coarse)").matches;
  let members = null,
    lit = -1,
    circling = false,
    circled = false,
    lasso = null,
    range = data.range,
    box = plot.getBoundingClientRect();

  const area = () => frameOf(marginOf(data), plot.clientWidth, plot.clientHeight, range);
  const at = (event) => ((box = canvas.getBoundingClientRect()), [event.clientX - box.left, event.clientY - box.top]);
  const under = (event) => nearest(me.now, area(), at(event), REACH);

  function draw(frame) {
    over(canvas, plot);
    const { g, width, height } = sharp(canvas),
      a = area();
    if (!width || !height) return true; // not laid out yet: told when it is
    rules(g, a, height, { ...data, range }, look);
    g.save();
    g.beginPath();
    g.rect(a.left, a.top, a.width, a.height);
    g.clip();
    const size = data.trace.marker.size - 1; // a square, as large as Plotly's disc
    const dots = (opacity, wanted, of = (_c) => true) =>
      groups.forEach((group, c) => {
        [g.fillStyle, g.globalAlpha] = [paints[c], opacity];
        if (!of(c)) return;
        for (const i of group)
          if (wanted(i)) g.fillRect(a.x(frame[2 * i]) - size / 2, a.y(frame[2 * i + 1]) - size / 2, size, size);
      });
    if (members) dots(PALE, (i) => !members.has(i)), dots(0.95, (i) => members.has(i));
    else if (lit < 0) dots(USUAL, () => true);
    else
      [false, true].map((on) =>
        dots(
          on ? USUAL : PALE,
          () => true,
          (c) => (c === lit) === on,
        ),
      );
    g.restore();
    if (lasso) drawLasso(g, lasso, x);
    canvas.dataset.epoch = plot.dataset.epoch;
    return true;
  }

  followDrag(canvas, {
    begin(event) {
      circled = false;
      if (!circling) return false;
      event.preventDefault();
      lasso = [at(event)];
    },
    move: (event) => (lasso.push(at(event)), draw(me.now)),
    free(event) {
      const i = under(event);
      canvas.style.cursor = circling ? "crosshair" : i === null || !data.pickable ? "" : "pointer";
      if (i !== null && !circling) point(i);
    },
    end() {
      const round = lasso;
      lasso = null;
      circled = true; // the click that follows picks no dot
      draw(me.now);
      const places = within(round, me.now, area());
      if (places.length) circle(places);
    },
    lost: () => ((lasso = null), draw(me.now)),
  });
  canvas.onclick = (event) => {
    const i = circling || circled ? null : under(event);
    if (i !== null) point(i), click(i);
  };

  const dots = mover({ push: draw, first: map.frame, redrawn: () => moved() });
  const resize = new ResizeObserver(() => (draw(me.now), moved()));
  const me = {
    area,
    get now() {
      return dots.now;
    },
    get window() {
      return range;
    },
    look: (wanted) => ((range = wanted), draw(me.now), moved()),
    light: (c) => c !== lit && ((lit = c), draw(me.now)),
    show: dots.show,
    picture: async () => canvas,
    select: (chosen) => ((members = chosen), draw(me.now)),
    mode(on) {
      circling = on;
      canvas.style.touchAction = on ? "none" : lost ? "pan-y" : "auto";
      canvas.style.cursor = on ? "crosshair" : "";
    },
    stop() {
      dots.stop();
      resize.disconnect();
      canvas.hidden = true;
    },
  };
  canvas.hidden = false;
  draw(me.now);
  resize.observe(plot);
  return me;
}

/** A canvas lies over the plot, as large as it. */
export const over = (canvas, plot) =>
  Object.assign(canvas.style, {
    width: `${plot.clientWidth}px`,
    height: `${plot.clientHeight}px`,
    top: `${plot.offsetTop}px`,
  });

export const marginOf = ({ axes: [across] }) => ({ l: across ? 52 : 8, r: 8, t: 8, b: across ? 48 : 8 });

/** Axes and their names. */
function rules(g, a, height, data, { ink, quiet, line, font }) {
  Object.assign(g, {
    font: `12px ${font}`,
    strokeStyle: line,
    fillStyle: quiet,
    lineWidth: 1,
    textBaseline: "middle",
  });
  const [across, up] = data.axes,
    [[x0, x1], [y0, y1]] = data.range;
  const rule = (...all) => (g.beginPath(), g.moveTo(all[0], all[1]), g.lineTo(all[2], all[3]), g.stroke());
  for (const v of ticks(x0, x1)) {
    rule(a.x(v), a.top, a.x(v), a.top + a.height);
    g.textAlign = "center";
    if (across) g.fillText(String(v).replace("-", "−"), a.x(v), a.top + a.height + 11);
  }
  for (const v of ticks(y0, y1)) {
    rule(a.left, a.y(v), a.left + a.width, a.y(v));
    g.textAlign = "right";
    if (across) g.fillText(String(v).replace("-", "−"), a.left - 5, a.y(v));
  }
  Object.assign(g, { font: `13px ${font}`, fillStyle: ink, textAlign: "center" });
  if (across) g.fillText(across, a.left + a.width / 2, height - 10);
  if (up) g.save(), g.translate(10, a.top + a.height / 2), g.rotate(-Math.PI / 2), g.fillText(up, 0, 0), g.restore();
}

/** The loop that is being drawn about a group. */
export function drawLasso(g, lasso, paint) {
  Object.assign(g, { strokeStyle: paint, lineWidth: 2 });
  g.setLineDash([2, 4]);
  g.beginPath();
  for (const spot of lasso) g.lineTo(...spot);
  g.stroke();
  g.setLineDash([]);
}
