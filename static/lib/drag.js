// Where a pointer or an arrow key wants something to be.

/** Call f(x, y, is it pressed?) with the place in pixels whenever a pointer moves over an element or presses it. */
export function followPointer(element, f) {
  element.onpointermove = element.onpointerdown = (event) => {
    const box = element.getBoundingClientRect();
    f(event.clientX - box.left, event.clientY - box.top, event.type === "pointerdown" || event.buttons > 0);
  };
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
