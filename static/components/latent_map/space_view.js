// The latent map in space: three directions, turned under the finger. A view like the others (latent_map.js), on the
// plain canvas: five thousand dots take less than a frame, and no browser is without it. Its frames have x, y, z;
// what it says of itself (now, area) is what is seen from the front, so names, ring and circling need not know of it.
import { drawLasso, over, PALE, USUAL } from "./canvas_view.js";
import { mover } from "./motion.js";
import { busy, playing } from "../../lib/busy.js";
import { classColour, colour, eachFrame, sharp } from "../../lib/canvas.js";
import { followDrag } from "../../lib/drag.js";
import { frameOf, nearest, within } from "../../lib/geometry.js";
import { line as ruled, outlined } from "../../lib/shapes.js";
import { laidBy } from "../../lib/splats.js";
import { evened, pulled, seen, spotOf, UNTURNED } from "../../lib/turning.js";

const REACH = 14; // pixels from the pointer to a dot that it means
const STILL = 5; // pixels that a click may move
const PER_PIXEL = 0.008; // radians
const STEP = Math.PI / 24; // of an arrow key
const LAYERS = 6; // from the back to the front: dots of a layer have one size and strength
const ROUND = 24_000; // milliseconds of a whole turn by itself
const GREETING = 2_400; // and of the small turn at first, which shows that there is depth
const FIRST = pulled(UNTURNED, -0.55, -0.3);
const MARGIN = { l: 8, r: 8, t: 8, b: 8 };

/** How the map of a run is turned, as it was left: it may be made anew, in other colours or with another landmark. */
function keptOf(root, { run, view }) {
  const of = `${run} ${view}`;
  if (root.turned?.of !== of) root.turned = { of, turn: FIRST, greeted: false };
  return root.turned;
}

