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

/** Load a component's module and run it; ``state.end`` takes it away again, ``state.gone`` says that this was asked. */
export function start(component, module, at, state) {
  begun(component);
  const done = busy(`${module} begins`);
  const load = (left) =>
    import(at(module) + "?" + left).catch((trouble) => {
      if (!left) throw trouble;
      return new Promise((later) => setTimeout(later, 1000)).then(() => load(left - 1));
    });
  // A page that is drawn twice in a row may take a component away before its file is there, and mount it again in the
  // same place: the second must neither be stopped by the first nor go on with what the first has put away.
  const started = Promise.all([load(5), styled(at("style.css"))]).then(([loaded]) =>
    state.gone ? null : loaded.default(component),
  );
  started.then(done, done);
  state.end = () => {
    state.gone = true;
    started.then((stop) => {
      stop?.();
      component.parentElement.querySelector?.(":scope > .ll")?.remove();
    });
  };
  if (state.gone) state.end();
}
