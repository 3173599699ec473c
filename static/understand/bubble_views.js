// What there is to see of a run's bubbles: for each view its name, its key, what is drawn, and the facts below.
import { element } from "../lib/dom.js";
import { pointOf } from "../lib/geometry.js";
import { pair, quantile, say, sized } from "../lib/numbers.js";

const ARROWS = 3; // pictures of each class that get arrows: more cannot be read

export const VIEWS = {
  bubbles: {
    name: "Bubbles",
    key: `
      <span><i style="border-color: var(--ll-ink)"></i>bubble: two standard deviations about its mean</span>
      <span><i class="dash" style="border-color: var(--ll-ink)"></i>it overlaps with another digit’s</span>`,
    draw(plane, panel) {
      const { overlapping } = panel.bubbles;
      drawRings(plane, panel, (i) => ({ fill: 0.2, wide: 1.5, dash: overlapping.has(i) ? [4, 3] : [] }));
      if (panel.untrained) namePile(plane);
    },
    facts({ bubbles }) {
      const sizes = bubbles.shown.map((i) => Math.sqrt(sum(bubbles.varianceOf(i)) / 2)),
        median = quantile(sizes, 0.5);
      return [
        ["median bubble size (std)", sized(median)],
        ["distance from the centre", say(Math.sqrt(bubbles.average((i) => bubbles.distanceOf(i) ** 2)))],
        ["overlap with another digit’s", `${bubbles.overlapping.size} of ${bubbles.shown.length}`],
      ];
    },
  },
  forces: {
    name: "Forces",
    key: `
      <span class="decoder"><i></i>reconstruction: where the picture wants its mean</span>
      <span class="mean"><i class="dash"></i>penalty: towards the centre</span>
      <span>four times the force, twice the length</span>`,
    draw(plane, panel) {
      drawRings(plane, panel, () => ({ fill: 0.1, wide: 0.75 }));
      drawForces(plane, panel);
      if (panel.untrained) namePile(plane);
    },
    facts({ bubbles, source: { beta } }) {
      const product = (i) => sum(bubbles.meanOf(i).map((v, d) => v * pullOn(bubbles, i)[d])),
        outwards = (i) => product(i) / bubbles.distanceOf(i),
        shrinking = (i) => sum(pointOf(bubbles.onLogvar, i)),
        swelling = (i) => (beta * (2 - sum(bubbles.varianceOf(i)))) / 2;
      return [
        ["reconstruction pulls outwards by", say(bubbles.average(outwards), 1)],
        ["penalty pulls inwards by", say(beta * bubbles.average((i) => bubbles.distanceOf(i)), 1)],
        ["reconstruction shrinks bubbles by", say(bubbles.average(shrinking))],
        ["penalty swells them by", say(bubbles.average(swelling))],
      ];
    },
  },
  together: {
    name: "All together",
    key: `
      <span><i style="border-color: var(--ll-ink)"></i>all bubbles as one: one and two standard deviations</span>
      <span class="z"><i class="dash"></i>N(0, 1), where the rolls land: one and two</span>`,
    draw(plane, panel) {
      const [x, y, long, short, angle] = panel.shape;
      drawDensity(plane, panel);
      for (const k of [1, 2]) {
        plane.ring([x, y], [long, short], plane.paints.ink, { k, angle, wide: 2 });
        plane.ring([0, 0], [1, 1], plane.paints.z, { k, dash: [5, 4], wide: 2.5 });
      }
    },
    facts({ shape: [x, y, long, short] }) {
      return [
        ["std of all together", `${say(long)} × ${say(short)}`],
        ["std of N(0, 1)", "1.00 × 1.00"],
        ["centre", pair([x, y])],
      ];
    },
  },
};

const sum = (values) => values.reduce((all, v) => all + v, 0);

/** Where the reconstruction pulls a mean: down its gradient. */
const pullOn = (bubbles, i) => pointOf(bubbles.onMean, i).map((v) => -v);

/** All bubbles, two standard deviations wide, in the style that a function gives for each. */
function drawRings(plane, { bubbles, labels }, styleOf) {
  for (const i of bubbles.shown)
    plane.ring(bubbles.meanOf(i), bubbles.stdOf(i), plane.paints.c(labels[i]), { k: 2, least: 2.5, ...styleOf(i) });
}

function namePile(plane) {
  plane.name("untrained: all in one pile", [0, plane.window[1][1] * 0.86], plane.paints.quiet, 13);
}

function drawForces(plane, { bubbles, source, rank }) {
  for (const i of bubbles.shown.filter((i) => rank[i] < ARROWS)) {
    const mean = bubbles.meanOf(i),
      inwards = mean.map((v) => -source.beta * v);
    drawForce(plane, mean, pullOn(bubbles, i), plane.paints.decoder, []);
    drawForce(plane, mean, inwards, plane.paints.mean, [4, 3]);
  }
}

/** An arrow whose length grows with the root of the force. */
function drawForce(plane, from, force, paint, dash) {
  const size = Math.hypot(...force),
    length = Math.sqrt(size) * plane.width * 0.022,
    arrow = force.map((v) => (v / size) * length);
  if (size > 1e-9) plane.arrow(from, arrow, paint, { dash, wide: 1.75 });
}

/** How densely all bubbles together cover the map: a picture of square cells. */
function drawDensity(plane, { source: { reach }, density, data: { size } }) {
  const canvas = element("canvas", { width: size, height: size }),
    g = canvas.getContext("2d"),
    picture = g.createImageData(size, size),
    [red, green, blue] = plane.paints.mean.match(/[\d.]+/g).map(Number);
  density.forEach((opacity, k) => picture.data.set([red, green, blue, opacity], 4 * k));
  g.putImageData(picture, 0, 0);
  const [left, top] = plane.at([-reach, reach]),
    wide = 2 * reach * plane.unit;
  plane.g.drawImage(canvas, left, top, wide, wide);
}
