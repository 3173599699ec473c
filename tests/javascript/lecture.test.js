import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { covering, planeIn } from "../../static/lecture/drawing.js";
import { armedOf } from "../../static/lecture/forces.js";
import { picturePlace, windowOf } from "../../static/lecture/hole.js";
import { cost } from "../../static/lecture/penalty.js";
import { clearness, gridIn } from "../../static/lecture/samples.js";
import { among, epochOf } from "../../static/lecture/training.js";
import { beatOf, currentOf, isOurs, Reached, shareOf, stepOf } from "../../static/lecture/walker.js";
import { litAt, piecesOf, unlike } from "../../static/lecture/words.js";

test("the scene that is read is the last one that begins above the middle of the window", () => {
  assert.equal(currentOf([0, 1000, 2000], 700), 0);
  assert.equal(currentOf([-1000, 0, 1000], 700), 1);
  assert.equal(currentOf([-650, 350, 1350], 700), 1);
  assert.equal(currentOf([-649, 351, 1351], 700), 0);
  assert.equal(currentOf([200, 1200], 300), 0, "above the first one it is the first");
});

test("a scene's share goes from where it comes to rest to where it leaves", () => {
  const [height, window] = [1500, 700];
  assert.equal(shareOf(300, height, window), 0);
  assert.equal(shareOf(0, height, window), 0);
  assert.equal(shareOf(-400, height, window), 0.5);
  assert.equal(shareOf(-800, height, window), 1);
  assert.equal(shareOf(-5000, height, window), 1);
  assert.equal(shareOf(100, window, window), 1, "a scene as high as the window is read as a whole");
});

test("each sentence has its part of the way, and the last one keeps its place at the end", () => {
  assert.deepEqual(
    [0, 0.24, 0.25, 0.5, 0.99, 1].map((share) => beatOf(share, 4)),
    [0, 0, 1, 2, 3, 3],
  );
});

test("keys lead from scene to scene and stop at both ends", () => {
  for (const key of ["ArrowDown", "ArrowRight", "PageDown"]) assert.equal(stepOf(key, 3, 10), 4);
  for (const key of ["ArrowUp", "ArrowLeft", "PageUp"]) assert.equal(stepOf(key, 3, 10), 2);
  assert.equal(stepOf("End", 3, 10), 9);
  assert.equal(stepOf("Home", 3, 10), 0);
  for (const [key, from] of [
    ["ArrowDown", 9],
    ["ArrowUp", 0],
    ["a", 3],
    ["Tab", 3],
    ["toString", 3],
  ])
    assert.equal(stepOf(key, +from, 10), null, `${key} at ${from}`);
});

test("a key in a slider, or with another key, is not the walk's", () => {
  const on = (found) => ({ closest: () => found });
  assert.ok(isOurs({ target: on(null) }));
  assert.ok(!isOurs({ target: on({}) }));
  for (const other of ["ctrlKey", "metaKey", "altKey", "shiftKey", "defaultPrevented"])
    assert.ok(!isOurs({ target: on(null), [other]: true }), other);
});

test("what a sentence is about comes one after the other, and goes at once where one scrolls back", () => {
  const reached = new Reached(3, [100, 100, 100]);
  let now = 1000;
  assert.ok(reached.tick(1, now));
  for (let k = 0; k < 3; k++) reached.tick(1, (now += 30));
  assert.ok(reached.shares[0] > 0.8 && reached.shares[1] === 0, "the second waits for the first");
  for (let k = 0; k < 20; k++) reached.tick(1, (now += 30));
  assert.deepEqual(reached.shares, [1, 1, 0]);
  assert.ok(!reached.tick(1, (now += 30)), "and then it rests");
  assert.ok(reached.tick(-1, (now += 10)));
  assert.ok(reached.shares[0] < 1 && reached.shares[1] < 1);
  for (let k = 0; k < 10; k++) reached.tick(-1, (now += 30));
  assert.deepEqual(reached.shares, [0, 0, 0]);
});

test("with less motion all is there at the first frame, and nothing moves", () => {
  const reached = new Reached(4);
  assert.ok(!reached.tick(3, 5, true));
  assert.deepEqual(reached.shares, [1, 1, 1, 1]);
});

test("a page that was away does not jump", () => {
  const reached = new Reached(1, [1000]);
  reached.tick(0, 1000);
  reached.tick(0, 60_000);
  assert.ok(reached.shares[0] <= 0.06);
});

test("words in braces have a colour, those between stars stress, and no text is lost", () => {
  const words = "This {x:3} lies *between* {mean:a mean}.";
  assert.deepEqual(piecesOf(words), [
    { text: "This " },
    { text: "3", colour: "x" },
    { text: " lies " },
    { text: "between", stress: true },
    { text: " " },
    { text: "a mean", colour: "mean" },
    { text: "." },
  ]);
  assert.deepEqual(piecesOf("plain"), [{ text: "plain" }]);
  assert.deepEqual(piecesOf("<b>{x:<i>}</b>")[1], { text: "<i>", colour: "x" });
});

