// Long work in short pieces: a page that decodes a thousand pictures must still draw its frames. No page is needed.

const BUDGET = 7; // milliseconds of work, after which the page may draw a frame

/** After what the browser has to do, a frame among it: timers would be held back to one in four milliseconds. */
function soon(f) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => (port1.close(), f());
  port2.postMessage(null);
}

/**
 * Do one job after the other: in each piece as many as fit in the budget, at least one, and then the page's turn.
 *
 * @template Job
 * @param {Iterable<Job>} jobs
 * @param {(job: Job) => void} work
 * @param {{budget?: number, clock?: () => number, next?: (f: () => void) => void, done?: () => void}} [options]
 *   done: called after the last one
 * @returns {() => void} ends it
 */
export function sliced(jobs, work, options = {}) {
  const { budget = BUDGET, clock = () => performance.now(), next = soon, done } = options;
  const left = jobs[Symbol.iterator]();
  let ended = false;
  const slice = () => {
    if (ended) return;
    const begun = clock();
    let job = left.next();
    while (!job.done) {
      work(job.value);
      if (clock() - begun >= budget) break;
      job = left.next();
    }
    if (job.done) done?.();
    else next(slice);
  };
  slice();
  return () => (ended = true);
}
