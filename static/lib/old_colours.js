// Colours for a browser from before light-dark(), which knows none of those in our style sheets: Safari before 17.5,
// Chrome before 123, Firefox before 120. It gets the same sheets once more with both colours taken apart, so that the
// colours stand in one place only.

const COLOUR = "([^,()]+(?:\\([^()]*\\))?)",
  PAIR = new RegExp(`light-dark\\(${COLOUR},${COLOUR}\\)`, "g");

/** A style sheet without pairs of colours: the dark ones follow the system, as Streamlit's page does. */
export function apart(sheet) {
  const [light, dark] = [1, 2].map((one) => sheet.replace(PAIR, (...found) => found[one].trim()));
  return `${light}\n@media (prefers-color-scheme: dark) {\n${dark}\n}\n`;
}

/** The text of a sheet, if it is one of ours. */
async function textOf(sheet) {
  if (sheet instanceof HTMLStyleElement) return sheet.textContent ?? "";
  if (sheet.rel !== "stylesheet" || new URL(sheet.href).origin !== location.origin) return "";
  return (await fetch(sheet.href)).text();
}

/** Add what an old browser can read beside each sheet, those that come later among them. */
function watch() {
  const known = new WeakSet();
  const look = () => {
    for (const sheet of /** @type {NodeListOf<any>} */ (document.querySelectorAll("link, style"))) {
      if (known.has(sheet)) continue;
      known.add(sheet);
      textOf(sheet).then((text) => {
        if (!text.includes("light-dark(")) return;
        const added = Object.assign(document.createElement("style"), { textContent: apart(text) });
        known.add(added);
        document.head.append(added);
      }, console.info);
    }
  };
  look();
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
}

if (typeof CSS !== "undefined" && !CSS.supports("color", "light-dark(red, red)")) watch();