test("a sentence lights its terms; with less motion all are lit", () => {
  const beats = [{ lights: ["x"] }, { lights: ["mean", "std"] }];
  assert.deepEqual(litAt(beats, 1, false), { beats: [false, true], names: new Set(["mean", "std"]) });
  assert.deepEqual(litAt(beats, -1, false), { beats: [false, false], names: new Set() });
  assert.deepEqual(litAt(beats, 1, true), { beats: [true, true], names: new Set(["x", "mean", "std"]) });
});

test("what is the same as before is not written again", () => {
  const seen = [],
    write = unlike((value) => seen.push(value));
  for (const value of [0, 0, 1, 1, 0]) write(value);
  assert.deepEqual(seen, [0, 1, 0]);
});

test("a plane keeps both axes on one scale, and what should be seen of it in its box", () => {
  const box = { left: 10, top: 20, width: 300, height: 500 },
    plane = planeIn(box, [2, 3], [1, -1]);
  assert.equal(plane.unit, 75);
  for (const code of [
    [-1, -4],
    [3, 2],
  ]) {
    const [x, y] = plane.at(code);
    assert.ok(x >= 10 && x <= 310 && y >= 20 && y <= 520);
    plane.code([x, y]).forEach((v, d) => assert.ok(Math.abs(v - code[d]) < 1e-9));
  }
  const [reach] = covering({ width: 300, height: 400 }, 3);
  assert.ok((reach * 400) / 300 <= 3 + 1e-9, "what is drawn up to 3 covers the longer side too");
});

test("the window of some codes is about their middle, but for the outermost", () => {
  const points = [...Array(1000).keys()].flatMap((k) => [k / 100, -k / 50]),
    { centre, reach } = windowOf(points);
  assert.ok(Math.abs(centre[0] - 5) < 0.1 && Math.abs(centre[1] + 10) < 0.1);
  assert.ok(reach[0] > 4.9 && reach[0] < 5.6 && reach[1] > 9.8 && reach[1] < 10.6);
});

test("the picture that is decoded in a hole stands whole in the box, away from its code", () => {
  const box = { width: 800, height: 600 };
  for (const place of [
    [100, 100],
    [700, 100],
    [100, 500],
    [700, 500],
  ]) {
    const [x, y] = picturePlace(place, 200, box);
    assert.ok(x >= 100 && x <= 700 && y >= 100 && y <= 500);
    assert.ok(Math.abs(x - place[0]) > 200 && Math.abs(y - place[1]) > 150);
  }
});

test("v − log v − 1 costs nothing at 1, and more to both sides", () => {
  assert.equal(cost(1), 0);
  for (const v of [0.0003, 0.5, 0.9, 1.1, 3]) assert.ok(cost(v) > 0);
  assert.ok(cost(0.0003) > cost(0.003) && cost(0.003) > cost(0.03));
});

test("two pictures of each class have an arrow, and ours is one of them", () => {
  const labels = Uint8Array.from([3, 1, 1, 1, 3, 3, 3]),
    armed = armedOf(labels, 5);
  assert.ok(armed.includes(5));
  for (const c of [1, 3]) assert.equal(armed.filter((i) => labels[i] === c).length, 2);
});

test("the film passes each sentence's epoch, and stands between two kept ones", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((k) => epochOf([1, +(k > 0), +(k > 1), +(k > 2)], 20)),
    [0, 1, 5, 20],
  );
  assert.deepEqual(among([0, 1, 5, 20], 3), { k: 1, next: 2, share: 0.5 });
  assert.deepEqual(among([0, 1, 5, 20], 20), { k: 3, next: 3, share: 0 });
  assert.deepEqual(among([0, 1, 5, 20], 1), { k: 1, next: 2, share: 0 });
});

test("a roll between two classes is less clear than one among its own", () => {
  const points = Float32Array.from([...Array(40).keys()].flatMap((k) => [k < 20 ? -1 - k / 99 : 1 + (k - 20) / 99, 0])),
    labels = Uint8Array.from({ length: 40 }, (_, k) => +(k >= 20));
  assert.equal(clearness([-1, 0], points, labels), 1);
  assert.ok(clearness([0, 0], points, labels) < 0.9);
});

test("as many squares as are asked for fit into a box, as large as can be", () => {
  for (const [width, height] of [
    [400, 700],
    [700, 300],
    [300, 300],
  ]) {
    const { columns, rows, side } = gridIn({ width, height }, 40, 5);
    assert.ok(columns * rows >= 40);
    assert.ok(columns * (side + 5) - 5 <= width + 1e-6 && rows * (side + 5) - 5 <= height + 1e-6);
    assert.ok(40 * side * side > 0.5 * width * height);
  }
});
