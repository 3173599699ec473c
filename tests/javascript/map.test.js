import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { dotsOf } from "../../static/lib/codec.js";
import { frameOf } from "../../static/lib/geometry.js";
import { overlap } from "../../static/lib/labels.js";
import { inTurn, tilesOf } from "../../static/lib/tiles.js";
import { arranged } from "../../static/components/mini_names.js";
import { holding } from "../../static/train/dot_map.js";

const area = frameOf({ l: 52, r: 8, t: 8, b: 48 }, 660, 456, [
  [-3.1, 4.2],
  [-5, 2.7],
]);

test("tiles cover the map, are square on the screen, and stay where they are while it moves", () => {
  const { columns, rows, box, corners, code } = tilesOf(area, 36);
  assert.ok(box.left <= area.left && box.top <= area.top);
  assert.ok(box.left + box.width >= area.left + area.width && box.top + box.height >= area.top + area.height);
  assert.ok(box.left > area.left - 36 && box.top > area.top - 36);
  assert.deepEqual([box.width, box.height], [36 * columns, 36 * rows]);
  assert.deepEqual(corners, [code(0, 0), code(columns, rows)]);
  const step = (area.x(1) - area.x(0)) / 36; // tiles to a unit
  const whole = (v) => Math.abs(v - Math.round(v)) < 1e-9;
  assert.ok(whole(code(0, 0)[0] * step)); // a corner of them is the code 0
});

test("a sheet is decoded coarse first, from the middle outwards, and in the end each tile once", () => {
  const jobs = inTurn({ columns: 7, rows: 5 }),
    sizes = [...new Set(jobs.map(({ wide }) => wide))];
  assert.deepEqual(sizes, [4, 2, 1]);
  for (const wide of sizes) {
    const level = jobs.filter((job) => job.wide === wide),
      seen = new Set();
    for (const { i, j } of level)
      for (let a = i; a < i + wide; a++) for (let b = j; b < j + wide; b++) if (a < 7 && b < 5) seen.add(`${a} ${b}`);
    assert.equal(seen.size, 35);
    assert.deepEqual(
      level.map(({ last }) => last),
      [...Array(level.length - 1).fill(false), true],
    );
  }
  const fine = jobs.filter(({ wide }) => wide === 1);
  assert.equal(fine.length, 35);
  assert.deepEqual([fine[0].i, fine[0].j], [3, 2]);
  assert.deepEqual(
    inTurn({ columns: 7, rows: 5 }, { coarse: false }).map(({ i, j }) => [i, j]),
    fine.map(({ i, j }) => [i, j]),
  );
});

test("dots of 12 bits come back: the corners exactly, all others within a step", () => {
  const corners = [
    [-2, 10],
    [6.19, 90],
  ];
  const raw = Uint8Array.of(0, 0, 0, 255, 255, 255, 0x80, 0x04, 0x00); // (0, 0), (4095, 4095), (2048, 1024)
  const [x0, y0, x1, y1, x2, y2] = dotsOf(raw, corners);
  assert.deepEqual([x0, y0], [-2, 10]);
  assert.ok(Math.abs(x1 - 6.19) < 1e-6 && Math.abs(y1 - 90) < 1e-5);
  assert.ok(Math.abs(x2 - (-2 + (8.19 * 2048) / 4095)) < 1e-6);
  assert.ok(Math.abs(y2 - (10 + (80 * 1024) / 4095)) < 1e-5);
});

test("a window holds every dot, and is not touched where it does already", () => {
  const window = [
    [-3, 3],
    [-3, 3],
  ];
  assert.deepEqual(holding(window, Float32Array.of(1, 2, -2.5, 0)), window);
  const dots = Float32Array.of(-4, 0.5, 1, 7, 0, -3.5);
  const [[x0, x1], [y0, y1]] = holding(window, dots);
  for (let i = 0; i < dots.length; i += 2) {
    assert.ok(x0 < dots[i] && dots[i] < x1);
    assert.ok(y0 < dots[i + 1] && dots[i + 1] < y1);
  }
  assert.equal(x1, 3);
});

test("names of a small map hide no dot, no mark and no other name; titles stand first, and always", () => {
  const room = { left: 0, top: 0, width: 340, height: 340 },
    size = { width: 20, height: 19 };
  const dots = Array.from({ length: 900 }, (_, i) => [90 + 160 * ((i * 0.618) % 1), 90 + 160 * ((i * 0.755) % 1)]),
    classes = [...Array(10).keys()].map((c) => ({ text: String(c), x: 130 + 8 * c, y: 200 - 7 * c, ...size })),
    titles = [{ text: "from 3", x: 120, y: 150, width: 60, height: 16 }],
    marks = [{ x: 120, y: 150, width: 16, height: 16 }];
  const found = arranged({ titles, classes, marks }, dots, room, 2);
  assert.equal(found[0].text, "from 3");
  assert.ok(found.length >= 9);
  const boxes = found.map(({ at: [x, y], width, height }) => ({ x, y, width, height }));
  for (const [k, box] of boxes.entries()) {
    assert.ok(!dots.some(([x, y]) => overlap(box, { x, y, width: 4, height: 4 })));
    assert.ok(![...boxes.slice(k + 1), ...marks].some((other) => overlap(box, other)));
  }
  const everywhere = Array.from({ length: 7225 }, (_, i) => [(i % 85) * 4, Math.floor(i / 85) * 4]);
  const crowded = arranged({ titles, classes, marks }, everywhere, room, 2);
  assert.deepEqual(
    crowded.map(({ text }) => text),
    ["from 3"],
  ); // no class finds a place, a title must
});
