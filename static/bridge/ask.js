// How components ask Python for something: each in a message of its own, and again should no answer come.
import { busy } from "../lib/busy.js";

const APART = 10; // milliseconds between two messages
const AGAIN = 3000; // milliseconds after which an answer is thought lost

// Streamlit sends what is set before its next timer as one message, and runs the part of the page of the first alone.
// So they ask in turn, each after the other's message has left.
let queue = Promise.resolve();

/** Send something, once all that was sent before has left. ``wanted`` is asked then: it may no longer be. */
export function send(f, wanted = () => true) {
  const done = busy("a message");
  queue = queue.then(() => {
    if (!wanted()) return done();
    try {
      f();
    } catch (trouble) {
      console.error(trouble);
    }
    return new Promise((next) => setTimeout(next, APART)).then(done);
  });
}

/**
 * Ask until it is answered: ``missing`` says whether something still is. Streamlit may drop a message (two for one part
 * of the page, while that is being drawn), and a page at rest gets no other cause to ask again.
 *
 * @param {{missing: () => boolean, ask: () => void, since?: number, times?: number}} what
 *   since: when it was asked before, by Date.now(); times: at most
 * @returns {() => void} ends it
 */
export function askUntil({ missing, ask, since = -Infinity, times = Infinity }) {
  let wait = null,
    ended = false;
  const open = () => !ended && missing();
  const go = () => {
    if (!open() || times-- <= 0) return;
    send(ask, open);
    wait = setTimeout(go, AGAIN); // no work: Streamlit's own signs say when an answer is being made
  };
  const left = since + AGAIN - Date.now();
  if (left > 0) wait = setTimeout(go, left);
  else go();
  return () => {
    ended = true;
    clearTimeout(wait);
  };
}
