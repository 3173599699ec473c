// A button that moves away between press and release was pressed all the same. Pages grow while one looks: somebody
// joins the class, a curve gets its next line. A browser then gives the mouse's click to whatever holds both places,
// and nothing happens; a finger's goes to what was touched. Here the mouse works as a finger does.

const PRESSED = "button, a[href], label, summary"; // what a click works on
const STILL = 4; // pixels: who moves farther has changed their mind

/** @type {{node: Element, x: number, y: number} | null} */
let pressed = null;

function down({ target, button, pointerType, clientX: x, clientY: y }) {
  const node = button === 0 && pointerType !== "touch" && target instanceof Element ? target.closest(PRESSED) : null;
  pressed = node && { node, x, y };
}

function up({ target, clientX, clientY }) {
  const was = pressed;
  pressed = null;
  if (!was || was.node.contains(target) || Math.hypot(clientX - was.x, clientY - was.y) > STILL) return;
  // After the browser's own click, on whatever holds both places.
  setTimeout(() => was.node.isConnected && /** @type {HTMLElement} */ (was.node).click());
}

if (typeof document !== "undefined") {
  addEventListener("pointerdown", down, { capture: true, passive: true });
  addEventListener("pointerup", up, { capture: true, passive: true });
}
