// “Show me the code” of a scene: the lines of its model's notebook, in a window above the page.
import { describe, element } from "../lib/dom.js";

/**
 * A button that opens the lines of a scene.
 *
 * @param {import("../lib/payloads").LectureCode} code
 */
export function codeButton(code) {
  const button = element("button", { type: "button", textContent: "</> Code" });
  describe(button, "Show me the code");
  button.setAttribute("aria-haspopup", "dialog");
  button.onclick = () => {
    const shown = dialog(code);
    button.closest(".ll-lecture").append(shown);
    shown.onclose = () => shown.remove();
    shown.showModal();
  };
  return button;
}

/** @param {import("../lib/payloads").LectureCode} code */
function dialog({ model, part, lines }) {
  const box = element("dialog", {}),
    title = element("h3", { textContent: "Show me the code" }),
    about = element("p", { textContent: `In plain PyTorch, from the part “${part}” of the notebook of ` }),
    whole = element("p", { textContent: "All of it, as a notebook that runs: find this model under " }),
    close = element("button", { type: "button", textContent: "Close", onclick: () => box.close() });
  about.append(element("b", { textContent: model }), ".");
  whole.append(element("a", { href: "runs", textContent: "Runs" }), ", and press More and then Notebook.");
  box.append(title, about, element("pre", { textContent: lines }), whole, close);
  box.setAttribute("role", "dialog"); // so that its keys do not walk on
  describe(box, "Show me the code");
  box.onclick = (event) => event.target === box && box.close(); // beside it
  return box;
}
