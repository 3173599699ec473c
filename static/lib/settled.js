// Says when the page rests: <html data-settled="true">. Tests wait for that in place of a fixed time:
//
//     page.wait_for_function("document.documentElement.dataset.settled === 'true'")
//
// right after whatever they did: a click, a key, an input or a message makes it "false" at once, before the test goes
// on; another size of the window does so a frame later. It is "true" when Streamlit's script is not running and nothing
// was asked of the server, nothing on the page is stale or a placeholder, every component of ours has loaded and drawn,
// and no timer of ours is about to change the page or to ask (``busy``), all of that has been so for two frames and
// QUIET milliseconds, and the browser has nothing else to do. `latentLabBusy()` in the console lists what is still
// awaited.
//
// What never ends is no work: a film that plays, a picture that moves by itself, the look of the tour at what was done.
// The page of a running training rests between two polls. Not seen: what Python alone starts later (a fragment's
// ``run_every``, a thread), and what the pointer does by merely moving, which is drawn at once.

import { busy, later, underWay, watchedBy } from "./busy.js";

const QUIET = 100; // milliseconds: longer than a task of the browser between a click and the message that it causes
const IDLE = 1000; // milliseconds after which a browser that is never idle, since a film plays, counts as idle
const SLIDER = 300; // Streamlit's own sliders wait for 200 ms before they tell
const ANSWER = 10_000; // a message to a part of the page that is gone is never answered

let changes = 0; // counts all that has happened, so that one knows whether nothing has
let looking = false;

/** Something has happened: the page does not rest, at least not yet. */
function stir() {
  changes++;
  if (typeof document === "undefined") return;
  if (document.documentElement.dataset.settled !== "false") document.documentElement.dataset.settled = "false";
  look();
}

/** What the page still waits for. */
function awaited() {
  const found = underWay();
  const app = document.querySelector("[data-testid=stApp]");
  const { testScriptState: script, testConnectionState: connection } = app instanceof HTMLElement ? app.dataset : {};
  if (script !== "notRunning" && script !== "compilationError") found.push(`script ${script}`);
  if (connection !== "CONNECTED") found.push(`connection ${connection}`);
  if (document.querySelector("[data-testid=stSkeleton], [data-stale=true]")) found.push("Streamlit draws");
  for (const box of document.querySelectorAll("[data-testid=stBidiComponentRegular]"))
    if (!started.has(box)) found.push("a component begins");
  return found;
}

/** Look whether the page rests; if it may, look again after a while in which nothing happened. */
function look() {
  if (looking || typeof document === "undefined" || document.documentElement.dataset.settled === "true") return;
  looking = true;
  const before = changes;
  soon(() => {
    looking = false;
    if (changes === before && !awaited().length) document.documentElement.dataset.settled = "true";
    else if (changes !== before || !underWay().length) look(); // whoever is busy will say when that ends
  });
}

/**
 * Two frames and QUIET milliseconds from now, and not before the browser has nothing else to do: what Python has sent
 * may still wait to be drawn, on a busy machine long after its script is said to have ended. A page that is not seen
 * has no frames.
 */
function soon(f) {
  // Safari has no such thing.
  const idle = () => (globalThis.requestIdleCallback ? requestIdleCallback(f, { timeout: IDLE }) : f()),
    wait = () => setTimeout(idle, QUIET);
  if (document.hidden) wait();
  else requestAnimationFrame(() => requestAnimationFrame(wait));
}

/** The boxes of components whose script has begun. @type {WeakSet<Element>} */
const started = new WeakSet();

/** A component's script has begun: from here on ``busy`` speaks for it. */
export function begun(component) {
  const box = component.parentElement.closest?.("[data-testid=stBidiComponentRegular]");
  if (box) started.add(box);
}

const NEW_SESSION = 4; // the server begins to run the script, or a fragment
const FILE_URLS = 19;

/**
 * The number of the field of a ForwardMsg that says what it is about; 0 if that cannot be read. Before it stand a hash
 * and metadata, fields 1 and 2.
 *
 * @param {Uint8Array} message
 */
export function kindOf(message) {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; at < message.length; shift += 7) {
      const byte = message[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return 0;
  };
  while (at < message.length) {
    const field = number() >> 3;
    if (field > 2 || field === 0) return field;
    const length = number();
    at += length;
  }
  return 0;
}

/** The moments between a click and Streamlit's own sign that its script runs. */
function watch() {
  let asked = null;
  const answered = () => (asked?.cancel(), (asked = null));
  const states = new MutationObserver(() => {
    if (document.querySelector("[data-testid=stApp]")?.getAttribute("data-test-script-state") === "running") answered();
    stir();
  });
  const app = document.querySelector("[data-testid=stApp]");
  if (app) states.observe(app, { attributeFilter: ["data-test-script-state", "data-test-connection-state"] });

  const { send } = WebSocket.prototype;
  const listened = new WeakSet();
  const heard = ({ data }) => {
    // A run may begin and end between two drawings of the frontend, whose sign then never changes.
    if (data instanceof ArrayBuffer && [NEW_SESSION, FILE_URLS].includes(kindOf(new Uint8Array(data)))) answered();
    stir();
  };
  WebSocket.prototype.send = function (data) {
    if (!listened.has(this)) this.addEventListener("message", heard);
    listened.add(this);
    const kind = data instanceof Uint8Array ? data[0] : null; // the first field of Streamlit's BackMsg
    if (kind === 0x5a || kind === 0x82) {
      // rerun_script; file_urls_request, after which a file is sent
      answered();
      asked = later("an answer", () => {}, ANSWER);
    }
    return send.call(this, data);
  };
  const request = XMLHttpRequest.prototype.send; // uploads
  XMLHttpRequest.prototype.send = function (body) {
    answered();
    this.addEventListener("loadend", busy("a request"), { once: true });
    return request.call(this, body);
  };

  let sliding = null;
  const touched = ({ target }) => {
    stir();
    if (!(target instanceof Element) || !target.closest("[data-testid=stSlider], [data-testid=stSelectSlider]")) return;
    sliding?.cancel();
    sliding = later("a slider of Streamlit’s", () => {}, SLIDER);
  };
  for (const kind of [
    "pointerdown",
    "pointerup",
    "click",
    "keydown",
    "keyup",
    "input",
    "change",
    "focusout",
    "drop",
    "popstate",
    "resize", // all is laid out anew, and what is drawn to a size is drawn again
  ])
    addEventListener(kind, touched, { capture: true, passive: true });
  stir();
}

watchedBy({ began: stir, ended: look });
if (typeof document !== "undefined") {
  Object.assign(window, { latentLabBusy: awaited });
  watch();
}
