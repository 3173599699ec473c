// The draws about the bubble of one picture: z = mean + noise × std, with what the visitor has made of mean and std.
import { floats } from "../lib/codec.js";
import { pointOf } from "../lib/geometry.js";
import { recall } from "../lib/url.js";

export class Draws {
  #first = 0; // number of the roll that the first draw uses

  /** @param {import("../lib/payloads").NoiseData} data */
  constructor(data) {
    this.means = floats(data.mean);
    this.stds = floats(data.std);
    this.noise = floats(data.eps); // rolled once and for all, so that it can stay the same
    this.rolls = this.noise.length / 2; // how many there are
    this.example = recall("digit", 0, 0, data.names.length - 1) | 0; // number of the picture, one of each class
    this.count = recall("draws", 10, 0, 100) | 0;
    this.width = recall("width", 1, 0, 12); // times the model's own std
    const asked = recall("mean", [NaN, NaN], -20, 20);
    this.mean = Number.isFinite(asked[0]) ? asked : this.ownMean();
  }

  ownMean = () => pointOf(this.means, this.example);
  ownStd = () => pointOf(this.stds, this.example);
  std = () => this.ownStd().map((v) => v * this.width);
  noiseOf = (k) => pointOf(this.noise, (this.#first + k) % this.rolls);
  z = (k) => this.noiseOf(k).map((v, d) => this.mean[d] + v * this.ownStd()[d] * this.width);
  all = () => [...Array(this.count).keys()].map(this.z);

  /** Whether the visitor has changed the bubble. */
  changed = () => this.width !== 1 || this.mean.some((v, d) => Math.abs(v - this.ownMean()[d]) > 1e-6);

  /** Let the draws use other rolls, so many further on. */
  skip = (count) => (this.#first = (this.#first + count) % this.rolls);
}
