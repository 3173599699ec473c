import assert from "node:assert/strict";
import { test } from "node:test";
import { overlap } from "../../static/lib/formulas.js";
import { Camera } from "../../static/understand/camera.js";
import { stopBeside } from "../../static/understand/glide_bar.js";
import {
  between,
  bubblesOf,
  depth,
  ellipseOf,
  glide,
  pairsOf,
  partnerOf,
  pickedAt,
  rootOf,
  shareOf,
  turnBack,
  turnOf,
} from "../../static/understand/glide.js";

const near = (found, wanted, by = 1e-9) =>
  [found].flat().forEach((v, k) => assert.ok(Math.abs(v - [wanted].flat()[k]) < by, `${found} is not ${wanted}`));
const angle = 0.7,
  TURN = [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)],
  MIRROR = [Math.cos(angle), Math.sin(angle), Math.sin(angle), -Math.cos(angle)],
  SAME = [1, 0, 0, 1];
const model = (turn, beta = 2) => ({
  beta,
  turn,
  means: [1, 0, 1.1, 0.2, -2, 3, -2, 3.1],
  logvars: [-1, -3, -2, -2, -4, -4, -4.2, -4],
  onMean: [3, 1, 0, -2, 5, 5, 1, 0],
});
const LABELS = [3, 8, 1, 1];

test("a turn keeps lengths, and turned back all is as it was", () => {
  for (const turn of [TURN, MIRROR]) {
    near(Math.hypot(...turnOf(turn, [3, 4])), 5);
    near(turnBack(turn, turnOf(turn, [3, 4])), [3, 4]);
  }
});

test("an ellipse turns with its map: its half axes stay, and each lies where its own axis has come", () => {
  for (const turn of [SAME, TURN, MIRROR]) {
    const { axes, angle: lies } = ellipseOf(rootOf(turn, [2, 0.5])),
      [x, y] = turnOf(turn, [1, 0]);
    near(axes, [2, 0.5]);
    near(Math.abs(Math.cos(lies) * x + Math.sin(lies) * y), 1); // along it, this way or that
    const bubble = { mean: [0, 0], root: rootOf(turn, [2, 0.5]) };
    near(depth(bubble, turnOf(turn, [2, 0])), 1);
    near(depth(bubble, turnOf(turn, [0, 1])), 2);
  }
});

test("overlaps are those of the formula, whatever the map is turned by", () => {
  const { means, logvars } = model(SAME);
  for (const turn of [SAME, TURN, MIRROR]) {
    const bubbles = bubblesOf(model(turn));
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [2, 3],
      [1, 1],
    ])
      near(shareOf(bubbles[i], bubbles[j]), overlap(means, logvars, i, j));
  }
});

test("between two bubbles their product is largest", () => {
  const [one, other] = bubblesOf(model(TURN)),
    place = between(one, other),
    product = (at) => -(depth(one, at) ** 2) - depth(other, at) ** 2;
  for (let turn = 0; turn < 7; turn++)
    assert.ok(product(place) > product([place[0] + 0.01 * Math.cos(turn), place[1] + 0.01 * Math.sin(turn)]));
});

test("forces turn with the map: the picture pushes downhill, the penalty pulls to the centre", () => {
  const plain = bubblesOf(model(SAME)),
    turned = bubblesOf(model(MIRROR));
  near(plain[0].push, [-3, -1]);
  near(plain[0].pull, [-2, 0]);
  plain.forEach(({ push, pull }, i) => {
    near(turned[i].push, turnOf(MIRROR, push));
    near(turned[i].pull, turnOf(MIRROR, pull));
  });
});

test("at a whole number the bubbles are as measured; between, each is an ellipse on its straight way", () => {
  const models = [bubblesOf(model(SAME)), bubblesOf(model(MIRROR, 4)), bubblesOf(model(TURN, 0))];
  for (const k of [0, 1, 2]) assert.equal(glide(models, k), models[k]);
  const half = glide(models, 0.5);
  half.forEach((bubble, i) => {
    for (const name of ["mean", "push", "pull", "root"])
      near(
        bubble[name],
        models[0][i][name].map((v, d) => (v + models[1][i][name][d]) / 2),
      );
    const { axes } = ellipseOf(bubble.root);
    assert.ok(axes[0] >= axes[1] && axes[1] > 0);
  });
  near(glide(models, 1.0001)[2].mean, models[1][2].mean, 1e-2); // no jump
});

test("pairs are of two classes, the strongest overlap first", () => {
  const bubbles = bubblesOf(model(TURN)),
    found = pairsOf(bubbles, LABELS);
  assert.deepEqual(found[0].pair, [0, 1]);
  assert.ok(found.every(({ pair: [i, j] }) => LABELS[i] !== LABELS[j]));
  assert.ok(found.every(({ share }, k) => k === 0 || share <= found[k - 1].share));
  assert.equal(partnerOf(bubbles, LABELS, 1), 0);
});

test("a click picks the two that overlap there, or a bubble and its strongest overlap; beside all, nothing", () => {
  const bubbles = bubblesOf(model(SAME));
  assert.deepEqual(pickedAt(bubbles, LABELS, [1.05, 0.1], 0), [0, 1]);
  assert.deepEqual(pickedAt(bubbles, LABELS, [-2, 3.05], 0), [2, partnerOf(bubbles, LABELS, 2)]); // both are of 1
  assert.equal(pickedAt(bubbles, LABELS, [9, 9], 0.1), null);
  assert.equal(pickedAt(bubbles, LABELS, [-2, 3.6], 0), null);
  assert.equal(pickedAt(bubbles, LABELS, [-2, 3.6], 0.7)[0], 3); // as near as a finger is wide
});

test("the camera comes to where it is aimed, and rests there", () => {
  const camera = new Camera(2);
  assert.equal(camera.approach(0.5), false);
  camera.aim(0.5, [1, -1]);
  assert.equal(camera.approach(0.5), true);
  assert.deepEqual([camera.reach, camera.centre], [1, [0.5, -0.5]]);
  for (let k = 0; k < 30; k++) camera.approach(0.5);
  assert.deepEqual([camera.reach, camera.centre, camera.approach(0.5)], [0.5, [1, -1], false]);
  camera.aim(2, [0, 0]);
  camera.approach(1);
  assert.deepEqual(camera.range, [
    [-2, 2],
    [-2, 2],
  ]);
});

test("an arrow key leads to the next model, from between two as well", () => {
  assert.deepEqual(
    [stopBeside(2, "ArrowLeft"), stopBeside(2, "ArrowRight"), stopBeside(1.4, "ArrowUp"), stopBeside(1.4, "ArrowDown")],
    [1, 3, 2, 1],
  );
  assert.equal(stopBeside(2, "Tab"), null);
});
