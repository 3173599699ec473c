// What every component does first (the few lines in ui/components/bridge.py that travel with it call this).
import { busy } from "../lib/busy.js";
import "../lib/press.js";
import { begun } from "../lib/settled.js";

/** Load a component's module and run it; ``state.end`` takes it away again, ``state.gone`` says that this was asked. */
export function start(component, module, at, state) {
  begun(component);
  const done = busy(`${module} begins`);
  let css = /** @type {HTMLLinkElement | null} */ (document.getElementById("ll-css"));
  if (!css) {
    css = Object.assign(document.createElement("link"), { id: "ll-css", rel: "stylesheet", href: at("style.css") });
    document.head.append(css);
  }
  // Canvases ask the style for their colours: drawn before it is there, all of them would be black.
  const styled = css.sheet
    ? null
    : new Promise((go) => {
        css.addEventListener("load", go);
        css.addEventListener("error", go);
        setTimeout(go, 3000);
      });
  const load = (left) =>
    import(at(module) + "&" + left).catch((trouble) => {
      if (!left) throw trouble;
      return new Promise((later) => setTimeout(later, 1000)).then(() => load(left - 1));
    });
  // A page that is drawn twice in a row may take a component away before its file is there, and mount it again in the
  // same place: the second must neither be stopped by the first nor go on with what the first has put away.
  const started = Promise.all([load(5), styled]).then(([loaded]) => (state.gone ? null : loaded.default(component)));
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
