// What the pages under “Understand” share.
import { mount } from "../lib/dom.js";
import { busy } from "../lib/settled.js";

/** The style of these pages, once. */
function styled() {
  if (document.getElementById("ll-ideas-css")) return;
  const href = new URL("./understand.css", import.meta.url).href;
  const done = busy("a style");
  document.head.append(
    Object.assign(document.createElement("link"), {
      id: "ll-ideas-css",
      rel: "stylesheet",
      href,
      onload: done,
      onerror: done,
    }),
  );
}

/** lib/dom.js's mount, with the style of these pages, built anew when the data have another version. Returns [root, isSame]. */
export function renewed(component, html) {
  styled();
  const [root, isNew] = mount(component, html),
    { version } = component.data ?? {};
  root.classList.add("ll-idea");
  const same = !isNew && root.version === version;
  if (same) root.redraw();
  else root.end?.();
  root.version = version;
  return [root, same];
}
