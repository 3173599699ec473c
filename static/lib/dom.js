/** Make the children of a component once; later calls find them. Returns [root, isNew]. */
export function mount(component, html) {
  const parent = component.parentElement;
  let root = parent.querySelector(":scope > .ll");
  if (root) return [root, false];
  root = document.createElement("div");
  root.className = "ll";
  root.innerHTML = html;
  for (const image of root.querySelectorAll("[role=img]:not([aria-label])"))
    image.setAttribute("aria-label", "Loading");
  parent.append(root);
  return [root, true];
}

/** Text with **bold** words, as nodes: nothing in it is ever read as HTML. */
export function rich(element, text) {
  element.replaceChildren(
    ...text
      .split("**")
      .map((part, k) => (k % 2 ? Object.assign(document.createElement("b"), { textContent: part }) : part)),
  );
}

/** A canvas of digits with an alternative text; label, colour edge. */
export function strip(label, note, edge) {
  const name = document.createElement("div"),
    box = document.createElement("div"),
    canvas = document.createElement("canvas");
  name.className = "label";
  name.textContent = label;
  if (note) name.append(Object.assign(document.createElement("small"), { textContent: note }));
  box.className = "strip";
  if (edge) box.style.setProperty("--edge", `var(--ll-${edge})`);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  box.append(canvas);
  return { name, box, canvas };
}
