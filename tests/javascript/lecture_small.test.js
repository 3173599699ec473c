// Every picture of the lecture in windows of every size, on a canvas as strict as a browser's.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import "./page.js";

/** A context that takes no length below zero, and no canvas without a pixel. */
function strict() {
  const lengths = { arc: [2], ellipse: [2, 3], roundRect: [4] };
  return new Proxy(
    {},
    {
      get: (kept, name) => {
        if (name in kept) return kept[name];
        if (name === "createImageData" || name === "getImageData")
          return (...size) => ({ data: new Uint8ClampedArray(4 * size.at(-2) * size.at(-1)) });
        return (...given) => {
          for (const k of lengths[name] ?? []) assert.ok(!(given[k] < 0), `${String(name)}(${given})`);
          if (name === "drawImage") assert.ok(given[0].width > 0 && given[0].height > 0, "an empty canvas");
        };
      },
      set: (kept, name, value) => ((kept[name] = value), true),
    },
  );
}

Object.assign(globalThis, {
  document: { createElement: () => ({ width: 300, height: 150, getContext: strict }) },
  ImageData: class {
    constructor(width, height) {
      this.data = new Uint8ClampedArray(4 * width * height);
    }
  },
  devicePixelRatio: 1,
});

const NAMES = ["bubble", "copying", "forces", "hole", "morph", "noise", "penalty", "samples", "together", "training"];
const { World } = await import("../../static/lecture/world.js");
const modules = await Promise.all(NAMES.map((name) => import(`../../static/lecture/${name}.js`)));

const text = (array) => Buffer.from(new Uint8Array(array.buffer)).toString("base64"),
  picture = text(new Uint8Array(784)),
  codes = text(new Uint16Array(2 * 3).fill(0x3800)); // a half each
const digit = { image: picture, mean: [0.5, -0.4], std: [0.1, 0.2] };
const world = new World(
  /** @type {any} */ ({
    size: { channels: 1, height: 28, width: 28 },
    names: ["0", "1", "2"],
    labels: text(Uint8Array.from([0, 1, 2])),
    ...{ means: codes, logvars: codes, place: 1, digit, other: { ...digit, mean: [-1, 1] } },
    centres: [0, 1, 2].map((c) => [c - 1, 0.2]),
    classic: { points: codes, code: [0.1, 0], hole: [1, 1], walk: picture, centres: [0, 1, 2].map((c) => [c, 1]) },
    forces: {
      ...{ ours: 0, labels: text(Uint8Array.from([0, 1, 2])), mean: codes },
      betas: [0, 1, 4].map((beta) => ({ beta, mean: codes, logvar: codes })),
    },
    rolls: text(new Float32Array(6).fill(0.3)),
    training: { kept: [0, 1, 5, 20], rebuilt: text(new Uint8Array(4 * 784)), reconstruction: [9, 8, 7], kl: [1, 2, 3] },
  }),
  () => {},
);
world.decode = /** @type {any} */ (() => new Float32Array(784));
world.paints = { c: () => "rgb(1, 2, 3)" };
for (const name of ["ink", "quiet", "line", "ground", "page", "x", "encoder", "mean", "z", "decoder", "rare"])
  world.paints[name] = "rgb(1, 2, 3)";

test("no window is too small for a picture", () => {
  for (const [k, name] of NAMES.entries())
    for (const [width, height] of [
      [1, 1],
      [8, 600],
      [52, 400],
      [400, 8],
      [60, 60],
      [320, 480],
      [900, 600],
    ]) {
      const { draw } = modules[k][name](world);
      for (const at of [
        [0, 0, 0, 0],
        [1, 0.5, 0.5, 0],
        [1, 1, 1, 0.5],
        [1, 1, 1, 1],
      ])
        draw({ g: strict(), width, height, at, now: 1234, calm: false, paints: world.paints });
    }
});

test("a film that is still being read when the lecture is left is not kept", async () => {
  for (const leaves of [false, true]) {
    const changed = mock.fn(),
      left = new World(world.data, changed);
    Object.assign(globalThis, {
      createImageBitmap: async () => {
        if (leaves) left.end();
        return { width: 1, height: 1 };
      },
    });
    await left.load({ head: { kept: [0, 1], epochs: [0, 1] }, parts: [new Uint8Array(1), new Uint8Array(4)] });
    assert.equal(left.film === null, leaves);
    assert.equal(changed.mock.callCount(), leaves ? 0 : 1);
  }
});
