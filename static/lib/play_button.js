// The button that plays and pauses: on the epochs, a morph, a walk.

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
  button.onclick = () => (stop ? pause() : play());
  show();
  return { play, pause, playing: () => !!stop };
}

/** Call step every so many milliseconds. Returns a function that stops it. */
export function every(milliseconds, step) {
  const timer = setInterval(step, milliseconds);
  return () => clearInterval(timer);
}
