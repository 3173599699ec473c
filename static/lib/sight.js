// What moves only while it can be seen: an animation that nobody sees would cost as much as one that is looked at.
import { latest, publish, subscribe } from "./bus.js";
import { sleeper } from "./canvas.js";

/** Call f(whether it is seen) when an element comes into sight or leaves it. Returns a function that ends it. */
export function watched(element, f) {
  const watch = new IntersectionObserver((found) => f(found.at(-1).isIntersecting));
  watch.observe(element);
  return () => watch.disconnect();
}

/**
 * A sleeper (canvas.js) that also sleeps while an element is out of sight. It is woken as that comes into sight.
 *
 * @param {Element} element
 * @param {(now: number) => boolean | void} f
 */
export function inSight(element, f) {
  let seen = false;
  const { wake, end } = sleeper((now) => seen && f(now));
  const forget = watched(element, (now) => (seen = now) && wake());
  return { wake, end: () => (forget(), end()) };
}

/** Several components show one thing that moves, under a name: say while this one is in sight. Returns what ends it. */
export function shows(name, element) {
  const tell = (seen) => {
    const all = new Set(latest(`seen ${name}`));
    all[seen ? "add" : "delete"](element);
    publish(`seen ${name}`, all);
  };
  const forget = watched(element, tell);
  return () => (forget(), tell(false));
}

/** A sleeper that also sleeps while nothing that shows this name is in sight. */
export function whileShown(name, f) {
  let seen = false;
  const { wake, end } = sleeper((now) => seen && f(now));
  const forget = subscribe(`seen ${name}`, (all) => (seen = all?.size > 0) && wake());
  return { wake, end: () => (forget(), end()) };
}
