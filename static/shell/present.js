// Presenter mode, for a projector: P, or ?present=1 in the address. No menu, a small bar, and type that reads from the
// last row (static/page.css). It lasts for this tab, wherever one goes in the app; P or Escape ends it. The arrow keys
// lead from step to step of the lesson, as they do through the lecture.
import { fromAddress, inAddress } from "../lib/url.js";
import { currentOf, isOurs, stepOf } from "../lecture/walker.js";

const KEY = "latent-lab-present";

/** Whether this tab presents. */
function presents() {
  try {
    return sessionStorage.getItem(KEY) === "1";
  } catch {
    return document.documentElement.hasAttribute("data-present");
  }
}

/** @param {boolean} on */
function set(on) {
  try {
    sessionStorage.setItem(KEY, on ? "1" : "0");
  } catch {
    /* storage is blocked: it lasts until the next page */
  }
  document.documentElement.toggleAttribute("data-present", on);
  dispatchEvent(new Event("resize")); // what is drawn on canvases measures itself anew
}

/** What a key does: "toggle", "end" or nothing. */
export function meaning(event, on) {
  if (!isOurs(event) || event.repeat) return null;
  if (event.key === "p" || event.key === "P") return "toggle";
  return on && event.key === "Escape" ? "end" : null;
}

/**
 * Which step of the lesson a key leads to; null if it leads nowhere.
 *
 * @param {string} key
 * @param {number[]} tops where each begins, in pixels from the window's top
 * @param {number} line below which the first one is still to come
 */
export function stepAfter(key, tops, line) {
  if (!tops.length) return null;
  return stepOf(key, tops[0] > line ? -1 : currentOf(tops, 2 * line), tops.length);
}

/** Lead through the lesson, if this is its page. */
function walk(event) {
  const steps = [...document.querySelectorAll("[class*=st-key-lesson_step_]")],
    line = 6 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const tops = steps.map((step) => step.getBoundingClientRect().top),
    to = isOurs(event) ? stepAfter(event.key, tops, line) : null;
  if (to === null) return;
  event.preventDefault();
  steps[to].scrollIntoView();
}

/** Begin to listen, once for each page load; and be what the address asks for. */
export function present() {
  if (fromAddress("present") === "1") {
    inAddress({ present: null });
    set(true);
  }
  if (window.latentLabPresents) return;
  window.latentLabPresents = true;
  if (presents()) set(true);
  addEventListener("keydown", (event) => {
    const what = meaning(event, presents());
    if (what) set(what === "toggle" ? !presents() : false);
    else if (presents()) walk(event);
  });
}
