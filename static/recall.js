// What one sees, in the address: small numbers and words, without a new entry in the history.

/** A number or a list of numbers from the address, within limits; the fallback if it is not there or not usable. */
export function recall(name, fallback, low = -Infinity, high = Infinity) {
  const text = new URLSearchParams(location.search).get(name);
  if (text === null || text === "") return fallback;
  if (typeof fallback === "string") return text;
  const found = text.split(",").map(Number), wanted = [fallback].flat().length;
  if (found.length !== wanted || !found.every((v) => Number.isFinite(v) && v >= low && v <= high)) return fallback;
  return Array.isArray(fallback) ? found : found[0];
}

/** One of several words. */
export const recallOne = (name, choices) => {
  const text = new URLSearchParams(location.search).get(name);
  return choices.includes(text) ? text : choices[0];
};

const waiting = new Map();
/** Write it when the finger rests: browsers refuse more than a hundred changes in ten seconds. */
export function remember(name, value) {
  waiting.set(name, Array.isArray(value) ? value.map((v) => +v.toFixed(3)).join() : typeof value === "number" ? +value.toFixed(4) : value);
  clearTimeout(remember.timer);
  const path = location.pathname;
  remember.timer = setTimeout(() => {
    const address = new URL(location.href);
    for (const [key, text] of waiting) address.searchParams.set(key, text);
    waiting.clear();
    if (address.pathname === path && address.href !== location.href) history.replaceState(history.state, "", address);
  }, 250);
}
