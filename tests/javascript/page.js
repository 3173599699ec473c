// As much of a page as the library asks for when it is loaded: import this first.
import { mock } from "node:test";

const kept = new Map();
const frames = [];
let address = new URL("http://page.test/latent");

Object.assign(globalThis, {
  window: globalThis,
  location: {
    get href() {
      return address.href;
    },
    get search() {
      return address.search;
    },
    get pathname() {
      return address.pathname;
    },
  },
  history: { state: null, replaceState: mock.fn((_state, _title, to) => void (address = new URL(to))) },
  sessionStorage: {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, String(value)),
  },
  requestAnimationFrame: (f) => frames.push(f),
  cancelAnimationFrame: (id) => (frames[id - 1] = null),
});

/** Begin at an address, with nothing kept. */
export function visit(href) {
  address = new URL(href, "http://page.test");
  kept.clear();
  globalThis.history.replaceState.mock.resetCalls();
}

/** Run what waits for the next frame. */
export function frame(now = 0) {
  for (const f of frames.splice(0)) f?.(now);
}

/** Let promises go on. */
export const settled = async () => {
  for (let k = 0; k < 10; k++) await Promise.resolve();
};
