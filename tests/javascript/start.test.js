import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { captionOf, lengthOf, momentOf } from "../../static/start/film_time.js";
import { lensPlace } from "../../static/start/flight.js";
import { Journey, PARTS } from "../../static/start/journey.js";
import { Sample } from "../../static/start/sample.js";
import { between } from "../../static/lib/numbers.js";
import { sliced } from "../../static/lib/slices.js";
import { bezier, boxOf, carried, jobsOf, tileAt, viewOf } from "../../static/start/view.js";

const example = { name: "3", mean: [1, -1], std: [0.5, 2] };
const REACH = [
  [-2, 2],
  [-2.2, 2.2],
];
const WINDOWS = [
  { width: 1280, height: 740, free: { left: 452, top: 20, width: 808, height: 700 } },
  { width: 1920, height: 1020, free: { left: 560, top: 20, width: 1340, height: 980 } },
  { width: 390, height: 784, free: { left: 10, top: 190, width: 370, height: 300 } },
];
const views = WINDOWS.map((each) => viewOf(each, each.free, REACH));

test("the farthest dot of the film stays in the window", () => {
  for (const each of WINDOWS) {
    for (const farthest of [
      [5.6, 6.2],
      [9, 1],
      [1, 8],
    ]) {
      const view = viewOf(each, each.free, REACH, farthest);
      for (const side of [-1, 1]) {
        const [x, y] = view.at(farthest.map((far) => side * far));
        assert.ok(x > 2 && x < view.width - 2 && y > 2 && y < view.height - 2, `${x}, ${y}`);
      }
      assert.ok(view.unit <= viewOf(each, each.free, REACH).unit);
    }
  }
});

test("z is mean + std × noise, and a roll is another noise", () => {
  const sample = new Sample(example);
  assert.deepEqual(sample.z, [1 + 0.5 * sample.noise[0], -1 + 2 * sample.noise[1]]);
  const before = sample.noise;
  sample.roll();
  assert.notDeepEqual(sample.noise, before);
  assert.equal(sample.rolls.length, 2);
});

test("z that is chosen by hand has no noise, until the next roll or picture", () => {
  const sample = new Sample(example),
    { noise } = sample;
  sample.hold([2, 3]);
  assert.deepEqual([sample.chosen, sample.z, sample.noise], [[2, 3], [2, 3], noise]);
  sample.roll();
  assert.equal(sample.chosen, null);
  sample.hold([2, 3]);
  sample.choose({ ...example, mean: [0, 0] });
  assert.deepEqual([sample.chosen, sample.rolls.length], [null, 1]);
});

test("the plane fills every window, on one scale, and what should be seen stands where nothing stands on it", () => {
  for (const view of views) {
    const { left, top, width, height } = boxOf(view);
    assert.ok(left <= 0 && top <= 0 && left + width >= view.width && top + height >= view.height);
    for (const x of REACH[0])
      for (const y of REACH[1]) {
        const [px, py] = view.at([x, y]);
        assert.ok(px >= view.free.left - 1e-6 && px <= view.free.left + view.free.width + 1e-6);
        assert.ok(py >= view.free.top - 1e-6 && py <= view.free.top + view.free.height + 1e-6);
        const back = view.code(px, py);
        assert.ok(Math.hypot(back[0] - x, back[1] - y) < 1e-9);
      }
  }
});

test("a tile is large enough to be read, and no window has more of them than Python draws", () => {
  for (const { unit, tiles } of views) {
    assert.ok((tiles.pitch / 10) * unit >= 38);
    assert.ok(tiles.columns * tiles.rows < 1200, `${tiles.columns} x ${tiles.rows}`);
  }
});

test("first all of the window coarse, then finer, each tile once in the end, from the middle outwards", () => {
  for (const { tiles } of views) {
    const jobs = jobsOf(tiles),
      sizes = jobs.map(({ wide }) => wide);
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => b - a),
    );
    for (const wide of new Set(sizes)) {
      const level = jobs.filter((job) => job.wide === wide),
        covered = new Set();
      for (const { i, j } of level)
        for (let a = i; a < Math.min(i + wide, tiles.columns); a++)
          for (let b = j; b < Math.min(j + wide, tiles.rows); b++) covered.add(`${a},${b}`);
      assert.equal(covered.size, tiles.columns * tiles.rows);
      const far = level.map(({ code: [x, y] }) => Math.hypot(x, y));
      assert.ok(far.every((v, k) => k === 0 || v > far[k - 1] - 1e-9));
      assert.deepEqual([level.at(-1)?.last, level.filter(({ last }) => last).length], [true, 1]);
    }
    assert.ok(sizes.indexOf(2) < 90, "the coarse picture is a matter of a few frames");
  }
});

test("the code of a tile lies in its middle, and the tile under a code is found", () => {
  const { tiles } = views[0];
  for (const { i, j, wide, code } of jobsOf(tiles))
    if (wide === 1) {
      const found = tileAt(tiles, code);
      assert.deepEqual([found?.i, found?.j], [i, j]);
      assert.ok(Math.hypot(found.code[0] - code[0], found.code[1] - code[1]) < 1e-9);
    }
  assert.equal(tileAt(tiles, [99, 0]), null);
});

