// Where a pointer or an arrow key wants something to be.

const FIRST = 1; // of ``buttons``: the mouse's left one, a finger, the tip of a pen

/** Call f(x, y, is it pressed?) with the place in pixels whenever a pointer moves over an element or presses it. */
export function followPointer(element, f) {
  element.onpointermove = element.onpointerdown = (event) => {
    const box = element.getBoundingClientRect();
    f(event.clientX - box.left, event.clientY - box.top, (event.buttons & FIRST) > 0);
  };
}

/**
 * Follow one pointer from its press on an element to its release. Other buttons are none of it, nor is another pointer
 * meanwhile: the palm would draw lines across to it and back.
 *
 * A release may never come, where a menu or another window takes it: then the first move with nothing pressed says so,
 * or the loss of the pointer, or the next first finger: each has a new number, and no finger is first beside another.
 *
 * @param {HTMLElement} element
 * @param {object} does
 * @param {(event: PointerEvent) => unknown} does.begin returns false if this press holds nothing
 * @param {(event: PointerEvent) => void} does.move
 * @param {(event: PointerEvent) => void} [does.end]
 * @param {(event: PointerEvent) => void} [does.lost] in place of ``end``, where no release came
 * @param {(event: PointerEvent) => void} [does.free] a move while nothing is held
 * @param {() => boolean} [does.yields] whether it is lost when a second pointer comes
 */
export function followDrag(element, { begin, move, end = () => {}, lost = end, free = () => {}, yields }) {
  /** @type {number | null} */ let held = null;
  let sort = ""; // mouse, touch or pen
  const over = (event, how) => {
    if (held !== event.pointerId) return;
    held = null;
    how(event);
  };
  element.onpointerdown = (event) => {
    if (event.button > 0) return;
    over(event, lost);
    if (held !== null && event.isPrimary && event.pointerType === sort) {
      held = null;
      lost(event);
    }
    if (held !== null) {
      if (!yields?.()) return;
      held = null;
      return lost(event);
    }
    if (begin(event) === false) return;
    element.setPointerCapture?.(event.pointerId);
    held = event.pointerId;
    sort = event.pointerType;
  };
  element.onpointermove = (event) => {
    if (held === event.pointerId && !(event.buttons & FIRST)) over(event, lost);
    if (held === null) free(event);
    else if (held === event.pointerId) move(event);
  };
  element.onpointerup = (event) => over(event, end);
  element.onpointercancel = element.onlostpointercapture = (event) => over(event, lost);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Call f([x, y]) with the direction of an arrow key, y up, in place of scrolling the page. */
export function followArrows(element, f) {
  element.onkeydown = (event) => {
    const direction = ARROWS[event.key];
    if (!direction) return;
    event.preventDefault();
    f(direction);
  };
}
