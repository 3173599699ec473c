// A picture's code as the model draws it: mean + noise × std, and z on its way there. No page is needed.
import { gauss } from "../lib/numbers.js";

const FLIGHT = 350; // milliseconds from the last z to the new one
const KEPT = 60; // rolls of a picture that are remembered

export class Sample {
  example; // the picture: its name, pixels, mean and std
  noise = [0, 0];
  rolls = []; // the noise of each roll for this picture, the last one too
  z;
  held = false; // by the visitor: z stands elsewhere than the roll has put it
  rolledAt = 0;
  rolledAlone = 0; // times it has rolled by itself for this picture
  #from; // where z was at the last roll

  constructor(example) {
    this.example = example;
    this.z = this.#from = [...example.mean];
  }

  choose(example) {
    this.example = example;
    this.rolls = [];
    this.rolledAlone = 0;
  }

  roll() {
    this.noise = [gauss(), gauss()];
    this.rolls = [...this.rolls, this.noise].slice(-KEPT);
    this.held = false;
    this.rolledAt = performance.now();
    this.#from = this.z;
  }

  hold(z) {
    this.z = z;
    this.noise = this.noiseAt(z);
    this.held = true;
  }

  /** The noise with which the picture's code would be z. */
  noiseAt(z) {
    return z.map((v, k) => (v - this.example.mean[k]) / this.example.std[k]);
  }

  /** Where z flies to, or stands if it is held. */
  get target() {
    const { mean, std } = this.example;
    return this.held ? this.z : mean.map((m, k) => m + this.noise[k] * std[k]);
  }

  /** Let z fly on until a time. Returns whether it has moved. */
  move(now) {
    const share = Math.min(Math.max(now - this.rolledAt, 0) / FLIGHT, 1),
      eased = share * share * (3 - 2 * share),
      target = this.target;
    if (share === 1 && this.z.every((v, k) => v === target[k])) return false;
    this.z = share === 1 ? target : this.#from.map((v, k) => v + eased * (target[k] - v));
    return true;
  }
}
