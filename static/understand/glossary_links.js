// A link from one term to another: the asked term comes to stand on top, in sight, and the address names it. A link of
// the index leads to the term's place on the page, and one of a heading back to the index; that asks nobody.
import { mount } from "../lib/dom.js";

/** @typedef {import("../lib/payloads").GlossaryLinksData} Data */
/** @typedef {import("../lib/payloads").GlossaryLinksAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data } = component,
    [root, isNew] = mount(component, "");
  root.component = component;
  if (isNew)
    document.addEventListener(
      "click",
      (root.pressed = (event) => {
        const newTab = event.button || event.ctrlKey || event.metaKey || event.shiftKey; // it goes by the address
        const to = event.target.closest?.("a[data-jump]");
        if (to && !newTab && jump(to.dataset.jump)) event.preventDefault();
        const link = event.target.closest?.("a[data-term]");
        if (!link || newTab) return;
        event.preventDefault();
        root.wanted = link.dataset.term;
        if (root.wanted === root.component.data.asked) land(root.wanted, 0);
        else root.component.setTriggerValue("term", root.wanted);
      }),
    );
  if (root.wanted === data.asked) land(data.asked, 20);
  return () => document.removeEventListener("click", root.pressed);
}

/** Bring a term, or the index for "", to the top with the focus on it. Returns whether it is there. */
function jump(term) {
  const to = /** @type {HTMLElement | null} */ (
    document.querySelector(term ? `.st-key-term_${CSS.escape(term)}` : ".ll-index a")
  );
  if (!to) return false;
  (term ? to : to.closest(".ll-index")).scrollIntoView({ block: "start" });
  if (term) to.tabIndex = -1;
  to.focus({ preventScroll: true });
  return true;
}

/** Bring a term into sight and the focus to it, as soon as the page has drawn it. */
function land(term, patience) {
  const entry = /** @type {HTMLElement | null} */ (document.querySelector(`.st-key-term_${CSS.escape(term)}_asked`));
  if (!entry) return void (patience && setTimeout(() => land(term, patience - 1), 100));
  entry.scrollIntoView({ block: "center" });
  entry.tabIndex = -1;
  entry.focus({ preventScroll: true });
}
