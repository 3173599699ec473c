/** What components of a page tell each other, by name. */
const shared = (window.latentLabTold ??= { values: new Map(), listeners: new Set() });

export function tell(name, value) {
  shared.values.set(name, value);
  for (const listener of shared.listeners) listener(name, value);
}

export const told = (name) => shared.values.get(name);

/** Call f now and whenever something of this name is told. Returns a function that ends it. */
export function hear(name, f) {
  const listener = (which, value) => which === name && f(value);
  shared.listeners.add(listener);
  f(told(name));
  return () => shared.listeners.delete(listener);
}

/** How far along its path a morph of a run stands, 0 to 1: the player tells it, a map with a walking mark hears it. */
export const stepOf = (run) => told("step " + run) ?? 0;

export const setStep = (run, share) => tell("step " + run, share);

export const followStep = (run, f) => hear("step " + run, (share) => f(share ?? 0));
