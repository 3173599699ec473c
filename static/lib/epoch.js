// The one epoch that the whole visit looks at, for each run.
import { fromAddress, inAddress, inAddressSoon } from "./url.js";

/** A tiny store on the window: one epoch for each run, for the whole visit; a reload finds it in the address. */
const epochs = (window.latentLabEpochs ??= { listeners: new Set() });

// It lasts for the visit and no longer: a page that is opened afresh begins at the newest epoch, or at the link's.
const kept = (epochs.kept ??= new Map());

export function epochOf(run) {
  const asked = fromAddress("epoch");
  if (!epochs.seen && asked !== null) {
    epochs.seen = true; // the address wins when a visit begins; from then on the slider writes it
    if (/^\d{1,9}$/.test(asked)) kept.set(run, Number(asked));
  }
  return kept.get(run) ?? null;
}

/** Let the address name the run and the epoch that are seen. */
export const setAddress = (run) => inAddress({ run, epoch: epochOf(run) });

export function setEpoch(run, epoch) {
  epochs.seen = true;
  kept.set(run, epoch);
  inAddressSoon({ run, epoch });
  for (const listener of epochs.listeners) listener(run, epoch);
}

/** The epoch that was chosen for a run in this visit, or null; the address is left to who follows it. */
export const chosenEpoch = (run) => kept.get(run) ?? null;

/** Call f whenever the epoch of any run changes. Returns a function that ends it. */
export function onEpoch(f) {
  const listener = () => f();
  epochs.listeners.add(listener);
  return () => epochs.listeners.delete(listener);
}

/** Call f(epoch) now and whenever the epoch of this run changes; the given epochs are the ones there are. */
export function followEpoch(run, known, f) {
  const nearest = (e) =>
    e === null ? known.at(-1) : known.reduce((a, b) => (Math.abs(b - e) < Math.abs(a - e) ? b : a));
  const listener = (changed, epoch) => changed === run && f(nearest(epoch));
  epochs.listeners.add(listener);
  f(nearest(epochOf(run)));
  return () => epochs.listeners.delete(listener);
}
