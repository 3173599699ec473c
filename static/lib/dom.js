// Elements, and what every component of ours does first.
import "./old_colours.js";

/** A new element with its properties. */
export const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

/** What something shows, for those who hear the page. */
export const describe = (shown, text) => shown.setAttribute("aria-label", text);

/** Make the children of a component once; later calls find them. Returns [root, isNew]. */
export function mount(component, html) {
  const parent = component.parentElement;
  let root = parent.querySelector(":scope > .ll");
  if (root) return [root, false];
  root = element("div", { className: "ll", innerHTML: html });
  for (const image of root.querySelectorAll("[role=img]:not([aria-label])")) describe(image, "Loading");
  parent.append(root);
  return [root, true];
}

/**
 * Let a box have these children, in this order. Those that stand at their place are left alone: what is moved in the
 * page loses the focus.
 */
export function arrange(box, children) {
  const wanted = new Set(children);
  for (const gone of [...box.children].filter((each) => !wanted.has(each))) gone.remove();
  children.forEach((each, k) => box.children[k] !== each && box.insertBefore(each, box.children[k] ?? null));
}

const FOCUSED = "button, input, select, summary, a[href], [tabindex]"; // what may have the focus

/** What one hears of a thing that takes the focus. Others beside it may sound alike. */
const words = (each) => each.getAttribute("aria-label") || each.textContent || each.tagName;

/**
 * Fill a box anew. If one of the old children had the focus, the new one that stands for it has it then, with what was
 * typed so far: the one with its ``data-key``; without a key the one that sounds like it, if nothing else does.
 */
export function refill(box, children) {
  const held = /** @type {any} */ (document.activeElement);
  if (!held || held === box || !box.contains(held)) return box.replaceChildren(...children);
  const { key } = held.dataset,
    heard = words(held),
    same = (each) => each.dataset.key === key && (key || words(each) === heard),
    alike = () => [...box.querySelectorAll(FOCUSED)].filter(same);
  const { value, selectionStart: from, selectionEnd: to, onblur, onchange } = held,
    before = alike().length;
  // Some browsers tell a field that it is left, which is taken away: half a name would be taken for the name.
  held.onblur = held.onchange = null;
  box.replaceChildren(...children);
  Object.assign(held, { onblur, onchange });
  const [stands, another] = alike();
  if (!stands || (!key && (before > 1 || another))) return;
  const isText = typeof from === "number"; // null of other fields, undefined of a button
  if (isText) stands.value = value;
  stands.focus({ preventScroll: true });
  if (isText) stands.setSelectionRange(from, to);
}

/** Let a button open and close its popover also where the browser knows none: Safari before 17, Firefox before 125. */
export function opens(button, box) {
  if ("popover" in HTMLElement.prototype) return;
  box.hidden = true;
  button.setAttribute("aria-expanded", "false");
  button.onclick = () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
  };
}

/** Text with **bold** words, as nodes: nothing in it is ever read as HTML. */
export function rich(box, text) {
  const parts = text.split("**");
  box.replaceChildren(...parts.map((part, k) => (k % 2 ? element("b", { textContent: part }) : part)));
}

/** A canvas of digits with an alternative text; label, colour edge. */
export function strip(label, note, edge) {
  const name = element("div", { className: "label", textContent: label }),
    box = element("div", { className: "strip" }),
    canvas = document.createElement("canvas");
  if (note) name.append(element("small", { textContent: note }));
  if (edge) box.style.setProperty("--edge", `var(--ll-${edge})`);
  canvas.setAttribute("role", "img");
  describe(canvas, label);
  box.append(canvas);
  return { name, box, canvas };
}
