/** What lets two components of a page talk: values by name. */
const shared = (window.latentLabTold ??= { values: new Map(), listeners: new Set() });

export function publish(name, value) {
  shared.values.set(name, value);
  for (const listener of shared.listeners) listener(name, value);
}

export const latest = (name) => shared.values.get(name);

/** Call f now and whenever something is published under this name. Returns a function that ends it. */
export function subscribe(name, f) {
  const listener = (which, value) => which === name && f(value);
  shared.listeners.add(listener);
  f(latest(name));
  return () => shared.listeners.delete(listener);
}

/** How far along its path a morph of a run stands, 0 to 1: the player sets it, a map with a walking mark follows. */
export const stepOf = (run) => latest(stepName(run)) ?? 0;

export const stepName = (run) => `step ${run}`;

export const setStep = (run, share) => publish(stepName(run), share);

export const followStep = (run, f) => subscribe(stepName(run), (share) => f(share ?? 0));
