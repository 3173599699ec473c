// What every component does first (the few lines in ui/components/bridge.py that travel with it call this).
import { busy } from "../lib/busy.js";
import "../lib/press.js";
import { begun } from "../lib/settled.js";
import { style } from "../lib/style.js";

const PATIENCE = 3000; // milliseconds that components wait for the style
let ready = /** @type {Promise<unknown> | null} */ (null);

/** Canvases ask the style for their colours: drawn before it is there, all of them would be black. */
function styled(href) {
  const there = style(href);
  return (ready ??= Promise.race([there, new Promise((go) => setTimeout(go, PATIENCE))]));
}

/**
 * What runs in each place, and which start of a component that was.
 *
 * @type {WeakMap<Element, {start: number, stop: any}>}
 */
const running = new WeakMap();
let starts = 0;

/** Load a component's module and run it; ``state.end`` takes it away again, ``state.gone`` says that this was asked. */
export function start(component, module, at, state) {
  begun(component);
  const done = busy(`${module} begins`),
    place = component.parentElement,
    mine = ++starts;
  const load = (left) =>
    import(at(module) + "?" + left).catch((trouble) => {
      if (!left) throw trouble;
      return new Promise((later) => setTimeout(later, 1000)).then(() => load(left - 1));
    });
  // A page that is drawn twice in a row may take a component away before its file is there, and mount it again in the
  // same place: the second must neither be stopped by the first nor go on with what the first has put away.
  const started = Promise.all([load(5), styled(at("style.css"))])
    .then(([loaded]) => {
      if (!state.gone) running.set(place, { start: mine, stop: loaded.default(component) });
    })
    .catch((trouble) => reportError(trouble))
    .then(done);
  state.end = () => {
    state.gone = true;
    started.then(() => {
      // Streamlit ends only the last start of a component, which may not have begun: what ran before it ends with it.
      const last = running.get(place);
      if (!last || last.start > mine) return;
      running.delete(place);
      last.stop?.();
      place.querySelector?.(":scope > .ll")?.remove();
    });
  };
  if (state.gone) state.end();
}
