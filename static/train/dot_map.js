// A map whose dots glide from moment to moment. The names of the classes come up once these have drawn apart.
import { alpha, classColour, colour, sharp } from "../lib/canvas.js";
import { bytes } from "../lib/codec.js";
import { outlined } from "../lib/shapes.js";

const GLIDE = 130; // milliseconds, after which a dot has gone two thirds of its way
const LEAST = 1; // how far a map reaches at first: what an untrained network says is a cloud in its middle
const ROOM = 0.06; // of how far the dots reach, from the outermost to the edge
const NAMED = 10; // classes, at most
const LONG = 3; // letters of a name that fits among dots

export class DotMap {
  /** @type {Float32Array | null} where the dots go */ goal = null;
  /** @type {Float32Array | null} where they are */ now = null;
  /** @type {any} */ known = null;
  time = 0;
  constructor(canvas, data, root) {
    this.canvas = canvas;
    this.data = data;
    this.root = root;
    this.labels = bytes(data.labels);
    this.reach = LEAST;
    this.window = this.to = square(LEAST);
    this.names = data.names.length > 1 && data.names.length <= NAMED && data.names.every((n) => n.length <= LONG);
    this.clear = data.names.map(() => 0); // how clearly each name is seen, 0 to 1
    this.film = null;
    this.draw();
  }

  /** Of a film: how far the map reaches at each frame. It draws in slowly after dots that went far out. */
  reaches(frames) {
    let reach = LEAST;
    this.film = frames.map((frame) => (reach = Math.max(LEAST, reachOf(frame), 0.85 * reach)));
  }

  /** Let the dots go to where they stand at a moment. */
  aim({ points, window, reach }, still) {
    this.goal = points;
    this.reach = reach === undefined ? Math.max(LEAST, reachOf(points), 0.97 * this.reach) : this.film[reach];
    this.to = window ? holding(window, points) : square(this.reach);
    this.time = performance.now();
    if (!still && this.now) {
      // of a slow network the number of dots changes: those that come stand where they belong
      const before = this.now;
      this.now = points.map((v, i) => (i < before.length ? before[i] : v));
      return;
    }
    this.now = Float32Array.from(points);
    this.window = this.to.map((side) => [...side]);
    this.draw(1);
  }

  /** Move on to this time; whether something still moves. */
  step(time) {
    if (!this.goal || time === Infinity) return false;
    const share = 1 - Math.exp(-Math.max(time - this.time, 0) / GLIDE);
    this.time = time;
    let most = 0;
    for (let i = 0; i < this.goal.length; i++) {
      const left = this.goal[i] - this.now[i];
      this.now[i] += share * left;
      most = Math.max(most, Math.abs(left));
    }
    this.window = this.window.map((side, k) => side.map((v, e) => v + share * (this.to[k][e] - v)));
    this.draw(share);
    return most > (this.window[0][1] - this.window[0][0]) / 2000;
  }

  draw(share = 1) {
    const { g, width, height } = sharp(this.canvas);
    if (!width) return;
    const [[x0, x1], [y0, y1]] = this.window,
      unit = Math.min(width / (x1 - x0), height / (y1 - y0)),
      at = (x, y) => [width / 2 + (x - (x0 + x1) / 2) * unit, height / 2 - (y - (y0 + y1) / 2) * unit];
    const paints = this.paints(),
      [ox, oy] = at(0, 0);
    Object.assign(g, { strokeStyle: paints.line, lineWidth: 1 });
    g.beginPath();
    g.moveTo(ox, 0), g.lineTo(ox, height), g.moveTo(0, oy), g.lineTo(width, oy);
    g.stroke();
    if (!this.now) return;
    const middles = this.data.names.map(() => [[], []]),
      size = width < 300 ? 3.5 : 4.5;
    g.globalAlpha = 0.8;
    for (let i = 0; 2 * i < this.now.length; i++) {
      const [x, y] = at(this.now[2 * i], this.now[2 * i + 1]),
        label = this.labels[i] ?? 0;
      g.fillStyle = paints.classes[label] ?? paints.line;
      g.beginPath();
      g.arc(x, y, size / 2, 0, 7);
      g.fill();
      middles[label]?.[0].push(x), middles[label]?.[1].push(y);
    }
    g.globalAlpha = 1;
    if (this.names) this.write(g, middles, paints, share);
  }

  /** The names of the classes, where they hide no other; none while most would. */
  write(g, middles, paints, share) {
    const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
    const spots = middles.map(([xs, ys]) => xs.length && [middle(xs), middle(ys)]),
      known = spots.map((spot, c) => spot && c).filter((c) => c !== 0 || spots[0]);
    const taken = known.filter((c, k) =>
      known.slice(0, k).every((other) => {
        const [dx, dy] = [spots[c][0] - spots[other][0], spots[c][1] - spots[other][1]];
        return Math.hypot(dx, dy) > (this.clear[c] > 0.5 ? 13 : 19);
      }),
    );
    const many = taken.length >= known.length * 0.6;
    Object.assign(g, { font: "700 14px sans-serif", textAlign: "center", textBaseline: "middle", lineJoin: "round" });
    for (const c of known) {
      this.clear[c] += share * (Number(many && taken.includes(c)) - this.clear[c]);
      if (this.clear[c] < 0.05) continue;
      g.globalAlpha = this.clear[c];
      outlined(g, this.data.names[c], spots[c], paints.ink, paints.ground);
    }
    g.globalAlpha = 1;
  }

  /** The colours as they are now; each costs a style pass, so they are asked for when light and dark change. */
  paints() {
    const ink = colour(this.root, "--ll-ink");
    if (this.known?.ink === ink) return this.known;
    const ground = colour(this.root, "--ll-ground"),
      line = alpha(colour(this.root, "--ll-quiet"), 0.25);
    return (this.known = {
      ink,
      ground,
      line,
      classes: this.data.names.map((_, c) => colour(this.root, classColour(c))),
    });
  }
}

const square = (reach) => [
  [-reach, reach],
  [-reach, reach],
];

/** How far the dots reach: none of them leaves the map. */
const reachOf = (points) => (1 + ROOM) * points.reduce((far, v) => Math.max(far, Math.abs(v)), 0);

/** A window [[x0, x1], [y0, y1]], made so large that all dots (x, y of each) are in it. */
export function holding(window, points) {
  return window.map(([low, high], k) => {
    let [least, most] = [low, high];
    for (let i = k; i < points.length; i += 2) [least, most] = [Math.min(least, points[i]), Math.max(most, points[i])];
    const room = ROOM * (most - least);
    return [least < low ? least - room : low, most > high ? most + room : high];
  });
}
