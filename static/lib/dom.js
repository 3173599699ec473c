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
