// The bubbles of one run at one epoch: where they are, and which of them overlap. No page is needed.
import { overlap } from "../lib/formulas.js";
import { pointOf } from "../lib/geometry.js";

const OVERLAPPING = 0.5; // overlap from which two bubbles count as overlapping

export class Bubbles {
  mean;
  logvar;
  onMean; // the reconstruction's gradients
  onLogvar;
  overlapping = new Set(); // those that overlap with a bubble of another class

  meanOf = (i) => pointOf(this.mean, i);
  stdOf = (i) => pointOf(this.logvar, i).map((v) => Math.exp(v / 2));
  varianceOf = (i) => pointOf(this.logvar, i).map(Math.exp);
  distanceOf = (i) => Math.hypot(...this.meanOf(i));
  average = (f) => this.shown.reduce((sum, i) => sum + f(i), 0) / this.shown.length;

  /** `measured` are those four at all epochs: of them the k-th, with the bubbles of some classes shown. */
  constructor(measured, labels, k, classes) {
    const n = 2 * labels.length;
    [this.mean, this.logvar, this.onMean, this.onLogvar] = measured.map((all) => all.subarray(k * n, (k + 1) * n));
    this.shown = [...labels.keys()].filter((i) => classes.has(labels[i]));
    this.shown.forEach((i, before) => {
      for (const j of this.shown.slice(before + 1)) if (labels[i] !== labels[j]) this.#compare(i, j);
    });
  }

  #compare(i, j) {
    if (overlap(this.mean, this.logvar, i, j) > OVERLAPPING) this.overlapping.add(i).add(j);
  }
}
