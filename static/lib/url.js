// What one sees, in the address: choices, small numbers and words.
import { later } from "./busy.js";

const unwritten = new Map(); // choices that the address will name when the finger rests

/** What the address says of a name, or null. */
export const fromAddress = (name) => new URLSearchParams(location.search).get(name);

/** Let the address name choices (null: no longer), with no new entry in the history: Back leads to the page before. */
export function inAddress(choices) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(choices)) {
    unwritten.delete(name);
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

let writing = null;

/** The same when the finger rests: writing costs more than drawing, and browsers refuse a hundred in ten seconds. */
export function inAddressSoon(choices) {
  const path = location.pathname;
  for (const [name, value] of Object.entries(choices)) unwritten.set(name, value);
  const before = writing;
  writing = later(
    "the address",
    () => {
      if (location.pathname === path) inAddress(Object.fromEntries(unwritten));
      unwritten.clear();
    },
    250,
    { film: true },
  );
  before?.cancel();
}

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
