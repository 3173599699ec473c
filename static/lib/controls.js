// Buttons of which some are pressed, sliders with their value, and what follows the size of the page.
import { say } from "./numbers.js";
import { classColour } from "./canvas.js";
import { element } from "./dom.js";

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

/** Call f now and whenever the size of an element, or light and dark, changes. Returns a function that ends it. */
export function whenever(box, f) {
  const watch = new ResizeObserver(f),
    dark = matchMedia("(prefers-color-scheme: dark)");
  watch.observe(box);
  dark.addEventListener("change", f);
  return () => (watch.disconnect(), dark.removeEventListener("change", f));
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
