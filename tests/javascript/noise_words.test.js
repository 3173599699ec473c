import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { klOfShape, SHAPES } from "../../static/lib/formulas.js";
import {
  errorAt,
  lossAt,
  slopeAt,
  stepOnLogarithm,
  stepOnVariance,
} from "../../static/understand/slopes_of_variance.js";

const FILE = new URL("../../checkpoints/measured/variance.json", import.meta.url),
  MEASURED = JSON.parse(readFileSync(FILE, "utf-8"));

test("the loss by variance is the measured one where it was measured, and there is none below zero", () => {
  MEASURED.variances.forEach((v, k) => assert.ok(Math.abs(errorAt(MEASURED, v) - MEASURED.error[k]) < 1e-9));
  for (const v of [-0.5, -1e-9]) for (const f of [lossAt, slopeAt]) assert.ok(Number.isNaN(f(MEASURED, v)));
  for (const v of [0.003, 0.05, 0.7]) {
    const by = v * 1e-4,
      wanted = (lossAt(MEASURED, v + by) - lossAt(MEASURED, v - by)) / (2 * by);
    assert.ok(Math.abs(slopeAt(MEASURED, v) - wanted) < 1e-2 * Math.abs(wanted), `${v}`);
  }
});

test("with every step size the variance falls below zero, and the logarithm goes to where the loss is least", () => {
  const least = Math.min(...MEASURED.variances.slice(1).map((v) => lossAt(MEASURED, v)));
  for (const rate of [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05]) {
    let variance = 1,
      steps = 0;
    while (variance > 0 && steps++ < 100) variance = stepOnVariance(MEASURED, variance, rate);
    assert.ok(variance < 0, `${rate}: ${variance}`);
    assert.ok(Number.isNaN(stepOnVariance(MEASURED, variance, rate)));
    let logarithm = 0;
    for (let k = 0; k < 40_000; k++) {
      logarithm = stepOnLogarithm(MEASURED, logarithm, rate);
      assert.ok(Math.exp(logarithm) > 0);
    }
    assert.ok(lossAt(MEASURED, Math.exp(logarithm)) < least + 0.5, `${rate}: ${logarithm}`);
  }
});

/** The sum of f over a wide grid, times its step. */
function integral(f) {
  const step = 1e-3;
  let sum = 0;
  for (let x = -30; x < 30; x += step) sum += f(x + step / 2) * step;
  return sum;
}

test("each shape's noise has mean 0 and std 1, and its KL is the integral that KL is", () => {
  const [mean, std] = [0.6, 0.5];
  for (const [name, { density }] of Object.entries(SHAPES)) {
    assert.ok(Math.abs(integral(density) - 1) < 1e-3, name);
    assert.ok(Math.abs(integral((u) => u * density(u))) < 1e-3, name);
    assert.ok(Math.abs(integral((u) => u * u * density(u)) - 1) < 2e-3, name);
    const own = (x) => density((x - mean) / std) / std;
    const kl = integral((x) =>
      own(x) > 0 ? own(x) * (Math.log(own(x)) + (x * x) / 2 + Math.log(2 * Math.PI) / 2) : 0,
    );
    assert.ok(Math.abs(klOfShape(name, mean, std) - kl) < 2e-3, `${name}: ${kl}`);
    assert.ok(klOfShape(name, mean, std) >= klOfShape("gaussian", mean, std));
  }
});