/** A view of the map: see latent_map.js for what a view can do. */
export function space(map, { point, click, circle, moved }) {
  const { root, plot, data, labels } = map,
    canvas = root.querySelector("canvas.plain"),
    turner = root.querySelector(".turn"),
    paints = data.names.map((_, c) =>
      colour(root, classColour(c))
        .match(/[\d.]+/g)
        .map(Number),
    ),
    laid = laidBy(),
    [page, quiet, line, x] = ["page", "quiet", "line", "x"].map((name) => colour(root, `--ll-${name}`)),
    font = getComputedStyle(root).fontFamily,
    calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const kept = keptOf(root, data);
  const flat = new Float32Array(2 * labels.length),
    near = new Float32Array(labels.length);
  let members = null,
    lit = -1,
    circling = false,
    held = null,
    circled = false,
    range = data.range,
    turn = kept.turn,
    alone = 0,
    ended = false,
    done = () => {};

  const radius = data.range[0][1];
  const window_ = () => evened(range, plot.clientWidth - 16, plot.clientHeight - 16);
  const area = () => frameOf(MARGIN, plot.clientWidth, plot.clientHeight, window_());
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const under = (event) => nearest(flat, area(), at(event), REACH);

  function draw(frame) {
    over(canvas, plot);
    const { g, width, height } = sharp(canvas),
      a = area();
    seen(frame, turn, radius, flat, near);
    if (!width || !height) return true; // not laid out yet: told when it is
    const ends = axes(g, a);
    const layers = Array.from({ length: LAYERS }, () => []);
    for (let i = 0; i < near.length; i++)
      layers[Math.min(Math.max(Math.floor(((near[i] + 1) / 2) * LAYERS), 0), LAYERS - 1)].push(i);
    laid(g, width, height, (lay) => layers.forEach((places, layer) => dotsOf(places, layer / (LAYERS - 1), a, lay)));
    for (const [words, spot] of ends) outlined(g, words, spot, quiet, page);
    if (held?.loop) drawLasso(g, held.loop, x);
    canvas.dataset.epoch = plot.dataset.epoch;
    canvas.dataset.turn = turn.map((value) => value.toFixed(4)).join();
    return true;
  }

  /** The dots of a layer, which is so far forward: 0 to 1. Nearer ones are larger and stronger. */
  function dotsOf(places, forward, a, lay) {
    const radius = (data.trace.marker.size * (0.75 + 0.65 * forward)) / 2,
      shown = USUAL * (0.4 + 0.6 * forward);
    for (const i of places) {
      const of = labels[i],
        back = members ? !members.has(i) : lit >= 0 && lit !== of;
      lay(a.x(flat[2 * i]), a.y(flat[2 * i + 1]), radius, paints[of], back ? PALE : members ? 0.95 : shown);
    }
  }

  /** The three directions through the middle. Returns what each is called, and where it ends. */
  function axes(g, a) {
    Object.assign(g, { lineWidth: 1.25, font: `12px ${font}`, textAlign: "center", textBaseline: "middle" });
    g.strokeStyle = line;
    return data.axes.map((name, k) => {
      const end = [0, 0, 0];
      end[k] = 0.92 * radius;
      const [to, from] = [end, end.map((value) => -value)].map((place) => spotOf(place, turn, radius));
      ruled(g, [a.x(from[0]), a.y(from[1])], [a.x(to[0]), a.y(to[1])]);
      const share = name.match(/\d+%/);
      return [`${k + 1}${share ? ` · ${share[0]}` : ""}`, [a.x(1.05 * to[0]), a.y(1.05 * to[1])]];
    });
  }

  const again = () => canvas.isConnected && !ended && (draw(dots.now), moved());
  const soon = eachFrame(again);
  function turnBy(right, up) {
    kept.turn = turn = pulled(turn, right, up);
    soon();
  }
  /** Turn without a hand, until it is taken or for so many milliseconds. */
  function byItself(lasting = Infinity) {
    rest();
    done = lasting === Infinity ? playing() : busy("the map turns", { film: true });
    let before = performance.now();
    const start = before;
    const step = (now) => {
      if (!canvas.isConnected || now - start > lasting) return rest();
      kept.turn = turn = pulled(turn, ((now - before) / ROUND) * 2 * Math.PI, 0);
      before = now;
      again();
      alone = requestAnimationFrame(step);
    };
    alone = requestAnimationFrame(step);
    turner.setAttribute("aria-pressed", String(lasting === Infinity));
  }
  function rest() {
    cancelAnimationFrame(alone);
    done();
    alone = 0;
    turner.setAttribute("aria-pressed", "false");
  }

  const letGo = () => {
    const was = held;
    held = null;
    canvas.style.cursor = circling ? "crosshair" : "grab";
    if (was.loop) draw(dots.now);
    return was;
  };
  followDrag(canvas, {
    begin(event) {
      circled = false;
      if (performance.now() - map.pinched < 100) return false;
      rest();
      const spot = at(event);
      held = circling ? { loop: [spot] } : { from: spot, last: spot, far: false };
      if (circling) event.preventDefault();
      else canvas.style.cursor = "grabbing";
    },
    move(event) {
      if (held.loop) return held.loop.push(at(event)), draw(dots.now);
      const [px, py] = at(event);
      held.far ||= Math.hypot(px - held.from[0], py - held.from[1]) > STILL;
      if (held.far) turnBy((px - held.last[0]) * PER_PIXEL, (held.last[1] - py) * PER_PIXEL);
      held.last = [px, py];
    },
    free(event) {
      if (event.buttons) return; // one of two fingers
      const i = under(event);
      canvas.style.cursor = circling ? "crosshair" : i !== null && data.pickable ? "pointer" : "grab";
      if (i !== null && !circling) point(i);
    },
    end() {
      const { loop, far } = letGo();
      circled = Boolean(loop || far); // the click that follows picks no dot
      const places = loop ? within(loop, flat, area()) : [];
      if (places.length) circle(places);
    },
    lost: letGo,
    yields: () => !circling, // two fingers move the map and bring it nearer (fingers.js)
  });
  canvas.onclick = (event) => {
    const i = circling || circled ? null : under(event);
    if (i !== null) point(i), click(i);
  };
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  turner.onclick = () => (alone ? rest() : byItself());
  turner.onkeydown = (event) => {
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    rest();
    turnBy(way[0] * STEP, way[1] * STEP);
  };

  const dots = mover({ push: draw, first: map.frame, redrawn: () => moved() });
  const resize = new ResizeObserver(again);
  const me = {
    area,
    get now() {
      return flat;
    },
    get window() {
      return window_();
    },
    /** Where a point in space is seen: its x and y on the map. */
    seen: (place) => spotOf(place, turn, radius),
    look: (wanted) => ((range = wanted), again()),
    light: (c) => c !== lit && ((lit = c), draw(dots.now)),
    show: dots.show,
    picture: async () => canvas,
    select: (chosen) => ((members = chosen), draw(dots.now)),
    mode(on) {
      circling = on;
      canvas.style.touchAction = on ? "none" : "pan-y"; // a finger that goes up or down scrolls the page
      canvas.style.cursor = on ? "crosshair" : "grab";
    },
    stop() {
      ended = true;
      dots.stop();
      rest();
      resize.disconnect();
      canvas.hidden = true;
    },
  };
  canvas.hidden = false;
  draw(dots.now);
  resize.observe(plot);
  if (!calm && !kept.greeted) byItself(GREETING);
  kept.greeted = true;
  return me;
}
