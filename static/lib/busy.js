// What of ours will still change the page or ask the server. settled.js watches it; without that it is only a list.

/** @type {Map<symbol, {why: string, film: boolean}>} */
const reasons = new Map();
let films = 0;
let watcher = { began() {}, ended() {} };

/** Let someone know when work begins or a film starts or stops (``began``), and when work is over (``ended``). */
export function watchedBy(whom) {
  watcher = whom;
}

/** Why the page does not rest yet. */
export const underWay = () => [...reasons.values()].filter(({ film }) => !(film && films)).map(({ why }) => why);

/**
 * Something of ours will change the page or ask the server. Call what it returns when that is done, or will not be.
 *
 * @param {string} why
 * @param {{film?: boolean}} [options] film: a playing film puts it off again and again, and it does not count meanwhile
 * @returns {() => void}
 */
export function busy(why, { film = false } = {}) {
  const token = Symbol(why);
  reasons.set(token, { why, film });
  watcher.began();
  return () => {
    if (reasons.delete(token)) watcher.ended();
  };
}

/** A film begins to play; call what it returns when it stops. */
export function playing() {
  let on = true;
  films++;
  return () => {
    if (on) films--;
    on = false;
    watcher.began();
  };
}

/** Start a timer that counts as work, and forget the one before. Keep what it returns: ``cancel`` ends it unrun. */
export function later(why, f, milliseconds, options) {
  const done = busy(why, options);
  const id = setTimeout(() => {
    try {
      f();
    } finally {
      done();
    }
  }, milliseconds);
  return { cancel: () => (clearTimeout(id), done()) };
}
