// The button that plays and pauses, and the slider beside it: on the epochs, a morph, a walk.

const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"];

/**
 * Let a button start and stop something: it shows which of both it would do now.
 *
 * @param {HTMLButtonElement} button
 * @param {(end: () => void) => () => void} start starts it, returns what stops it; calls ``end`` if it ends by itself
 * @param {string} name what the button is called while nothing plays
 */
export function playButton(button, start, name = "Play") {
  let stop = null;
  const show = () => {
    button.textContent = stop ? "❚❚" : "▶";
    button.setAttribute("aria-label", stop ? "Pause" : name);
  };
  const pause = () => {
    stop?.();
    stop = null;
    show();
  };
  const play = () => {
    if (stop) return;
    stop = () => {};
    stop = start(pause);
    show();
  };
  const toggle = () => (stop ? pause() : play());
  button.onclick = toggle;
  show();
  return { play, pause, toggle, playing: () => !!stop };
}

/**
 * What happens when somebody takes hold of a slider that moves by itself, also where that changes nothing yet: pressed
 * just where it stands, or an arrow at its end.
 *
 * @param {HTMLInputElement} slider
 * @param {() => void} held
 * @param {() => void} [space] what the space bar does
 */
export function takesHold(slider, held, space) {
  slider.onpointerdown = held;
  slider.onkeydown = (event) => {
    if (event.key === " " && space) event.preventDefault(), space();
    else if (MOVES.includes(event.key)) held();
  };
}

/** The slider of what plays: whoever takes hold of it stops that and chooses; the space bar plays and pauses. */
export function playSlider(slider, { pause, toggle }, choose) {
  takesHold(slider, pause, toggle);
  slider.oninput = () => (pause(), choose(+slider.value));
}

/** Call step every so many milliseconds. Returns a function that stops it. */
export function every(milliseconds, step) {
  const timer = setInterval(step, milliseconds);
  return () => clearInterval(timer);
}
