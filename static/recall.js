// What one sees, in the address: small numbers and words.
import { fromAddress, inAddressSoon } from "./lab.js";

/** A number or a list of numbers from the address, within limits; the fallback if it is not there or not usable. */
export function recall(name, fallback, low = -Infinity, high = Infinity) {
  const text = fromAddress(name);
  if (text === null || text === "") return fallback;
  if (typeof fallback === "string") return text;
  const found = text.split(",").map(Number),
    wanted = [fallback].flat().length;
  if (found.length !== wanted || !found.every((v) => Number.isFinite(v) && v >= low && v <= high)) return fallback;
  return Array.isArray(fallback) ? found : found[0];
}

/** One of several words. */
export const recallOne = (name, choices) => {
  const text = fromAddress(name);
  return choices.includes(text) ? text : choices[0];
};

/** Write it when the finger rests. */
export const remember = (name, value) =>
  inAddressSoon({
    [name]: Array.isArray(value)
      ? value.map((v) => +v.toFixed(3)).join()
      : typeof value === "number"
        ? +value.toFixed(4)
        : value,
  });
