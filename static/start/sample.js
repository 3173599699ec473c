// A picture's code as the model draws it, mean + std × noise, or one that was chosen by hand. No page is needed.
import { gauss } from "../lib/numbers.js";

const KEPT = 60; // rolls of a picture that are remembered

export class Sample {
  /** @type {any} the picture: its name, pixels, mean and std */ example;
  noise = [0, 0];
  /** @type {number[][]} the noise of each roll for this picture, the last one too */ rolls = [];
  /** @type {number[] | null} z, where the visitor has chosen it: then there is no picture, no bubble and no noise */
  chosen = null;

  constructor(example) {
    this.choose(example);
  }

  /** Another picture, with its first roll. */
  choose(example) {
    this.example = example;
    this.rolls = [];
    this.roll();
  }

  roll() {
    this.chosen = null;
    this.noise = [gauss(), gauss()];
    this.rolls = [...this.rolls, this.noise].slice(-KEPT);
  }

  /** The visitor chooses z itself. */
  hold(z) {
    this.chosen = [...z];
  }

  get z() {
    const { mean, std } = this.example;
    return this.chosen ?? mean.map((m, k) => m + std[k] * this.noise[k]);
  }
}
