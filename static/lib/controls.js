// Buttons of which some are pressed, sliders with their value, and what follows the size of the page.
import { say } from "./numbers.js";
import { classColour } from "./canvas.js";
import { element } from "./dom.js";
import { later } from "./busy.js";

/** A row of buttons of which one, or with `many` any number, is pressed. Returns {show(chosen)}. */
export function chips(box, names, pressed, { classes = false } = {}) {
  box.replaceChildren(
    ...names.map((name, k) => {
      const chip = element("button", { type: "button", textContent: name, className: "chip" });
      if (classes) chip.style.setProperty("--chip", classColour(k));
      chip.onclick = () => pressed(k);
      return chip;
    }),
  );
  return {
    show: (isOn) => [...box.children].forEach((chip, k) => chip.setAttribute("aria-pressed", String(!!isOn(k)))),
  };
}

const COLOURS = 1000; // milliseconds that the page may take for its new colours

/** @type {Set<() => void>} */
const painters = new Set();
/** @type {HTMLElement | null} */
let probe = null;

/**
 * Call f whenever the page has other colours. Light and dark have changed long before: Streamlit draws its page anew
 * first. So we wait for the colour of something that lies in the page. Returns a function that ends it.
 */
export function whenColours(f) {
  painters.add(f);
  if (!probe?.isConnected) {
    probe ??= probed();
    (document.querySelector("[data-testid=stApp]") ?? document.body).append(probe);
  }
  return () => painters.delete(f);
}

function probed() {
  const lies = element("i", { ariaHidden: "true" });
  lies.style.cssText =
    "position: fixed; width: 0; height: 0; visibility: hidden; color: var(--ll-ink); transition: color 1ms step-end";
  let wait = /** @type {ReturnType<typeof later> | null} */ (null);
  lies.ontransitionend = () => {
    for (const f of [...painters]) f();
    wait?.cancel();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    wait?.cancel();
    wait = later("other colours", () => {}, COLOURS);
  });
  return lies;
}

/** Call f now and whenever the size of an element, or its colours, change. Returns a function that ends it. */
export function whenever(box, f) {
  const watch = new ResizeObserver(f),
    forget = whenColours(f);
  watch.observe(box);
  return () => (watch.disconnect(), forget());
}

/** A slider with its name and its value; its range is [low, high, step]. set(v) moves it without telling. */
export function slider(box, { name, range: [min, max, step], value, text = (v) => say(v), change }) {
  const label = element("label", { className: "slide" }),
    input = element("input", { type: "range", min, max, step }),
    out = document.createElement("output");
  input.setAttribute("aria-label", name.replace(/<[^>]+>/g, ""));
  label.append(element("span", { innerHTML: name }), input, out);
  box.append(label);
  const set = (v) => {
    input.value = v;
    out.textContent = text(+input.value);
    input.setAttribute("aria-valuetext", out.textContent);
  };
  input.oninput = () => (set(input.value), change(+input.value));
  set(value);
  return { set, input };
}
