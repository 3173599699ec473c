// Which colour is which class, as a list below the map. Pointing at a class, here or at its name on the map, lets its
// dots alone stand out; a press keeps it so, and another, or Escape, ends it.
import { classColour } from "../../lib/canvas.js";
import { element } from "../../lib/dom.js";

/** Which class stands out: the one that is pointed at, or the one that a press has kept. None: -1. */
export function isolation(changed) {
  let kept = -1,
    over = -1;
  const tell = (before) => (me.lit() !== before.lit || kept !== before.kept ? changed() : undefined);
  const change = (f) => {
    const before = { lit: me.lit(), kept };
    f();
    tell(before);
  };
  const me = {
    lit: () => (over >= 0 ? over : kept),
    kept: () => kept,
    shows: (c) => me.lit() < 0 || me.lit() === c,
    point: (c) => change(() => (over = c)),
    press: (c) => change(() => ((kept = kept === c ? -1 : c), (over = -1))),
    free: () => change(() => (kept = over = -1)),
  };
  return me;
}

/** A button that stands for a class: pointing at it or coming to it by keyboard shows the class, a press keeps it. */
export function stands(button, c, only) {
  button.onpointerenter = (event) => event.pointerType !== "touch" && only.point(c);
  button.onpointerleave = () => only.point(-1);
  button.onfocus = () => button.matches(":focus-visible") && only.point(c);
  button.onblur = () => only.point(-1);
  button.onclick = () => only.press(c);
  return button;
}

/** The list. Returns {show(), end()}: show says in the list what is kept. One class alone needs no list. */
export function legend({ root, data, groups }, only) {
  const box = root.querySelector(".classes"),
    several = data.names.length > 1;
  const entry = (c) => {
    const button = element("button", { type: "button" }),
      spot = element("i", {});
    spot.style.background = classColour(c);
    button.append(spot, data.names[c]);
    button.dataset.class = String(c);
    button.title = `${data.names[c]}: ${groups[c].length} test picture${groups[c].length === 1 ? "" : "s"}`;
    return stands(button, c, only);
  };
  const leave = (event) => event.key === "Escape" && only.free();
  const show = () => {
    for (const button of box.children)
      button.setAttribute("aria-pressed", String(button.dataset.class === String(only.kept())));
  };
  box.hidden = !several;
  box.replaceChildren(...(several ? [...groups.keys()].filter((c) => groups[c].length).map(entry) : []));
  show();
  addEventListener("keydown", leave);
  return { show, end: () => removeEventListener("keydown", leave) };
}