test("what the pointer carries is whole in the window, beside a mouse and above a finger", () => {
  const picture = { width: 184, height: 208 };
  for (const window of WINDOWS)
    for (let x = 0; x <= window.width; x += 13)
      for (let y = 0; y <= window.height; y += 13)
        for (const finger of [false, true]) {
          const [left, top] = carried([x, y], picture, window, finger);
          assert.ok(left >= 0 && top >= 0);
          assert.ok(left + picture.width <= window.width && top + picture.height <= window.height);
          const over = x > left && x < left + picture.width && y > top && y < top + picture.height;
          if (!finger || y > picture.height + 42) assert.ok(!over || window.width < 400, `${x}, ${y}, ${finger}`);
          if (finger && y > picture.height + 42) assert.ok(top + picture.height < y);
        }
});

test("work is cut where its time is up, nothing is left out or done twice, and it can be ended", () => {
  let now = 0;
  const waiting = /** @type {(() => void)[]} */ ([]),
    done = [],
    pieces = [];
  const options = { budget: 8, clock: () => now, next: (f) => waiting.push(f) };
  let over = 0;
  const work = (job) => (done.push(job), (now += job === 5 ? 40 : 3));
  sliced([...Array(12).keys()], work, { ...options, done: () => over++ });
  for (let piece = done.length; ; piece = done.length) {
    pieces.push(piece);
    const f = waiting.shift();
    if (!f) break;
    f();
  }
  assert.deepEqual(done, [...Array(12).keys()]);
  assert.equal(over, 1);
  pieces.reduce((before, after) => (assert.ok(after - before <= 3), after), 0);
  const end = sliced([1, 2, 3, 4], (job) => (done.push(job), (now += 9)), { ...options, done: () => over++ });
  end();
  for (const f of waiting.splice(0)) f();
  assert.deepEqual([done.length, over], [13, 1]);
});

test("a journey passes every part in turn, and arrives", () => {
  const journey = new Journey(),
    lit = [];
  assert.equal(journey.at(0).lit, null);
  journey.begin("x", 1000);
  for (let now = 1000; now < 6000; now += 10) {
    const at = journey.at(now);
    if (at.lit !== lit.at(-1)) lit.push(at.lit);
    const shares = PARTS.map((name) => at.progress[name]);
    assert.deepEqual(
      shares,
      [...shares].sort((a, b) => b - a),
      "no part before the one that it follows from",
    );
  }
  assert.deepEqual(lit, [...PARTS, null]);
  journey.begin("eps", 0);
  assert.deepEqual([journey.at(0).lit, journey.at(0).progress.std, journey.at(0).progress.z], ["eps", 1, 0]);
  journey.arrive();
  assert.equal(journey.at(0).lit, null);
});

test("the film shows each epoch, says which, and never names one that is not seen", () => {
  const epochs = [0, 1, 5, 20],
    still = new Set();
  for (let ms = -5; ms <= lengthOf(4); ms += 7) {
    const moment = momentOf(ms, 4),
      caption = captionOf(epochs, moment);
    assert.ok(moment.k + moment.share <= 3);
    if (moment.share === 0) {
      still.add(moment.k);
      assert.equal(caption, moment.k ? `After ${epochs[moment.k]} epoch${moment.k > 1 ? "s" : ""}` : "Untrained");
    } else assert.ok(caption.endsWith(`to epoch ${epochs[moment.k + 1]}`));
    assert.equal(momentOf(ms, 4, true).share, 0, "who wants no motion sees steps");
  }
  assert.deepEqual([...still], [0, 1, 2, 3]);
  assert.deepEqual(momentOf(lengthOf(4) + 1e6, 4), { k: 3, share: 0 });
  assert.deepEqual([...between([0, 2], [1, 4], 0.5)], [0.5, 3]);
});

test("the enlarged bubble is whole in the free part and hides no name where there is room", () => {
  const { free } = WINDOWS[0],
    radius = 56;
  for (let x = free.left; x < free.left + free.width; x += 60)
    for (let y = free.top; y < free.top + free.height; y += 60) {
      const names = [[x + 90, y]],
        [cx, cy] = lensPlace([x, y], names, free, radius);
      assert.ok(cx - radius >= free.left - 1 && cx + radius <= free.left + free.width + 1, `${x}, ${y}`);
      assert.ok(cy - radius >= free.top - 1 && cy + radius <= free.top + free.height + 1, `${x}, ${y}`);
      assert.ok(Math.hypot(cx - names[0][0], cy - names[0][1]) > radius);
      assert.ok(Math.hypot(cx - x, cy - y) > radius, "nor its own place");
    }
});

test("a bent line begins and ends where it should", () => {
  const way = [
    [0, 0],
    [10, 0],
    [20, 30],
    [40, 30],
  ];
  assert.deepEqual([bezier(way, 0), bezier(way, 1)], [way[0], way[3]]);
});
